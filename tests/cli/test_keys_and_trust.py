"""Keys, passphrases and policies as persons meet them at the command line."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.cli.terminal import at_a_terminal, run

SECRET = "correct horse battery"


class Desk:
    """Where one person works: a home of their own, no passphrase in the environment unless it is given."""

    def __init__(self, root: Path) -> None:
        self.root = root
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("ASSAY_", "XDG_"))}
        self.env = kept | {"XDG_CONFIG_HOME": str(root / "config"), "XDG_STATE_HOME": str(root / "state")}
        self.keys = root / "config" / "assay" / "keys"

    def run(self, *words: str, ends: int = 0, **env: str) -> str:
        done = run(*words, cwd=self.root, env=self.env | env, terminal=False)
        assert done.returncode == ends, done.stdout + done.stderr
        assert SECRET not in done.stdout + done.stderr
        return " ".join((done.stdout + done.stderr).split())

    def ask(self, *words: str, answers: list[tuple[str, str]], ends: int = 0) -> str:
        code, screen = at_a_terminal(words, answers, self.root, self.env)
        assert code == ends, screen
        assert SECRET not in screen
        return " ".join(screen.split())

    def new(self, *names: str) -> None:
        for name in names:
            self.run("keys", "new", name, ASSAY_PASSPHRASE=SECRET)

    def init(self, *more: str) -> None:
        self.run(
            "trust", "init", "--organisation", "Example Bank", "--root", "root=root", "--certifier", "certifier=certifier",
            "--person", "ria:risk_officer=ria", "--output", "policy.yaml", *more, ASSAY_PASSPHRASE=SECRET,
        )  # fmt: skip

    def policy(self) -> dict:
        return json.loads(self.run("trust", "show", "--json"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_new_key_asks_twice_and_is_encrypted_at_rest(desk: Desk) -> None:
    again = [("Passphrase for the new key ria", SECRET), ("Repeat", SECRET)]
    slip = [("Passphrase for the new key ria", SECRET), ("Repeat", "another")]
    screen = desk.ask("keys", "new", "ria", answers=slip + again)
    assert "do not match" in screen
    kept = (desk.keys / "ria.pem").read_text()
    assert kept.startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert (desk.keys / "ria.pem").stat().st_mode & 0o77 == 0
    assert desk.run("keys", "show", "ria").startswith("-----BEGIN PUBLIC KEY-----")
    assert json.loads(desk.run("keys", "show", "--json"))["ria"]["key_id"][:12] in screen


def test_a_key_that_is_there_is_said_before_a_passphrase_is_asked_for(desk: Desk) -> None:
    desk.new("ria")
    before = (desk.keys / "ria.pem").read_bytes()
    assert "There is a key 'ria' already" in desk.ask("keys", "new", "ria", answers=[], ends=2)
    assert "letters, digits" in desk.ask("keys", "new", "../ria", answers=[], ends=2)
    assert (desk.keys / "ria.pem").read_bytes() == before


def test_without_a_terminal_the_variables_are_named(desk: Desk) -> None:
    assert "ASSAY_PASSPHRASE_RIA_2 or ASSAY_PASSPHRASE" in desk.run("keys", "new", "ria-2", ends=2)
    assert "is set and empty" in desk.run("keys", "new", "ria", ends=2, ASSAY_PASSPHRASE="")
    assert "a passphrase has at least 12 characters, found 5" in desk.run(
        "keys", "new", "ria", ends=2, ASSAY_PASSPHRASE="short"
    )
    assert "at most 1023 bytes" in desk.run("keys", "new", "ria", ends=2, ASSAY_PASSPHRASE="x" * 1024)
    assert not list(desk.keys.glob("ria*"))


def test_no_option_of_any_command_takes_a_passphrase() -> None:
    import click

    from assay.cli.main import COMMANDS, assay

    def options(command: click.Command) -> set[str]:
        inner = command.commands.values() if isinstance(command, click.Group) else ()
        return {o for p in command.params for o in p.opts} | {o for c in inner for o in options(c)}

    context = click.Context(assay)
    for name in COMMANDS:
        found = assay.get_command(context, name)
        assert found is not None
        assert not [o for o in options(found) if "pass" in o or "pin" in o.split("-") or "secret" in o]


def test_a_wrong_passphrase_is_a_sentence_and_changes_nothing(desk: Desk) -> None:
    desk.new("root", "certifier", "ria")
    words = ("trust", "init", "--organisation", "Bank", "--root", "root=root", "--certifier", "certifier=certifier",
             "--person", "ria:risk_officer=ria")  # fmt: skip
    said = desk.run(*words, ends=2, ASSAY_PASSPHRASE="not this one")
    assert "The key 'root' cannot be opened: the passphrase is wrong" in said
    assert "not this one" not in said
    assert not (desk.root / ".assay").exists()
    screen = desk.ask(*words, answers=[("Passphrase of the key root", SECRET)])
    assert "Policy version 1 of Bank is in force" in screen


def test_without_a_terminal_the_options_that_answer_are_named(desk: Desk) -> None:
    said = desk.run("trust", "init", "--organisation", "Bank", ends=2)
    assert "there is none: give --root NAME=KEY and --certifier NAME=KEY and --person NAME:ROLE=KEY." in said
    assert "there is none: give --yes." in desk.run("log", "erase", "sha256:00", ends=2)
    assert not (desk.root / ".assay").exists()


def test_the_first_policy_is_a_guided_command(desk: Desk) -> None:
    desk.new("root", "other", "certifier", "ria")
    screen = desk.ask(
        "trust", "init",
        answers=[
            ("Organisation:", ""), ("An answer is expected", "Example Bank"),
            ("Root key (NAME=KEY):", "rot"), ("Did you mean 'root'?", "root"), ("Root key (NAME=KEY):", "second=other"),
            ("Root key (NAME=KEY):", ""), ("Signatures needed (1 to 2):", "3"), ("Signatures needed (1 to 2):", "2"),
            ("Key that issues certificates (NAME=KEY):", "root"), ("Two entries are called 'root'", "certifier"),
            ("Person (NAME:ROLE=KEY):", "ria=ria"), ("has no role", "ria:risk_oficer=ria"),
            ("Did you mean 'risk_officer'?", "ria:risk_officer=ria"), ("Person (NAME:ROLE=KEY):", ""),
            ("Passphrase of the key root", SECRET), ("Passphrase of the key other", SECRET),
        ],
    )  # fmt: skip
    for explained in (
        "A root key signs the policy",
        "How many of the root keys must sign",
        "is judged, and approves nothing",
    ):
        assert explained in screen
    assert desk.policy()["root_threshold"] == 2
    assert "Policy version 1 of Example Bank is in force" in screen
    assert "ria ria risk_officer" in desk.run("trust", "show")


FIRST = ("--organisation", "Bank", "--root", "root=root", "--certifier", "certifier=certifier")
UNFIT = {
    "'val' and 'ria' have the same key, which would count as two. Make 'ria' a key of its own: assay keys new ria": (
        "--person", "val:validator=val", "--person", "ria:risk_officer=val",
    ),
    "'other' and 'certifier' have the same key": ("--root", "other=certifier"),
    "'root' and 'root-2' have the same key": ("--root", "root-2=root"),
    "the name 'jürgen' is not one: expected are": ("--person", "jürgen:validator=val"),
    "beginning with a letter or a digit. Write it so. For example: risk_officer": ("--person", "ria:risk officer=val"),
    "NAME:ROLE[,ROLE...]=KEY is expected, found 'ria:=val'": ("--person", "ria:=val"),
    "The organisation has no name. Name it with: --organisation": ("--organisation", " "),
    "Two entries are called 'certifier'. Give each key its own name": ("--person", "certifier:validator=val"),
    "Two entries are called 'val'. Give each key its own name, or both roles in one: val:validator,risk_officer=val.": (
        "--person", "val:validator=val", "--person", "val:risk_officer=val",
    ),
}  # fmt: skip


def test_entries_that_cannot_stand_beside_each_other_are_told_before_anything_is_made(desk: Desk) -> None:
    desk.new("root", "certifier", "val")
    for says, more in UNFIT.items():
        person = () if "--person" in more else ("--person", "val:validator=val")
        said = desk.run("trust", "init", *FIRST, *person, *more, ends=2, ASSAY_PASSPHRASE=SECRET)
        assert says in said.replace("remedy: ", "")
    assert not (desk.root / ".assay").exists()


def test_a_second_log_of_the_same_name_is_warned_of(desk: Desk) -> None:
    desk.new("root", "certifier", "val")
    words = ("trust", "init", *FIRST, "--person", "val:validator=val", "--in")
    for folder in ("one", "two", "three"):
        (desk.root / folder).mkdir()
    first = desk.run(*words, "one", ASSAY_PASSPHRASE=SECRET)
    assert "Warning" not in first
    assert "Another folder names it in ASSAY_STORE." in first
    assert "Warning: You began a log of the name bank/assay before, with the same key." in desk.run(
        *words, "two", ASSAY_PASSPHRASE=SECRET
    )
    assert "Warning" not in desk.run(*words, "three", "--log", "bank/three", ASSAY_PASSPHRASE=SECRET)


def test_a_policy_that_cannot_be_written_is_told_before_it_is_logged_and_is_written_later(desk: Desk) -> None:
    desk.new("root", "certifier", "val")
    (desk.root / "file").write_text("in the way")
    secret = {"ASSAY_PASSPHRASE": SECRET}
    words = ("trust", "init", *FIRST, "--person", "val:validator=val", "--output")
    assert "is a folder, and a file is expected" in desk.run(*words, str(desk.root), ends=2, **secret)
    assert "cannot be written" in desk.run(*words, "file/policy.yaml", ends=2, **secret)
    assert not (desk.root / ".assay").exists()
    desk.run(*words, "first.yaml", **secret)
    desk.run("trust", "show", "--output", "again/policy.yaml")
    assert (desk.root / "again/policy.yaml").read_bytes() == (desk.root / "first.yaml").read_bytes()


def test_a_policy_is_edited_as_a_file_and_signed_by_a_root_key(desk: Desk) -> None:
    desk.new("root", "certifier", "ria")
    desk.init()
    text = run("trust", "show", "--next", cwd=desk.root, env=desk.env).stdout
    later = desk.root / "next.yaml"

    def edited(*more: tuple[str, str], by: str = "root", ends: int = 1, output: str = "") -> str:
        changed = text.replace("isolation: 1", "isolation: 2")
        for old, new in more:
            assert old in changed
            changed = changed.replace(old, new)
        later.write_text(changed)
        to = ("--output", output) if output else ()
        return desk.run("trust", "edit", "next.yaml", "--root", by, *to, ends=ends, ASSAY_PASSPHRASE=SECRET)

    said = edited(("previous: sha256:", "previous: sha256:00"))
    assert "must be version 2 and name its digest. Begin again with: assay trust show --next" in said
    said = edited(("root_threshold: 1", "root_threshold: 2"), ends=2)
    assert "root_threshold asks for more different root keys than there are" in said
    assert "assay trust show --next" in said
    assert "Value error" not in said
    assert "0 of 1 holders of root keys of policy version 1 signed" in edited(by="ria")
    assert desk.policy()["version"] == 1
    said = edited(ends=0, output="policy.yaml")
    assert "Hand policy.yaml to those who verify: what they have is an older version." in said
    assert (desk.policy()["version"], desk.policy()["isolation"]) == (2, 2)
    assert "version: 2" in (desk.root / "policy.yaml").read_text()
    text = run("trust", "show", "--next", cwd=desk.root, env=desk.env).stdout
    later.write_text(text)
    assert "assay trust show --output policy.yaml" in desk.run(
        "trust", "edit", "next.yaml", "--root", "root", ASSAY_PASSPHRASE=SECRET
    )


# --- a new key takes over


def test_a_new_key_takes_over_a_place(desk: Desk) -> None:
    desk.new("root", "certifier", "ria")
    desk.init()
    desk.run("keys", "new", "ria-new", ASSAY_PASSPHRASE="another secret")
    before = desk.policy()
    said = desk.ask("keys", "rotate", "ria", "--to", "ria-new", "--root", "root", "--output", "policy.yaml",
                    answers=[("Passphrase of the key root", SECRET)])  # fmt: skip
    assert "ria-2 has the place of ria (ria)" in said
    assert "it signs nothing new" in said
    after = desk.policy()
    old, new = after["keys"]["ria"], after["keys"]["ria-2"]
    assert (new["holder"], new["roles"]) == ("ria", ["risk_officer"])
    assert old["valid_until"] == new["valid_from"] < before["keys"]["ria"]["valid_until"] < new["valid_until"]
    assert (after["version"], old["key"]) == (2, before["keys"]["ria"]["key"])
    assert "ria-2:" in (desk.root / "policy.yaml").read_text()
    assert "The log of 2 entries holds" in desk.run("log", "verify")
    desk.run("export", "public", "pack.zip")
    # Who has the written policy alone, and the pack, reaches the same state.
    assert "holds" in desk.run("log", "verify", "pack.zip", "--policy", "policy.yaml")


def test_only_root_keys_hand_a_place_over_and_each_place_once(desk: Desk) -> None:
    desk.new("root", "certifier", "ria", "mallory", "fresh")
    desk.init()
    secret = {"ASSAY_PASSPHRASE": SECRET}
    to = ("--to", "mallory", "--root")
    assert "0 of 1 holders of root keys" in desk.run("keys", "rotate", "ria", *to, "ria", ends=1, **secret)
    assert "0 of 1 holders of root keys" in desk.run(
        "keys", "rotate", "root", *to, "mallory", ends=1, **secret
    )
    assert "no key 'rai'; it has certifier, ria, root" in desk.run(
        "keys", "rotate", "rai", *to, "root", ends=2, **secret
    )
    assert "in the policy already, as 'certifier'" in desk.run(
        "keys", "rotate", "ria", "--to", "certifier", "--root", "root", ends=1, **secret
    )
    assert desk.policy()["version"] == 1
    desk.run("keys", "rotate", "ria", *to, "root", **secret)
    assert "'ria-2' has its place" in desk.run(
        "keys", "rotate", "ria", "--to", "fresh", "--root", "root", ends=1, **secret
    )


def test_a_root_key_hands_over_when_both_sign_and_then_signs_no_more(desk: Desk) -> None:
    desk.new("root", "certifier", "ria")
    desk.init()
    desk.run("keys", "new", "root-2", ASSAY_PASSPHRASE="another secret")
    both = {"ASSAY_PASSPHRASE": SECRET, "ASSAY_PASSPHRASE_ROOT_2": "another secret"}
    desk.run("keys", "rotate", "root", "--to", "root-2", "--root", "root", **both)
    assert desk.policy()["roots"] == ["root-2"]
    desk.new("fresh")
    take = ("keys", "rotate", "ria", "--to", "fresh", "--root")
    assert "0 of 1 holders of root keys of policy version 2" in desk.run(*take, "root", ends=1, **both)
    desk.run(*take, "root-2", **both)
    assert desk.policy()["version"] == 3


def test_a_certifiers_key_that_was_replaced_signs_no_status(desk: Desk) -> None:
    desk.new("root", "certifier", "ria", "certifier-new")
    desk.init()
    secret = {"ASSAY_PASSPHRASE": SECRET}
    status = ("status", "--output", "out", "--key")
    assert "This status may be relied upon until 2" in desk.run(*status, "certifier", **secret)
    desk.run("keys", "rotate", "certifier", "--to", "certifier-new", "--root", "root", **secret)
    assert "The key 'certifier' counts from" in desk.run(*status, "certifier", ends=1, **secret)
    said = desk.run(*status, "ria", ends=1, **secret)
    known = {name: key["key_id"] for name, key in json.loads(desk.run("keys", "show", "--json")).items()}
    assert f"names no verifier with the key ria (id {known['ria'][:12]})" in said
    assert "now lists under verifiers: 'certifier-2'." in said
    desk.run(*status, "certifier-new", **secret)


def test_a_key_that_is_not_there_is_told_with_what_may_be_meant(desk: Desk) -> None:
    """A path is no name under which a key could be made."""
    desk.new("valerie")
    (desk.root / "ria.pem").write_text("a file")
    said = desk.run("keys", "show", "rai.pem", ends=2)
    assert "There is no file 'rai.pem', which a key would be read from. Is ria.pem meant?" in said
    assert "keys new rai.pem" not in said
    assert "Is valerie meant? Or make one with: assay keys new valeri" in desk.run(
        "keys", "show", "valeri", ends=2
    )


@pytest.mark.parametrize("content", ["", "- a list\n"])
def test_a_file_that_is_no_policy_is_not_begun_as_a_specification(desk: Desk, content: str) -> None:
    (desk.root / "policy.yaml").write_text(content)
    said = desk.run("gate", "policy.yaml", "--use-case", "x", "--policy", "policy.yaml", ends=2)
    assert "assay trust init" in said
    assert "assay init" not in said
