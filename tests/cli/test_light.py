"""Help and import stay light: what measures is imported only when something is measured."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {
    "numpy",
    "scipy",
    "pyarrow",
    "sqlalchemy",
    "alembic",
    "psycopg",
    "sklearn",
    "pandas",
    "lightgbm",
    "vl_convert",
}
COMMANDS = ("init", "schema", "plan", "certify", "show", "report", "checks", "witness")


def loaded_by(*lines: str) -> set[str]:
    """The top-level modules that an interpreter of its own has loaded after these lines."""
    program = "\n".join(
        [*lines, "import sys", "print(*{m.partition('.')[0] for m in sys.modules}, file=sys.stderr)"]
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(ran.stderr.split())


def test_import_assay_is_light():
    loaded = loaded_by("import assay")
    assert "assay" in loaded
    assert not loaded & (HEAVY | {"pydantic", "click", "rich", "ruamel", "jinja2"})


@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("witness", "serve", "--help"),
        ("witness", "cosign", "--help"),
        *((command, "--help") for command in COMMANDS),
    ],
)
def test_help_is_light(words: tuple[str, ...]):
    loaded = loaded_by(
        "from assay.cli import main",
        "try:",
        f"    main({list(words)!r})",
        "except SystemExit as end:",
        "    assert not end.code, end.code",
    )
    assert "click" in loaded
    assert not loaded & HEAVY
