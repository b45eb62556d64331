"""A refusal says what to do: of a key, a name, a word, a file and a threshold that is wrong."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.app.conftest import Folder
from tests.cli.ledgers import PASSPHRASE, issued, keep
from tests.world import KEYS

from assay.cli.main import main
from assay.reading.policy import policy_text

VAL = "--as validator --key val.pem"
INIT = "init --model score --label bad --to new --data"
FOUND = "trust init --demo --organisation X --root r=demo:root --certifier c=demo:certifier --person"
NAMED = "That is 'stranger.pem', with which you sign. Sign with a key that the policy has: assay trust show."
REMEDIES = {
    f"sign 9999 {VAL}": (2, "Only a judged run of a locked specification has one, and no rehearsal."),
    "issue 9999 --key certifier.pem": (2, "Only a judged run of a locked specification has one"),
    "sign --as validator --key val.pub": (2, "the public half of a key, with which nobody signs. Name the key"),
    "revoke --code drift --reason no --as validator --key stranger.pem": (1, NAMED),
    "lock specification.yaml --as validator --key stranger.pem": (1, NAMED),
    "suspend --code drift --reason no --as validator --key stranger.pem": (1, NAMED),
    "status --output out --key stranger.pem": (1, "the policy now lists under verifiers: 'certifier'."),
    "trust edit next.yaml --root root.pem": (1, "Name the root keys of as many holders, each with: --root KEY"),
    "trust edit metric.yaml --root root.pem": (2, "Correct the name; all are listed with: assay checks"),
    "keys new ria.pem": (2, "looks like the path of a file. Name it 'ria'"),
    f"{FOUND} v:validator=demo:val": (2, "demo:validator"),
    f"{FOUND} v:validator=demo:leagl": (2, "demo:legal"),
    "log prove 99 proof": (2, "List the entries with: assay log show"),
    f"{INIT} empty.csv": (2, "Write the file again, with its rows."),
    f"{INIT} rowless.parquet": (2, "Write the file again, with its rows, or name another."),
    f"{INIT} text.parquet": (2, "or write it as Parquet."),
    "plan above.yaml": (2, "Write a share, which is at most 1."),
    "plan percent.yaml": (2, "Write a share, 0.8, not a percentage."),
}  # fmt: skip


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a log, keys, the next policy, and files in which something is wrong."""
    root = tmp_path_factory.mktemp("bank")
    text = Folder(root).write().read_text()
    made = issued()
    keep(made, root)
    for name in ("val", "root", "stranger"):
        (root / f"{name}.pem").write_bytes(KEYS[name].encrypted(PASSPHRASE.encode()))
    (root / "val.pub").write_text(KEYS["val"].public.pem)
    following = {"version": 2, "previous": made.world.state.policy_digest}
    second = {"roots": (*made.policy.roots, "certifier"), "root_threshold": 2}
    (root / "next.yaml").write_text(policy_text(made.policy.model_copy(update=following | second)))
    requires = made.policy.requires.model_copy(update={"metrics": ("performance.acuracy",)})
    asked = following | {"requires": requires}
    (root / "metric.yaml").write_text(policy_text(made.policy.model_copy(update=asked)))
    (root / "empty.csv").write_bytes(b"")
    (root / "text.parquet").write_text("score,bad\n0.5,1\n")
    pq.write_table(pa.table({"score": pa.array([], pa.float64())}), root / "rowless.parquet")
    for name, value in (("above", "1.80"), ("percent", "80")):
        (root / f"{name}.yaml").write_text(text.replace("at_least: 0.70", f"at_least: {value}"))
    return root


@pytest.mark.parametrize("words", REMEDIES)
def test_a_refusal_says_what_to_do(
    words: str, bank: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(bank)
    monkeypatch.setenv("ASSAY_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(bank / "config"))
    with pytest.raises(SystemExit) as ended:
        main(words.split())
    told = capsys.readouterr()
    code, remedy = REMEDIES[words]
    assert remedy in " ".join((told.err + told.out).split())
    assert ended.value.code == code
