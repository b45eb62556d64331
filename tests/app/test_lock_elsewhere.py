"""Persons agree to a specification on machines of their own, where neither the log nor a row of data is."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.app.conftest import Folder
from tests.app.team import KEYS, Team, refused

import assay
from assay.app.judging import open_engine
from assay.app.judging.lock import agree
from assay.app.judging.lock_elsewhere import agree_elsewhere, take_agreement
from assay.app.organisation.elsewhere import Away
from assay.app.organisation.ledger import open_ledger
from assay.app.organisation.logbook import export_log
from assay.cli.main import main
from assay.domain.digests import sha256_of
from assay.domain.quorum import Word
from assay.domain.refusal import Because
from assay.engine.in_process import InProcess
from assay.proof import words
from assay.proof.bundle import sign
from assay.proof.leaf import read_leaf
from assay.reading.policy import policy_text, read_policy


@pytest.fixture
def team(folder: Folder) -> Team:
    made = Team(folder.edit("lock: {validator: 1}", "lock: {validator: 1, risk_officer: 1}"))
    export_log(made.root, made.root / "log.jsonl")
    return made


def word_of(team: Team, who: str, word: Word = Word.APPROVE, role: str = "") -> Path:
    """The file that one person makes from the document and the exported log."""
    target = team.root / f"{who}.{word.value}.json"
    agree_elsewhere(
        team.path,
        Away(team.root / "log.jsonl", team.policy, target),
        role=role or who.replace("-", "_"),
        signer=KEYS[who],
        word=word,
        reason="" if word is Word.APPROVE else "I read it",
    )
    return target


def size(team: Team) -> int:
    with open_ledger(team.root) as ledger:
        return ledger.log.size


def run(*said: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in said])
    return int(ended.value.code or 0)


def test_two_persons_agree_in_folders_of_their_own_and_a_judged_run_is_possible(
    team: Team, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_engine, "executor_of", lambda workers: InProcess())
    before = size(team)
    for who in ("validator", "risk-officer"):
        desk = tmp_path / who
        desk.mkdir()
        brought = {"specification.yaml", "dictionary.yaml", "log.jsonl", "policy.yaml"}
        for name in brought:
            shutil.copy(team.root / name, desk)
        monkeypatch.chdir(desk)
        handed = ("--policy", "policy.yaml", "--log", "log.jsonl", "--to", "word.json")
        who_signs = ("--as", who.replace("-", "_"), "--key", f"demo:{who}")
        assert run("lock", "specification.yaml", *who_signs, *handed) == 0
        assert "Your word is in word.json, and nowhere else." in capsys.readouterr().out
        assert {p.name for p in desk.iterdir()} == brought | {"word.json"}
    assert size(team) == before
    first, second = (tmp_path / who / "word.json" for who in ("validator", "risk-officer"))
    assert run("take", second, "--in", team.root) == 1
    assert "Signatures are missing: 1 validator" in capsys.readouterr().out
    assert run("take", first, second, "--specification", team.path) == 0
    told = capsys.readouterr().out
    assert f"entry {before} of the log was there already and was not added again" in told
    assert f"Locked by entry {before + 2} of the log" in told
    assert run("take", first, "--in", team.root, "--json") == 0
    assert json.loads(capsys.readouterr().out)["specification"]["missing"] == {}
    assert size(team) == before + 3
    assert team.certify().attempt == 1


def test_an_approval_is_planned_before_it_is_taken(folder: Folder) -> None:
    """Who agreed had no rows; the log gets no approval of what cannot pass, unless loudly."""
    team = Team(folder.edit("at_most: 0.15", "at_most: 0.001"))
    export_log(team.root, team.root / "log.jsonl")
    file, before = word_of(team, "validator"), size(team)
    with pytest.raises(assay.AssayError) as caught:
        take_agreement(team.path, file, workers=0)
    assert caught.value.code == "hopeless_criteria"
    assert size(team) == before
    taken = take_agreement(team.path, file, certify_a_hopeless_specification=True, workers=0)
    assert taken.agreed.lock is not None
    assert taken.agreed.lock.bypasses[0].startswith("The plan called it hopeless: refusals-age")


def test_an_approval_whose_taking_was_stopped_before_the_lock_locks_when_it_is_taken_again(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, last = word_of(team, "validator"), word_of(team, "risk-officer")
    take_agreement(team.path, first, workers=0)
    before = size(team)
    with monkeypatch.context() as stopped:
        stopped.setattr("assay.app.judging.lock.locking", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            take_agreement(team.path, last, workers=0)
    assert size(team) == before + 1
    taken = take_agreement(team.path, first, workers=0)  # the file of any approval that counts
    assert taken.before
    assert taken.agreed.lock is not None
    assert taken.agreed.lock.entry == before + 1
    assert take_agreement(team.path, last, workers=0).agreed.lock == taken.agreed.lock
    assert size(team) == before + 2


def test_a_reject_of_another_machine_blocks_the_lock(team: Team) -> None:
    for who, word in (("validator", Word.REJECT), ("risk-officer", Word.APPROVE)):
        found = take_agreement(team.path, word_of(team, who, word), workers=0)
    assert found.agreed.lock is None
    assert [r.reason for r in found.agreed.quorum.rejected] == ["I read it"]


def draft(team: Team, threshold: str) -> Path:
    """The file with the validator's word on a draft, signed on the log of now; the draft lies in its place."""
    team.folder.edit("at_least: 0.70", f"at_least: {threshold}").write()
    log, target = team.root / f"{threshold}.jsonl", team.root / f"{threshold}.json"
    export_log(team.root, log)
    away = Away(log, team.policy, target)
    agree_elsewhere(team.path, away, role="validator", signer=KEYS["validator"], reason="a draft")
    team.folder.edit(f"at_least: {threshold}", "at_least: 0.70").write()
    return target


def lies(team: Team, threshold: str) -> None:
    team.folder.edit("at_least: 0.70", f"at_least: {threshold}").write()


def test_of_drafts_that_were_signed_beforehand_none_is_chosen_after_a_result(folder: Folder) -> None:
    team = Team(folder).lock()
    looser, same = draft(team, "0.65"), draft(team, "0.69")
    team.certify()
    lies(team, "0.65")
    before = size(team)
    with pytest.raises(assay.Refused, match=r"They sign again, with the log of now\.") as caught:
        take_agreement(team.path, looser, workers=0)
    assert caught.value.refusal.because is Because.SIGNED_SOMETHING_ELSE
    assert "assay log export" in str(caught.value.remedy)
    assert size(team) == before
    team.folder.edit("at_least: 0.65", "at_least: 0.70").write()
    assert draft(team, "0.65").is_file()  # signed on the log of now
    lies(team, "0.65")
    assert take_agreement(team.path, looser, workers=0).agreed.lock is not None
    team.folder.edit("at_least: 0.65", "at_least: 0.69").write()
    with refused(Because.SIGNED_SOMETHING_ELSE):  # neither does it replace a lock that its signer never saw
        take_agreement(team.path, same, workers=0)


def test_a_word_that_is_in_the_log_before_a_result_locks_no_other_version_after_it(team: Team) -> None:
    """The first of two agreed to another version, a judged run follows, and the second agrees: the first has not seen the run."""
    for who in ("validator", "risk-officer"):
        take_agreement(team.path, word_of(team, who), workers=0)
    lies(team, "0.69")
    agree(team.path, role="validator", signer=KEYS["validator"], reason="a draft", workers=0)
    team.folder.edit("at_least: 0.69", "at_least: 0.70").write()
    team.certify()
    lies(team, "0.69")
    second = agree(
        team.path, role="risk_officer", signer=KEYS["risk-officer"], reason="it fits better", workers=0
    )
    assert second.lock is None
    assert "They sign again, with the log of now." in second.quorum.sentence()
    again = agree(team.path, role="validator", signer=KEYS["validator"], reason="a draft", workers=0)
    assert again.lock is not None


def by(who: str, role: str = "validator", seen: tuple[int, str] | None = None) -> Callable[[Team], bytes]:
    def made(team: Team) -> bytes:
        with open_ledger(team.root) as ledger:
            said = words.agreement(
                sha256_of(team.path.read_bytes()),
                dictionary=sha256_of((team.root / "dictionary.yaml").read_bytes()), role=role, word=Word.APPROVE, reason="",
                seen=seen or ledger.seen(), time=ledger.clock(),
            )  # fmt: skip
        return sign(said.plain(), KEYS[who]).content

    return made


def of_an_older_document(team: Team) -> bytes:
    content = word_of(team, "validator").read_bytes()
    team.folder.edit("at_least: 0.70", "at_least: 0.71").write()
    return content


def a_policy_signature(team: Team) -> bytes:
    said = words.policy_statement(sha256_of(b"policy"), organisation="Demo Bank", version=2)
    return sign(said.plain(), KEYS["root"]).content


NOT_TAKEN: dict[str, tuple[Because, Callable[[Team], bytes]]] = {
    "a role that the key does not hold": (Because.ROLE_NOT_HELD, by("validator", "risk_officer")),
    "the developer": (Because.ROLE_NEVER_APPROVES, by("developer", "developer")),
    "a key of the certifier": (Because.ROLE_NOT_HELD, by("certifier")),
    "another log": (Because.LOG_REWRITTEN, by("validator", seen=(1, "00" * 32))),
    "the document as it was": (Because.SIGNED_SOMETHING_ELSE, of_an_older_document),
    "a byte that is not signed": (
        Because.BUNDLE_BROKEN, lambda team: by("validator")(team).replace(b'"keyid":""', b'"keyid":"x"')),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_TAKEN)
def test_what_the_log_would_refuse_of_anybody_is_not_taken(
    team: Team, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assay.app.judging.lock.planned", lambda *_, **__: ())  # asked for elsewhere here
    because, make = NOT_TAKEN[name]
    (team.root / "theirs.json").write_bytes(make(team))
    before = size(team)
    with refused(because):
        take_agreement(team.path, team.root / "theirs.json", workers=0)
    assert size(team) == before


def test_a_word_on_another_specification_asks_for_the_one_that_it_is_about(team: Team) -> None:
    """Its signer need not sign again where only the name on the command line is wrong."""
    theirs = word_of(team, "validator")
    other = team.root / "other.yaml"
    other.write_text(team.path.read_text().replace("at_least: 0.70", "at_least: 0.71"))
    with refused(Because.SIGNED_SOMETHING_ELSE) as caught:
        take_agreement(other, theirs, workers=0)
    assert "It is about another specification than" in caught.value.message
    assert "Name the specification that it is about, --specification FILE" in caught.value.remedy
    dictionary = team.root / "dictionary.yaml"
    dictionary.write_text(dictionary.read_text().replace("age in years", "age in whole years"))
    with refused(Because.SIGNED_SOMETHING_ELSE) as caught:
        take_agreement(team.path, theirs, workers=0)
    assert "It is about another dictionary than that of" in caught.value.message
    assert "Put the dictionary back that it is about" in caught.value.remedy


@pytest.mark.parametrize(
    ("because", "changes"),
    [
        (Because.POLICY_OTHER, {"organisation": "Another Bank"}),
        (Because.POLICY_NOT_SATISFIED, {"version": 2, "requires": {"metrics": ("performance.brier",)}}),
    ],
)
def test_the_policy_in_the_hand_of_the_signer_counts(
    team: Team, because: Because, changes: dict[str, object]
) -> None:
    trusted = read_policy(team.policy).policy
    with open_ledger(team.root) as ledger:
        before = {"previous": ledger.state().policy_digest} if "version" in changes else {}
    team.policy.write_text(policy_text(type(trusted).model_validate(trusted.model_dump() | before | changes)))
    with refused(because):
        word_of(team, "validator")
    assert not (team.root / "validator.approve.json").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "--as ROLE and --key KEY are needed"),
        (["--as", "validator", "--key", "k", "--to", "x"], "go together"),
    ],
)
def test_options_that_do_not_go_together_are_told(
    team: Team, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("lock", team.path, *words) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_rows_that_were_seen_without_a_lock_are_in_the_log_before_the_word_that_locks(folder: Folder) -> None:
    assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    team = Team(folder)
    export_log(team.root, team.root / "log.jsonl")
    take_agreement(team.path, word_of(team, "validator"), workers=0)
    with open_ledger(team.root) as ledger:
        done = [read_leaf(leaf).action for leaf in ledger.leaves()]
    assert (
        done.index("run.unlocked") < done.index("specification.agreed") < done.index("specification.locked")
    )
