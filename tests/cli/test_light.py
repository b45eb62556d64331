"""Help and import stay light: what measures is imported only when something is measured."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.gate.scene import Scene

from assay.cli.main import main

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


def test_help_is_light():
    loaded = loaded_by(
        "import sys",
        "from assay.cli.main import COMMANDS, main",
        "for words in ([], *([name] for name in COMMANDS), ['witness', 'serve'], ['witness', 'cosign']):",
        "    try:",
        "        main([*words, '--help'])",
        "    except SystemExit as end:",
        "        assert not end.code, end.code",
        f"    heavy = {HEAVY!r} & {{m.partition('.')[0] for m in sys.modules}}",
        "    assert not heavy, (words, heavy)",
    )
    assert "click" in loaded


@pytest.mark.parametrize("folder", [False, True])
@pytest.mark.parametrize("command", ["gate", "verify"])
def test_an_answer_at_the_gate_is_light(command: str, folder: bool, tmp_path: Path):
    scene = Scene(tmp_path, folder=folder)
    scene.write()
    model = (
        [str(scene.model)] if command == "gate" else [str(scene.certificates), "--model", str(scene.model)]
    )
    words = [command, *model, "--policy", str(scene.policy), "--use-case", scene.use_case]
    loaded = loaded_by(
        "from assay.cli.main import main",
        "try:",
        f"    main({words!r})",
        "except SystemExit as end:",
        "    assert not end.code, end.code",
    )
    assert "cryptography" in loaded
    assert not loaded & (HEAVY | {"jinja2", "rich"})


def test_a_pytest_session_that_asks_for_no_gate_imports_nothing_of_it():
    loaded = loaded_by("import assay.integrations.pytest_gate")
    assert not loaded & (HEAVY | {"pydantic", "click", "rich", "ruamel", "jinja2", "cryptography"})


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ("certificate.sigstore.json", "name the folder: "),
        ("other.json", "The folder of a certificate (MODEL.assay) is expected"),
    ],
)
def test_a_file_in_place_of_a_certificates_folder_is_told_which_folder(
    tmp_path: Path, named: str, says: str, capsys: pytest.CaptureFixture[str]
):
    scene = Scene(tmp_path, folder=False)
    scene.write()
    file = scene.certificates / named
    file.touch()
    with pytest.raises(SystemExit) as ended:
        main(
            [
                "verify",
                str(file),
                "--model",
                str(scene.model),
                "--policy",
                str(scene.policy),
                "--use-case",
                "x",
            ]
        )
    assert ended.value.code == 2
    said = " ".join(capsys.readouterr().err.split())
    assert says in said
    assert str(scene.certificates) in said
