"""Options that contradict each other are refused with both names, before anything is read or written."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from assay.cli.exclusive import at_most_one, goes_alone
from assay.cli.main import main
from assay.cli.output import say

BYPASSES = (
    "--certify-without-a-lock",
    "--certify-a-hopeless-specification",
    "--certify-code-without-a-commit",
)
SAYS = ("--as validator", "--key val", "--reason why")
AWAY = "--policy p --log l --to t"
SIGNS = "--as validator --key val"
VERIFIES = "--model m --policy p --use-case u"
PAIRS = [
    *((f"certify spec.yaml --rehearse {bypass}", "--rehearse", bypass) for bypass in BYPASSES),
    *((f"sign {SIGNS} --reason why {a} {b}", a, b) for a, b in combinations(("--approve", "--reject", "--withdraw"), 2)),
    *(
        (f"sign --look {other}", "--look", other.split()[0])
        for other in (*SAYS, "--approve", "--reject", "--withdraw")
    ),
    ("sign pack.zip --policy p --to t --look", "--look", "--to"),
    (f"sign pack.zip --policy p --to t {SIGNS} --in .", "--policy", "--in"),
    ("take f --specification spec.yaml --in .", "--specification", "--in"),
    (f"lock spec.yaml {SIGNS} --reason why --reject --withdraw", "--reject", "--withdraw"),
    *(
        (f"lock spec.yaml {SIGNS} --certify-a-hopeless-specification {other}", "--certify-a-hopeless-specification", other.split()[0])
        for other in ("--reject --reason why", "--withdraw", AWAY)
    ),
    (f"unseal 3f2a {SIGNS} --reason why {AWAY} --in .", "--policy", "--in"),
    *(
        (f"{command} {SIGNS} --reason why {AWAY} --in .", "--policy", "--in")
        for command in ("revoke --code drift", "suspend --code drift", "reinstate")
    ),
    *((f"schema {a} {b}", a, b) for a, b in combinations(("--record", "--plan", "--standing"), 2)),
    (f"verify folder {VERIFIES} --review r --public p", "--review", "--public"),
    ("trust show --next --output p", "--next", "--output"),
    ("trust show --next --json", "--next", "--json"),
    ("log verify pack.zip --policy p --in .", "PACK", "--in"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "one", "other"), PAIRS, ids=[call for call, _, _ in PAIRS])
def test_both_are_named_and_nothing_is_done(
    call: str,
    one: str,
    other: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("m", "p", "r", "f", "l", "pack.zip", "spec.yaml"):
        (tmp_path / name).touch()
    (tmp_path / "folder").mkdir()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(SystemExit) as ended:
        main(call.split())
    said = " ".join(capsys.readouterr().err.split())
    assert ended.value.code == 2
    assert (
        f"{one} and {other} exclude each other: " in said or f"{other} and {one} exclude each other: " in said
    )
    assert sorted(tmp_path.rglob("*")) == before


def told(command: click.Command, *words: str) -> tuple[int, str]:
    ran = CliRunner().invoke(command, words)
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return ran.exit_code, " ".join(ran.output.split())


def test_what_is_given_counts_and_not_what_it_says() -> None:
    @click.command()
    @click.argument("pack", default="")
    @click.option("--many", multiple=True)
    @click.option("--text", default="some")
    @click.option("--flag", is_flag=True)
    @at_most_one("--many", "--text", why="so it is")
    @goes_alone("PACK", besides=("--flag",), why="it is enough")
    def command(pack: str, many: tuple[str, ...], text: str, *, flag: bool) -> None:
        say(f"{pack} {many} {text} {flag}")

    assert told(command) == (0, "() some False")
    assert told(command, "--many", "a", "--many", "b", "--flag") == (0, "('a', 'b') some True")
    assert told(command, "p", "--flag") == (0, "p () some True")
    assert told(command, "--many", "a", "--text", "")[0] == 2
    assert (
        "--many and --text exclude each other: so it is." in told(command, "--text", "some", "--many", "a")[1]
    )
    assert "PACK and --text exclude each other: it is enough." in told(command, "p", "--text", "some")[1]


def test_an_option_that_a_command_does_not_have_is_a_defect_of_the_program() -> None:
    @click.command()
    @click.option("--one")
    @at_most_one("--one", "--misspelt", why="never")
    def command(one: str | None) -> None:
        say(str(one))

    with pytest.raises(TypeError, match="has no --misspelt"):
        told(command)
