"""What a role signs besides decisions and specifications: prepared where the log is not, and taken in by the rules of the log."""

from __future__ import annotations

import base64
import datetime as dt
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.app.conftest import Folder
from tests.cli.ledgers import PASSPHRASE, keep
from tests.world import KEYS, LOG_ORIGIN, OTHER, RECORD, Issued, World, rows

from assay.app.organisation.ledger import open_ledger
from assay.cli.main import main
from assay.domain.digests import sha256_of
from assay.domain.entry import Kind
from assay.domain.policy import LogKeys
from assay.domain.state import State
from assay.proof.bundle import sign
from assay.proof.leaf import read_leaf
from assay.store.keys import log_signer

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
UNTIL = f"{NOW + dt.timedelta(days=30):%Y-%m-%d}"
RIA, VAL = ("--as", "risk_officer", "--key", "ria.pem"), ("--as", "validator", "--key", "val.pem")
WHY = ("--reason", "it cannot wait")
SAID: dict[str, tuple[str, ...]] = {
    "waive": ("specification.yaml", "test_set_spent", "--until", UNTIL, *RIA, *WHY),
    "unseal": (OTHER, *VAL, *WHY),
    "revoke": ("--code", "data_withdrawn", *RIA, *WHY),
    "suspend": ("--code", "drift", *VAL, *WHY),
}
AWAY = ("--policy", "policy.yaml", "--log", "log.jsonl", "--to", "said.json")


@dataclass
class Two:
    """The folder that keeps the log, and the desk of somebody with keys, the policy, the exported log and the documents."""

    bank: Path
    desk: Path
    here: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def run(self, where: Path, *words: object) -> tuple[int, str]:
        self.here.chdir(where)
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        told = self.capsys.readouterr()
        return int(ended.value.code or 0), " ".join((told.out + told.err).split())

    def hand_over(self) -> None:
        assert self.run(self.bank, "log", "export", self.desk / "log.jsonl")[0] == 0

    def take(self, name: str = "said.json") -> tuple[int, str]:
        return self.run(self.bank, "take", self.desk / name)

    def leaves(self) -> tuple[bytes, ...]:
        with open_ledger(self.bank) as ledger:
            return ledger.leaves()

    def state(self) -> State:
        with open_ledger(self.bank) as ledger:
            return ledger.state()


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Two:
    """A certificate of one specification, and a schedule of attempts of another that goes on."""
    bank, desk = tmp_path / "bank", tmp_path / "desk"
    for folder in (bank, desk):
        folder.mkdir()
        Folder(folder).write()
    monkeypatch.setenv("ASSAY_PASSPHRASE", PASSPHRASE)
    kept = log_signer(LOG_ORIGIN, create=True)
    assert kept is not None
    key = LogKeys(origin=LOG_ORIGIN, key=kept.key.vkey)
    written = sha256_of((bank / "specification.yaml").read_bytes())
    terms = {"dictionary": sha256_of((bank / "dictionary.yaml").read_bytes())}
    made = Issued.good({"log": key}, start=NOW - dt.timedelta(days=1), specification=written, terms=terms)
    made.world.lock(OTHER, name="cards", attempts=3)
    made.world.run(rows(5_000), OTHER)
    made.world.decide("withheld", record=OTHER)
    keep(made, bank)
    shutil.copy(bank / "policy.yaml", desk)
    for name in ("ria", "val", "vic", "dora"):
        for folder in (bank, desk):
            (folder / f"{name}.pem").write_bytes(KEYS[name].encrypted(PASSPHRASE.encode()))
    shutil.rmtree(desk / ".assay", ignore_errors=True)
    both = Two(bank, desk, monkeypatch, capsys)
    both.hand_over()
    return both


def said_by(bundle: bytes) -> dict[str, object]:
    """What a signer says, without the time at which they say it."""
    statement = json.loads(base64.b64decode(json.loads(bundle)["dsseEnvelope"]["payload"]))
    assert statement["predicate"].pop("signedAt")
    return dict(statement)


@pytest.mark.parametrize("command", SAID)
def test_it_is_signed_where_the_log_is_not_and_taken_in_as_if_it_were_said_at_the_log(
    command: str, two: Two, tmp_path: Path
) -> None:
    before, there = two.leaves(), {p.name for p in two.desk.iterdir()}
    code, told = two.run(two.desk, command, *SAID[command], *AWAY)
    assert code == 0, told
    assert "would" in told
    assert "It is signed in said.json, and stands in no log yet." in told
    assert "assay take FILE" in told
    assert {p.name for p in two.desk.iterdir()} == there | {"said.json"}
    assert two.leaves() == before

    other = shutil.copytree(two.bank, tmp_path / "other")
    code, told = two.take()
    assert code == 0, told
    assert f"entry {len(before)} of the log was added" in told
    assert ("ria (risk_officer)" if "ria.pem" in SAID[command] else "val (validator)") in told
    taken = read_leaf(two.leaves()[-1])
    assert taken.signed[0].content == (two.desk / "said.json").read_bytes()
    code, told = two.take()
    assert (code, "was there already and was not added again" in told) == (0, True)
    assert len(two.leaves()) == len(before) + 1

    assert two.run(other, command, *SAID[command])[0] == 0  # the same, said at the log
    with open_ledger(other) as ledger:
        at_the_log = read_leaf(ledger.leaves()[-1])
    assert (at_the_log.action, at_the_log.object) == (taken.action, taken.object)
    assert said_by(at_the_log.signed[0].content) == said_by(taken.signed[0].content)


def test_a_program_is_told_that_nothing_has_happened_yet(two: Two) -> None:
    code, told = two.run(two.desk, "unseal", *SAID["unseal"], *AWAY, "--json")
    assert (code, json.loads(told)) == (0, {"record": OTHER, "unsealed": False, "written": "said.json"})
    code, told = two.run(two.bank, "take", two.desk / "said.json", "--json")
    (taken,) = json.loads(told)["taken"]
    assert (taken["action"], taken["about"], taken["before"]) == ("seal.broken", OTHER, False)
    assert two.state().runs[max(two.state().runs)].unsealed == "val (validator): it cannot wait"


def test_a_reinstatement_that_was_held_back_ends_no_later_suspension(two: Two) -> None:
    """Its signer saw the first suspension, and not why the certificate was suspended again."""
    suspend, reinstate = ("suspend", *SAID["suspend"]), ("reinstate", *VAL, *WHY)
    assert two.run(two.bank, *suspend)[0] == 0
    two.hand_over()
    assert two.run(two.desk, *reinstate, *AWAY)[0] == 0
    assert two.run(two.bank, *reinstate[:-1], "it was mended")[0] == 0
    assert two.run(two.bank, *suspend)[0] == 0
    before = two.leaves()
    code, told = two.take()
    assert code == 1
    assert "said.json: The signer saw a log of" in told
    assert two.leaves() == before


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("revoke", "--code", "drift", "--as", "developer", "--key", "dora.pem", *WHY), 1, "approves nothing"),
        (("suspend", "--code", "drift", "--as", "risk_officer", "--key", "val.pem", *WHY), 1, "does not hold the role"),
        (("reinstate", *VAL, *WHY), 1, "The certificate is good already: nothing would change."),
        (("waive", "specification.yaml", "test_set_spent", "--until", "2020-01-01", *RIA, *WHY), 1, "is past"),
        (("unseal", RECORD, *VAL, *WHY), 1, "not sealed"),
        (("unseal", "77" * 32, *VAL, *WHY), 2, "No decision of this log begins"),
    ],
)  # fmt: skip
def test_what_the_log_would_refuse_is_told_before_a_file_is_written(
    words: tuple[str, ...], code: int, said: str, two: Two
) -> None:
    ended, told = two.run(two.desk, *words, *AWAY)
    assert said in told
    assert ended == code
    assert not (two.desk / "said.json").exists()


def test_a_log_that_was_not_kept_under_the_policy_in_hand_is_signed_by_nobody(two: Two) -> None:
    other = keep(Issued.good(start=NOW - dt.timedelta(days=1)), two.bank.parent / "third")
    shutil.copy(other / "policy.yaml", two.desk)
    code, told = two.run(two.desk, "revoke", *SAID["revoke"], *AWAY)
    assert (code, "policy" in told) == (3, True)
    assert not (two.desk / "said.json").exists()


def test_a_word_on_another_specification_is_not_taken(two: Two) -> None:
    world = World.with_policy()
    world.agree("val", "validator")
    (two.desk / "said.json").write_bytes(read_leaf(world.leaves[-1]).signed[0].content)
    code, told = two.take()
    assert code == 1
    assert "It is about another specification than specification.yaml is now." in told
    assert "Name the specification that it is about, --specification FILE" in told


def test_a_file_of_another_use_ends_the_command_and_those_before_it_stay_taken(two: Two) -> None:
    code, told = two.run(two.desk, "revoke", *SAID["revoke"], *AWAY)
    assert code == 0, told
    signed = [s for leaf in two.leaves() for s in read_leaf(leaf).signed]
    (issued,) = [s for s in signed if s.kind == Kind.CERTIFICATE]
    (two.desk / "issued.json").write_bytes(issued.content)
    before = len(two.leaves())
    code, told = two.run(two.bank, "take", two.desk / "said.json", two.desk / "issued.json")
    assert code == 2
    assert f"said.json: entry {before} of the log was added." in told
    assert "issued.json is a certificate: a word on a specification, a signature on a decision" in told
    assert len(two.leaves()) == before + 1


def test_a_statement_that_says_something_else_than_it_was_signed_for_is_not_taken(two: Two) -> None:
    """A change that the program does not know makes no entry."""
    assert two.run(two.desk, "revoke", *SAID["revoke"], *AWAY)[0] == 0
    given = read_leaf_statement(two.desk / "said.json")
    given["predicate"] = {**given["predicate"], "becomes": "golden"}
    (two.desk / "said.json").write_bytes(sign(given, KEYS["ria"]).content)
    before = two.leaves()
    code, told = two.take()
    assert (code, "another change" in told) == (1, True)
    assert two.leaves() == before


def read_leaf_statement(file: Path) -> dict[str, dict[str, object]]:
    return dict(json.loads(base64.b64decode(json.loads(file.read_bytes())["dsseEnvelope"]["payload"])))


@pytest.mark.parametrize("command", SAID)
def test_the_options_go_together(command: str, two: Two) -> None:
    for some in (AWAY[:2], AWAY[2:], AWAY[4:]):
        code, told = two.run(two.desk, command, *SAID[command], *some)
        assert (code, "--policy POLICY, --log LOG and --to FILE go together" in told) == (2, True)
