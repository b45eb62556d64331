"""Regenerate the reference pages that are made of the program itself.

A test compares what is committed with what this writes, so that the documentation cannot lie.
"""

from __future__ import annotations

from pathlib import Path

from assay.checks.catalogue import catalogue
from assay.checks.pages import documents

DOCS = Path(__file__).resolve().parents[1] / "docs"


def check_pages() -> dict[Path, str]:
    """The pages of the built-in checks by file; checks of other packages are theirs to document."""
    built_in = [check for check in catalogue().values() if check.module.startswith("assay.")]
    return {DOCS / "checks" / name: text for name, text in documents(built_in).items()}


def write(pages: dict[Path, str], folder: Path) -> None:
    """Write the pages of one folder, and remove those of checks that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in sorted(set(folder.glob("*.md")) - pages.keys()):
        old.unlink()
        print(f"removed {old.relative_to(DOCS.parent)}")
    for path, text in pages.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(DOCS.parent)}")


def main() -> None:
    """Regenerate everything."""
    write(check_pages(), DOCS / "checks")


if __name__ == "__main__":
    main()
