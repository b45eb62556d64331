"""Several persons sign, each on their own machine with a key that never leaves it, and the log is a file of the submitter."""

from __future__ import annotations

import base64
import datetime as dt
import json
import random
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.app.conftest import Folder
from tests.app.team import refused

import assay
from assay.app.judging import open_engine
from assay.app.judging.lock import agree
from assay.app.organisation.export import export_decision, export_review
from assay.app.organisation.founding import Founding, Person
from assay.app.organisation.issue import issue
from assay.app.organisation.ledger import open_ledger
from assay.app.organisation.sign import sign_decision
from assay.app.organisation.sign_elsewhere import look_in, sign_pack
from assay.app.organisation.take import take
from assay.app.organisation.trust import found, text_in_force
from assay.app.verifying.agreement import documents_contradict
from assay.app.verifying.packs import BrokenPack
from assay.app.verifying.verify import verify_certificate
from assay.cli.main import main
from assay.domain.digests import sha256_of
from assay.domain.entry import Action
from assay.domain.errors import SubjectError
from assay.domain.quorum import Quorum, Word
from assay.domain.refusal import Because
from assay.engine.in_process import InProcess
from assay.proof import words
from assay.proof.bundle import sign
from assay.proof.canonical import canonical
from assay.proof.keys import PrivateKey
from assay.proof.leaf import read_leaf, write_leaf
from assay.proof.statement import Statement
from assay.reading.policy import policy_text, read_policy
from assay.store.log import Log
from assay.store.workspace import Workspace

PASSPHRASE = "correct horse"
ROLES: dict[str, tuple[str, ...]] = {
    "root": (),
    "certifier": (),
    "dora": ("developer",),
    "val": ("validator",),
    "vic": ("validator", "risk_officer"),
    "ria": ("risk_officer",),
}
KEYS = {name: PrivateKey.new() for name in (*ROLES, "stranger")}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The submitter's folder, with a decision and nobody's signature, and the pack of it."""
    root = tmp_path_factory.mktemp("submitter")
    path = Folder(root).write()
    person = {name: Person(name, roles, KEYS[name].public) for name, roles in ROLES.items()}
    founding = Founding(
        organisation="Example Bank",
        origin="bank.example/elsewhere",
        verifier="https://bank.example/certifier",
        roots=(person["root"],),
        certifier=person["certifier"],
        persons=tuple(person[name] for name in ("dora", "val", "vic", "ria")),
    )
    found(root, founding, [KEYS["root"]])
    with open_ledger(root) as ledger:
        (root / "policy.yaml").write_text(text_in_force(ledger))
    with pytest.MonkeyPatch.context() as here:
        here.setattr(open_engine, "executor_of", lambda workers: InProcess())
        agree(path, role="validator", signer=KEYS["val"], workers=1)
        assay.certify(path, workers=1)
    export_decision(root, root / "decision.zip")
    return root


@pytest.fixture
def bank(made: Path, tmp_path: Path) -> Path:
    """A submitter's folder of one's own."""
    return shutil.copytree(made, tmp_path / "bank")


def leaves(root: Path) -> tuple[bytes, ...]:
    with open_ledger(root) as ledger:
        return ledger.leaves()


def signed(
    root: Path, who: str, role: str, word: Word = Word.APPROVE, name: str = "", reason: str = "I read it"
) -> Path:
    """The file that one person makes from the pack."""
    target = root / (name or f"{who}.{role}.{word.value}.json")
    pack, policy = root / "decision.zip", root / "policy.yaml"
    sign_pack(pack, policy, role=role, signer=KEYS[who], target=target, word=word, reason=reason)
    return target


def run(*said: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in said])
    return int(ended.value.code or 0)


def test_two_persons_sign_in_folders_of_their_own_and_the_certificate_verifies(
    bank: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSAY_PASSPHRASE", PASSPHRASE)
    (bank / "decision.zip").unlink()
    assert run("export", "decision", bank / "decision.zip", "--in", bank) == 0
    before = leaves(bank)
    for who, role in (("val", "validator"), ("ria", "risk_officer")):
        desk = tmp_path / who
        desk.mkdir()
        (desk / "key.pem").write_bytes(KEYS[who].encrypted(PASSPHRASE.encode()))
        for name in ("decision.zip", "policy.yaml"):
            shutil.copy(bank / name, desk)
        monkeypatch.chdir(desk)
        capsys.readouterr()
        assert run("sign", "decision.zip", "--policy", "policy.yaml", "--look") == 1
        shown = capsys.readouterr().out
        words = ("--policy", "policy.yaml", "--as", role, "--key", "key.pem", "--to", "signed.json")
        assert run("sign", "decision.zip", *words) == 0
        told = capsys.readouterr().out
        decided = read_leaf(before[-1])
        for said in ("Decision: certified, small-loans, attempt 1", "rank applicants", decided.object):
            assert said in shown
            assert said in told
        assert f"{who} approves" not in shown
        assert f"{who} approves" in told
        assert "assay take FILE" in told
        assert {p.name for p in desk.iterdir()} == {"key.pem", "decision.zip", "policy.yaml", "signed.json"}
    assert leaves(bank) == before

    monkeypatch.chdir(bank)
    files = [tmp_path / who / "signed.json" for who in ("val", "ria")]
    assert run("take", files[0]) == 1
    assert "Signatures are missing: 1 risk_officer" in capsys.readouterr().out
    assert run("take", files[0], files[1]) == 0
    told = capsys.readouterr().out
    assert f"entry {len(before)} of the log was there already and was not added again" in told
    assert f"entry {len(before) + 1} of the log was added" in told
    assert "The quorum is reached: assay issue" in told
    with_both = leaves(bank)
    assert [read_leaf(leaf).signed[0].content for leaf in with_both[len(before) :]] == [
        file.read_bytes() for file in files
    ]
    assert run("take", files[1], files[0], "--json") == 0
    twice = json.loads(capsys.readouterr().out)
    assert [(one["entry"], one["before"]) for one in twice["taken"]] == [
        (len(before) + 1, True),
        (len(before), True),
    ]
    assert leaves(bank) == with_both

    issue(bank, signer=KEYS["certifier"], output=bank / "cert")
    export_review(bank, bank / "review.zip")
    checked = verify_certificate(
        bank / "cert",
        model=bank / "test.parquet",
        policy=bank / "policy.yaml",
        use_case="small-loans",
        review=bank / "review.zip",
    )
    assert checked.accepted, checked.refusal
    assert checked.certificate is not None
    stands_on = {digest for name, digest in checked.certificate.attestations if name.startswith("sign-off/")}
    assert stands_on == {sha256_of(file.read_bytes()) for file in files}


def test_what_is_written_is_the_statement_that_the_log_would_have_been_given(bank: Path) -> None:
    elsewhere = json.loads(sealed_in(signed(bank, "val", "validator").read_bytes()))
    sign_decision(bank, "", role="validator", signer=KEYS["val"], reason="I read it")
    here = json.loads(read_leaf(leaves(bank)[-1]).signed[0].bundle.payload)
    for statement in (elsewhere, here):
        assert statement["predicate"].pop("signedAt")
    assert elsewhere == here


def sealed_in(content: bytes) -> bytes:
    """The payload of a bundle."""
    return base64.b64decode(json.loads(content)["dsseEnvelope"]["payload"])


def test_a_clock_behind_the_decision_signs_elsewhere_as_it_does_at_the_log(
    bank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_ledger(bank) as ledger:
        (decision,) = ledger.state().decisions.values()

    def clock() -> dt.datetime:
        return decision.time - dt.timedelta(minutes=2)

    monkeypatch.setattr("assay.app.organisation.elsewhere.utc_now", clock)
    for room in ("sign", "take"):
        name = f"assay.app.organisation.{room}.open_ledger"
        monkeypatch.setattr(name, lambda folder: open_ledger(folder, clock=clock))
    file = signed(bank, "val", "validator")
    assert take(bank, file).signing.quorum.missing == (("risk_officer", 1),)
    assert sign_decision(bank, "", role="risk_officer", signer=KEYS["ria"]).quorum.reached


@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_taking_does_not_matter_to_the_quorum(bank: Path, tmp_path: Path, seed: int) -> None:
    """From packs of one log, each person one word in each of their roles."""
    chance = random.Random(seed)
    places = [("val", "validator"), ("vic", "validator"), ("vic", "risk_officer"), ("ria", "risk_officer")]
    chosen = chance.sample(places, k=chance.randint(2, 4))
    files = [
        signed(bank, who, role, chance.choice([Word.APPROVE, Word.APPROVE, Word.REJECT]))
        for who, role in chosen
    ]
    reached: list[Quorum] = []
    for number in range(4):
        root = shutil.copytree(bank, tmp_path / f"order-{number}")
        order = chance.sample(files, k=len(files))
        reached.append([take(root, file) for file in order][-1].signing.quorum)
    assert len({quorum.approved for quorum in reached}) == 1
    assert len({quorum.missing for quorum in reached}) == 1
    assert len({quorum.reached for quorum in reached}) == 1
    assert len({frozenset((r.holder, r.role) for r in quorum.rejected) for quorum in reached}) == 1


def sign_off(root: Path, **changes: object) -> Statement:
    """The statement that val would sign of the decision, with something else in it."""
    with open_ledger(root) as ledger:
        (decision,) = ledger.state().decisions.values()
        said = {
            "record": decision.record, "evidence": decision.evidence, "specification": decision.specification,
            "role": "validator", "word": Word.APPROVE, "reason": "", "seen": ledger.seen(), "time": decision.time,
        }  # fmt: skip
    return words.sign_off(**(said | changes))


def by(who: str, **changes: object) -> Callable[[Path], bytes]:
    return lambda root: sign(sign_off(root, **changes).plain(), KEYS[who]).content


def edited(root: Path, old: bytes, new: bytes) -> bytes:
    """A genuine file, whose payload says something else under the same signature."""
    content = signed(root, "val", "validator", Word.REJECT).read_bytes()
    payload = sealed_in(content)
    assert old in payload
    document = json.loads(content)
    document["dsseEnvelope"]["payload"] = base64.b64encode(payload.replace(old, new)).decode()
    return canonical(document)


def agreed(root: Path) -> bytes:
    (leaf,) = [leaf for leaf in leaves(root) if read_leaf(leaf).action is Action.AGREED]
    return read_leaf(leaf).signed[0].content


@pytest.mark.parametrize("what", ["an agreement", "a signature on a policy"])
def test_a_statement_of_another_use_is_no_failure_of_trust(bank: Path, what: str) -> None:
    """Nothing of it is false: it is the wrong file."""
    said = words.policy_statement(sha256_of(b"policy"), organisation="Example Bank", version=2)
    other = agreed(bank) if what == "an agreement" else sign(said.plain(), KEYS["root"]).content
    (bank / "other.json").write_bytes(other)
    before = leaves(bank)
    with pytest.raises(assay.AssayError) as told:
        take(bank, bank / "other.json")
    assert (told.value.code, told.value.exit_code) == ("other_statement", 2)
    called = "a word on a specification" if what == "an agreement" else what
    assert f"other.json is {called}: a signature on a decision" in told.value.message
    assert leaves(bank) == before


def test_words_on_a_specification_and_on_a_decision_are_taken_by_one_command(
    bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (bank / "agreed.json").write_bytes(agreed(bank))
    files = bank / "agreed.json", signed(bank, "val", "validator"), signed(bank, "ria", "risk_officer")
    before = len(leaves(bank))
    capsys.readouterr()
    assert run("take", *files[:2], "--in", bank, "--json") == 1  # a signature is missing still
    told = json.loads(capsys.readouterr().out)
    assert [(one["action"], one["before"]) for one in told["taken"]] == [
        ("specification.agreed", True), ("decision.signed", False),
    ]  # fmt: skip
    assert told["specification"]["locked"]
    assert told["decisions"][0]["missing"] == {"risk_officer": 1}
    assert run("take", *files, "--specification", bank / "specification.yaml") == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Locked by entry" in told
    assert "The quorum is reached: assay issue" in told
    assert len(leaves(bank)) == before + 2


def before_the_decision(root: Path) -> bytes:
    with open_ledger(root) as ledger:
        size = ledger.log.size - 1
        seen = (size, ledger.log.root(size).hex())
    return by("val", seen=seen)(root)


def after_a_reject(root: Path) -> bytes:
    """An approval that was held back while its signer rejected."""
    held_back = signed(root, "val", "validator").read_bytes()
    take(root, signed(root, "val", "validator", Word.REJECT))
    return held_back


def after_it_was_withdrawn(root: Path) -> bytes:
    """Another approval from the old pack, after the first was taken back."""
    held_back = signed(root, "val", "validator", reason="I read it again").read_bytes()
    take(root, signed(root, "val", "validator"))
    sign_decision(root, "", role="validator", signer=KEYS["val"], word=Word.WITHDRAW)
    return held_back


def signed_again(root: Path) -> bytes:
    """The statement of a file that was taken, under another signature of the same key."""
    said = sign_off(root)
    (root / "first.json").write_bytes(sign(said.plain(), KEYS["val"]).content)
    take(root, root / "first.json")
    return sign(said.plain(), KEYS["val"]).content


NOT_TAKEN: dict[str, tuple[Because, Callable[[Path], bytes]]] = {
    "a key that the policy does not have": (Because.KEY_UNKNOWN, by("stranger")),
    "a role that the key does not hold": (Because.ROLE_NOT_HELD, by("val", role="risk_officer")),
    "the developer": (Because.ROLE_NEVER_APPROVES, by("dora", role="developer")),
    "the developer in another role": (Because.ROLE_NOT_HELD, by("dora")),
    "a decision of another log": (Because.DECISION_UNKNOWN, by("val", record=sha256_of(b"other"))),
    "other evidence": (Because.SIGNED_SOMETHING_ELSE, by("val", evidence=sha256_of(b"other"))),
    "a reject that was turned": (
        Because.KEY_UNKNOWN, lambda root: edited(root, b'"reject"', b'"approve"')),
    "another decision written in": (
        Because.DECISION_UNKNOWN, lambda root: edited(root, sign_off(root).subjects[0][1][7:].encode(), b"0" * 64)),
    "a space in the statement": (Because.STATEMENT_BROKEN, lambda root: edited(root, b'":"reject"', b'": "reject"')),
    "a byte that is not signed": (
        Because.BUNDLE_BROKEN, lambda root: by("val")(root).replace(b'"keyid":""', b'"keyid":"x"')),
    "half of a bundle": (Because.BUNDLE_BROKEN, lambda root: by("val")(root)[:300]),
    "a log without the decision": (Because.SIGNED_SOMETHING_ELSE, before_the_decision),
    "another log": (Because.LOG_REWRITTEN, by("val", seen=(3, "00" * 32))),
    "a longer log": (Because.LOG_REWRITTEN, by("val", seen=(99, "00" * 32))),
    "a reject without a reason": (Because.REASON_MISSING, by("val", word=Word.REJECT)),
    "nothing to withdraw": (Because.NOTHING_TO_WITHDRAW, by("val", word=Word.WITHDRAW)),
    "an approval behind a reject": (Because.SIGNED_SOMETHING_ELSE, after_a_reject),
    "an approval behind its withdrawal": (Because.SIGNED_SOMETHING_ELSE, after_it_was_withdrawn),
    "the same words signed again": (Because.SIGNED_TWICE, signed_again),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_TAKEN)
def test_what_the_log_would_refuse_of_anybody_is_not_taken(bank: Path, name: str) -> None:
    because, make = NOT_TAKEN[name]
    (bank / "theirs.json").write_bytes(make(bank))
    before = leaves(bank)
    with refused(because) as caught:
        take(bank, bank / "theirs.json")
    assert "theirs.json: " in caught.value.message
    assert caught.value.exit_code == (3 if because.is_trust else 1)
    assert leaves(bank) == before


@pytest.mark.parametrize(
    ("make", "which"),
    [
        (before_the_decision, "the decision that is signed, entry {last},"),
        (after_a_reject, "their earlier word, entry {last},"),
        (after_it_was_withdrawn, "their earlier word, entry {last},"),
    ],
)
def test_the_entry_that_a_signer_has_not_seen_is_called_what_it_is(
    bank: Path, make: Callable[[Path], bytes], which: str
) -> None:
    (bank / "theirs.json").write_bytes(make(bank))
    said = which.format(last=len(leaves(bank)) - 1)
    with pytest.raises(
        assay.Refused, match=rf"The signer saw a log of \d entries, in which {said} was not yet\."
    ):
        take(bank, bank / "theirs.json")


def test_a_withdrawn_signature_does_not_return_with_its_file(bank: Path) -> None:
    file = signed(bank, "val", "validator")
    take(bank, file)
    sign_decision(bank, "", role="validator", signer=KEYS["val"], word=Word.WITHDRAW)
    again = take(bank, file)
    assert again.before
    assert again.signing.quorum.missing == (("risk_officer", 1), ("validator", 1))


def test_a_log_that_was_rewritten_since_takes_nothing(bank: Path) -> None:
    """The submitter makes the run appear a second later, with the same record: who saw the first log did not sign that."""
    file = signed(bank, "val", "validator")
    *first, last = leaves(bank)
    decided = read_leaf(last)
    later = decided.time + dt.timedelta(seconds=1)
    forged = write_leaf(decided.seq, later, decided.action, decided.object, decided.body)
    place = Workspace.of(bank).database
    assert isinstance(place, Path)
    place.unlink()
    with Log.open(place) as log:
        log.append(lambda stored: [*first, forged])
    with refused(Because.LOG_REWRITTEN):
        take(bank, file)


def test_a_file_that_is_not_there_is_named(bank: Path) -> None:
    with pytest.raises(SubjectError, match=r"absent\.json"):
        take(bank, bank / "absent.json")


@pytest.mark.parametrize("content", [b"organisation: bank\n", b'{"model": 1}', b"", b"PK\x03\x04\xff\x00"])
def test_another_file_is_named_as_the_wrong_one_and_accuses_nobody(bank: Path, content: bytes) -> None:
    (bank / "wrong").write_bytes(content)
    with pytest.raises(
        SubjectError, match=r"wrong is no signed statement: a signature .* --to FILE"
    ) as caught:
        take(bank, bank / "wrong")
    assert caught.value.exit_code == 2


Members = dict[str, bytes]


def changed(root: Path, change: Callable[[Members], None]) -> Path:
    with zipfile.ZipFile(root / "decision.zip") as pack:
        members = {name: pack.read(name) for name in pack.namelist()}
    change(members)
    with zipfile.ZipFile(root / "changed.zip", "w") as pack:
        for name, content in members.items():
            pack.writestr(name, content)
    return root / "changed.zip"


def entries(members: Members) -> list[bytes]:
    return members["log.jsonl"].splitlines()


def document(members: Members, schema: bytes) -> str:
    """The name of the one document that begins so."""
    (name,) = [name for name, content in members.items() if content.startswith(schema)]
    return name


def record_in(members: Members) -> str:
    return f"documents/{read_leaf(entries(members)[-1]).object.removeprefix('sha256:')}"


def kept(members: Members, *leaves: bytes) -> None:
    members["log.jsonl"] = b"".join(leaf + b"\n" for leaf in leaves)


def forged_record(old: bytes, new: bytes) -> Callable[[Members], None]:
    """Who keeps the log writes a record by hand, and the entry that names it."""

    def change(members: Members) -> None:
        *first, last = entries(members)
        decided = read_leaf(last)
        content = members.pop(record_in(members))
        assert old in content
        content = content.replace(old, new)
        members[f"documents/{sha256_of(content).removeprefix('sha256:')}"] = content
        forged = write_leaf(decided.seq, decided.time, decided.action, sha256_of(content), decided.body)
        kept(members, *first, forged)

    return change


CHANGED_PACKS: dict[str, tuple[Because, Callable[[Members], None]]] = {
    "an entry is gone": (Because.ENTRY_OUT_OF_ORDER, lambda m: kept(m, entries(m)[0], *entries(m)[2:])),
    "the last entry is gone": (Because.DECISION_UNKNOWN, lambda m: kept(m, *entries(m)[:-1])),
    "the log is empty": (Because.POLICY_OTHER, lambda m: kept(m)),
    "the record was edited": (
        Because.ATTESTATION_CHANGED, lambda m: m.update({record_in(m): m[record_in(m)].replace(b"adults", b"people")})),
    "the specification is gone": (
        Because.ATTESTATION_MISSING, lambda m: m.pop(document(m, b"assay: 1")) and None),
    "the dictionary is gone": (
        Because.ATTESTATION_MISSING, lambda m: m.pop(document(m, b"assay_dictionary: 1")) and None),
    "the record is gone": (Because.DECISION_UNKNOWN, lambda m: m.pop(record_in(m)) and None),
    "a verdict was turned": (Because.JUDGED_DIFFERENTLY, forged_record(b'"verdict":"pass"', b'"verdict":"fail"')),
    "the record states another use": (
        Because.JUDGED_DIFFERENTLY, forged_record(b"rank applicants", b"greet applicants")),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGED_PACKS)
def test_a_pack_that_is_not_what_was_decided_is_neither_shown_nor_signed(bank: Path, name: str) -> None:
    because, change = CHANGED_PACKS[name]
    pack = changed(bank, change)
    with refused(because):
        look_in(pack, bank / "policy.yaml")
    with refused(because):
        sign_pack(
            pack, bank / "policy.yaml", role="validator", signer=KEYS["val"], target=bank / "signed.json"
        )
    assert not (bank / "signed.json").exists()


def test_a_record_that_is_none_is_told(bank: Path) -> None:
    for nothing in (b"[]", b"{", b"[" * 100_000):
        pack = changed(bank, forged_whole(nothing))
        with refused(Because.ATTESTATION_CHANGED):
            look_in(pack, bank / "policy.yaml")


def forged_whole(content: bytes) -> Callable[[Members], None]:
    def change(members: Members) -> None:
        forged_record(members[record_in(members)], content)(members)

    return change


def test_what_is_no_pack_is_not_signed(bank: Path) -> None:
    with pytest.raises(BrokenPack, match="no decision pack") as caught:
        look_in(bank / "policy.yaml", bank / "policy.yaml")
    assert "assay export decision" in caught.value.remedy


def test_a_pack_of_a_decision_is_called_one_wherever_another_is_expected(
    bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody removed an entry: its log ends before the certificate."""
    pack, policy = bank / "decision.zip", ("--policy", bank / "policy.yaml")
    reviewed = (
        "verify",
        bank / "x.assay",
        "--model",
        pack,
        "--use-case",
        "small-loans",
        *policy,
        "--review",
        pack,
    )
    for kind, words_ in {"public": ("log", "verify", pack, *policy), "review": reviewed}.items():
        assert run(*words_) == 2
        said = " ".join(capsys.readouterr().err.split())
        assert (
            f"decision.zip is a decision pack, which is signed before there is a certificate; a {kind} pack is expected"
            in said
        )
        assert "It is for: assay sign PACK --policy POLICY" in said
        assert f"made with: assay export {kind}" in said


def test_a_pack_that_is_not_there_is_told_as_such(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = ("--policy", bank / "policy.yaml")
    assert run("sign", bank / "decison.zip", "--look", *policy) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "There is no file" in said
    assert "decison.zip. Name the file that was handed over, made with: assay export decision" in said
    assert "is no decision pack" not in said


@pytest.mark.parametrize(
    ("because", "changes"),
    [
        (Because.POLICY_OTHER, {"organisation": "Another Bank"}),
        (Because.POLICY_OTHER, {"version": 2, "previous": sha256_of(b"another policy")}),
        (Because.POLICY_NOT_SATISFIED, {"version": 2, "requires": {"metrics": ("performance.brier",)}}),
    ],
)
def test_the_policy_in_the_hand_of_the_signer_counts(
    bank: Path, because: Because, changes: dict[str, object]
) -> None:
    """As for a verifier: the one that the log was kept under, or the next one that names it."""
    trusted = read_policy(bank / "policy.yaml").policy
    with open_ledger(bank) as ledger:
        before = {"previous": ledger.state().policy_digest} if "version" in changes else {}
    other = type(trusted).model_validate(trusted.model_dump() | before | changes)
    (bank / "theirs.yaml").write_text(policy_text(other))
    with refused(because):
        look_in(bank / "decision.zip", bank / "theirs.yaml")


@pytest.mark.parametrize(
    ("because", "who", "role"),
    [
        (Because.KEY_UNKNOWN, "stranger", "validator"),
        (Because.ROLE_NOT_HELD, "val", "risk_officer"),
        (Because.ROLE_NEVER_APPROVES, "dora", "developer"),
    ],
)
def test_who_may_not_sign_is_told_before_a_file_is_written(
    bank: Path, because: Because, who: str, role: str
) -> None:
    with refused(because):
        signed(bank, who, role, name="signed.json")
    assert not (bank / "signed.json").exists()


def test_a_record_by_hand_under_the_locked_digest_is_signed_by_nobody_here_either(
    bank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows of the log and the counts fit; only the document that was locked says what it asked for."""
    digest, record = assay.load_record(bank)
    easier = replace(
        record,
        specification=record.specification.model_copy(
            update={
                "criteria": tuple(
                    c.model_copy(update={"owner": "dev"}) for c in record.specification.criteria
                )
            }
        ),
    )
    documents = Workspace.of(bank).blobs.get
    assert documents_contradict(record, documents) is None
    wrong = documents_contradict(easier, documents)
    assert wrong is not None
    assert wrong.because is Because.JUDGED_DIFFERENTLY
    assert wrong.sentence.endswith("they differ in: criteria.")
    monkeypatch.setattr("assay.app.verifying.agreement.read_record", lambda content: easier)
    monkeypatch.setattr("assay.app.verifying.agreement.counts_contradict", lambda record: None)
    with refused(Because.JUDGED_DIFFERENTLY):
        sign_decision(bank, digest, role="validator", signer=KEYS["val"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["decision.zip", "--as", "validator", "--key", "k"],
            "decision.zip is a file: sign a pack by the policy",
        ),
        (["--policy", "policy.yaml", "--look"], "name the PACK"),
        (["decision.zip", "--policy", "policy.yaml", "--as", "validator", "--key", "k"], "--to FILE"),
        (["--as", "validator", "--key", "k", "--to", "x"], "--to is for a pack"),
    ],
)
def test_options_that_do_not_go_together_are_told(
    bank: Path,
    words: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(bank)
    assert run("sign", *words) == 2
    assert said in " ".join(capsys.readouterr().err.split())
