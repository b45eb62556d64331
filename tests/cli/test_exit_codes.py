"""What is done wrong, over all commands, and the exit code of each: the same kind of mistake ends alike wherever it is made.

1 is an answer: a rule, the policy or the log refuses. 2 is none: a word, a file or a name is wrong, so that nothing was asked of
anything. 3 is a failure of trust: bytes, a signature, a key or a log are not what they must be.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from tests.app.conftest import Folder
from tests.cli.ledgers import PASSPHRASE, keep
from tests.world import KEYS, LOG_ORIGIN, Issued

from assay.cli.main import main
from assay.domain.digests import sha256_of
from assay.domain.policy import LogKeys
from assay.store.keys import log_signer

VAL, RIA = "--as validator --key val.pem", "--as risk_officer --key ria.pem"
WHY = "--reason why"
AWAY = "--policy policy.yaml --log {} --to x.json"
GATE = "--policy policy.yaml --use-case credit"
SPEC = "specification.yaml"

NO_ANSWER = {
    "a file that is not there": (
        "init --data absent.parquet --model score",
        "init --data develop.parquet --model absent.txt",
        "init --data develop.parquet --model score --from absent.yaml",
        "plan absent.yaml",
        f"lock absent.yaml {VAL}",
        "take absent.json",
        f"lock {SPEC} {VAL} {AWAY.format('absent.jsonl')}",
        "certify absent.yaml",
        "certify absent.yaml --rehearse",
        f"waive absent.yaml accuracy --until 2027-01-01 {VAL} {WHY}",
        f"revoke --code drift {VAL} {WHY} {AWAY.format('absent.jsonl')}",
        "sign absent.zip --policy policy.yaml --look",
        "sign absent.zip --policy absent.yaml --look",
        f"gate absent.txt {GATE}",
        "gate model.txt --policy absent.yaml --use-case credit",
        f"gate model.txt {GATE} --log absent.jsonl",
        f"gate model.txt {GATE} --sources absent",
        f"verify model.txt.assay --model absent.txt {GATE}",
        "verify model.txt.assay --model model.txt --policy absent.yaml --use-case credit",
        f"verify model.txt.assay --model model.txt {GATE} --review absent.zip",
        "log verify absent.zip --policy policy.yaml",
        "log verify --checkpoint absent.txt",
        "trust edit absent.yaml --root root.pem",
        f"diff absent.yaml {SPEC}",
        f"diff absent.assay {SPEC}",
        "show --in absent",
        "report --in absent",
        "log show --in absent",
    ),
    "a key that is not there": (
        "sign --as validator --key nobody",
        f"lock {SPEC} --as validator --key nobody",
        f"waive {SPEC} accuracy --until {{tomorrow}} --as validator --key nobody {WHY}",
        f"revoke --code drift --as validator --key nobody {WHY}",
        f"unseal 1234 --as validator --key nobody {WHY}",
        "issue --key nobody",
        "status --key nobody --output out",
        "export public public.zip --key nobody",
        "keys show nobody",
        "keys rotate ria --to nobody --root root.pem",
        "keys rotate nobody --to new.pub --root root.pem",
        "trust init --organisation X --root r=nobody --certifier c=nobody --person a:validator=nobody",
    ),
    "a run, a decision or a certificate that is not there": (
        "show 9999",
        "report 9999",
        "replay 9999",
        "diff 9999 8888",
        "sign 9999 --look",
        f"sign 9999 {VAL}",
        f"unseal 9999 {VAL} {WHY}",
        "issue 9999 --key certifier.pem",
        "export decision pack.zip 9999",
        "export review pack.zip --certificate 9999",
        f"revoke 9999 --code drift {VAL} {WHY}",
        f"suspend 9999 --code drift {VAL} {WHY}",
        f"reinstate 9999 {VAL} {WHY}",
        f"revoke 9999 --code drift {VAL} {WHY} {AWAY.format('log.jsonl')}",
        f"unseal 9999 {VAL} {WHY} {AWAY.format('log.jsonl')}",
        "log prove 999 proof",
        "log erase sha256:99 --yes",
        f"waive {SPEC} acuracy --until 2027-01-01 {VAL} {WHY}",
        "checks no.such_check",
    ),
    "a file that is malformed": (
        "init --data broken.bin --model score",
        "plan broken.yaml",
        f"lock broken.yaml {VAL}",
        "certify broken.yaml",
        f"waive broken.yaml accuracy --until 2027-01-01 {VAL} {WHY}",
        "trust edit broken.yaml --root root.pem",
        "gate model.txt --policy broken.yaml --use-case credit",
        f"gate model.txt {GATE} --remember broken.bin",
        f"verify model.txt.assay --model model.txt {GATE} --review broken.bin",
        f"verify model.txt.assay --model model.txt {GATE} --public broken.bin",
        "sign broken.bin --policy policy.yaml --look",
        "log verify broken.bin --policy policy.yaml",
        f"gate model.txt {GATE} --log broken.bin",
        "take broken.bin",
        "take model.txt.assay/certificate.sigstore.json",
        f"lock {SPEC} {VAL} {AWAY.format('broken.bin')}",
        f"revoke --code drift {VAL} {WHY} {AWAY.format('broken.bin')}",
        f"diff broken.yaml {SPEC}",
        "sign --as validator --key broken.bin",
    ),
    "no log": (
        "sign --look --in empty",
        f"revoke --code drift {VAL} {WHY} --in empty",
        f"unseal 9999 {VAL} {WHY} --in empty",
        "issue --key certifier.pem --in empty",
        "export decision pack.zip --in empty",
        "log verify --in empty",
        "log show --in empty",
        "trust show --in empty",
        "trust edit policy.yaml --root root.pem --in empty",
        "keys rotate ria --to new.pub --root root.pem --in empty",
    ),
    "a word that is wrong": (
        "nosuch",
        "keys nosuch",
        "gate model.txt",
        "sign",
        f"sign {VAL} --reject",
        f"sign {VAL} --to x.json",
        f"lock {SPEC}",
        f"lock {SPEC} {VAL} --policy policy.yaml",
        f"revoke {VAL} {WHY}",
        f"revoke --code nothing {VAL} {WHY}",
        f"suspend --code drift {VAL} {WHY} --to x.json",
        f"waive {SPEC} accuracy --until soon {VAL} {WHY}",
        f"certify {SPEC} --workers 0",
        f"plan {SPEC} --workers x",
        "keys new a/b",
    ),
}
REFUSED = {
    "by a rule of the log or of the policy": (
        f"lock {SPEC} --as developer --key dora.pem",
        f"lock {SPEC} --as risk_officer --key val.pem",
        f"lock {SPEC} --as valdator --key val.pem",
        "certify other.yaml",
        f"waive other.yaml accuracy --until 2027-01-01 {VAL} {WHY}",
        f"waive {SPEC} accuracy --until 2020-01-01 {VAL} {WHY}",
        f"waive {SPEC} accuracy --until {{tomorrow}} --as developer --key dora.pem {WHY}",
        f"waive {SPEC} bytes_changed --until {{tomorrow}} {VAL} {WHY}",
        f"revoke --code drift --as developer --key dora.pem {WHY}",
        f"revoke --code drift --as valdator --key val.pem {WHY}",
        f"revoke --code drift --as validator --key stranger.pem {WHY}",
        f"revoke --code drift --as developer --key dora.pem {WHY} {AWAY.format('log.jsonl')}",
        f"reinstate {VAL} {WHY}",
        "status --key ria.pem --output out",
        "trust edit policy.yaml --root root.pem",
        "trust edit later.yaml --root root.pem",
        f"gate model.txt {GATE} --certificate empty",
        f"gate other.txt {GATE}",
        f"verify empty --model model.txt {GATE}",
    ),
}
DISTRUSTED = {
    "what was handed over is not what it must be": (
        "take changed.json",
        f"lock {SPEC} {VAL} {AWAY.format('changed.jsonl')}",
        f"revoke --code drift {VAL} {WHY} {AWAY.format('changed.jsonl')}",
        "log verify --checkpoint broken.bin",
        f"gate model.txt {GATE}",
    ),
}
USES = {
    use: (code, kind)
    for code, kinds in ((2, NO_ANSWER), (1, REFUSED), (3, DISTRUSTED))
    for kind, uses in kinds.items()
    for use in uses
}


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a locked specification, a log with a certificate, keys, and files that are none."""
    root = tmp_path_factory.mktemp("bank")
    path = Folder(root).write()
    kept = log_signer(LOG_ORIGIN, create=True)
    assert kept is not None
    keys = LogKeys(origin=LOG_ORIGIN, key=kept.key.vkey)
    dictionary = sha256_of((root / "dictionary.yaml").read_bytes())
    terms = {"criteria": {"accuracy": "critical"}, "dictionary": dictionary}
    made = Issued.good({"log": keys}, specification=sha256_of(path.read_bytes()), terms=terms)
    keep(made, root)
    for name in ("ria", "val", "dora", "root", "stranger"):
        (root / f"{name}.pem").write_bytes(KEYS[name].encrypted(PASSPHRASE.encode()))
    (root / "new.pub").write_text(KEYS["stranger"].public.pem)
    (root / "log.jsonl").write_bytes(b"".join(leaf + b"\n" for leaf in made.world.leaves))
    (root / "other.yaml").write_text(path.read_text().replace("small-loans", "large-loans"))
    later = f"version: 7\nprevious: sha256:{'0' * 64}"
    (root / "later.yaml").write_text((root / "policy.yaml").read_text().replace("version: 1", later))
    (root / "broken.yaml").write_text("a: [1\n")
    (root / "broken.bin").write_bytes(b"\x00\x01")
    (root / "changed.json").write_bytes(made.bundle.content.replace(b'"keyid":""', b'"keyid":"x"'))
    log = (root / "log.jsonl").read_bytes()
    (root / "changed.jsonl").write_bytes(log.replace(b'"action"', b'"Action"', 1))
    (root / "empty").mkdir()
    for model in ("model.txt", "other.txt"):
        (root / model).write_text("tree")
    (root / "model.txt.assay").mkdir()
    (root / "model.txt.assay" / "certificate.sigstore.json").write_bytes(made.bundle.content)
    return root


def test_the_table_is_as_long_as_was_asked() -> None:
    assert len(USES) >= 40


@pytest.mark.parametrize("use", USES)
def test_the_same_kind_of_mistake_ends_alike_everywhere(
    use: str, bank: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(bank)
    monkeypatch.setenv("ASSAY_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(bank / "config"))
    monkeypatch.delenv("ASSAY_STORE", raising=False)
    before = (bank / ".assay" / "log.db").read_bytes()
    tomorrow = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)
    with pytest.raises(SystemExit) as ended:
        main(use.replace("{tomorrow}", str(tomorrow)).split())
    told = capsys.readouterr()
    code, kind = USES[use]
    assert ended.value.code == code, f"{kind}: {told.err}{told.out}"
    assert (told.err + told.out).strip()
    assert "Traceback" not in told.err
    assert (bank / ".assay" / "log.db").read_bytes() == before
