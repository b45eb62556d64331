"""A certified run follows the declared lineage of its files from bytes on disk, and is bound to the records that it read."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.app.conftest import Folder

import assay
from assay.app.judging.lineage import lineage_of
from assay.app.judging.plan import Hopeless
from assay.app.judging.sources import bound_records
from assay.domain.judge import Judged
from assay.domain.specification.lineage import DeclaredSource, Lineage
from assay.domain.vocabulary import Verdict

CRITERION = """
  - {id: origin, metric: data.lineage, at_most: 0, tier: supporting, rationale: rows must be those of the register,
     owner: data_steward, requirements: [eu-aia/10]}
"""
LINEAGE = """custody: validator,
      lineage: {sources: {register: {about: extract of 2024-11-02, path: raw.csv}},
                steps: {split: a random third is kept for the test}, records: [dvc.lock]}"""


def md5(content: bytes) -> str:
    return hashlib.md5(content).hexdigest()


def followed(folder: Folder) -> Folder:
    folder.edit("custody: validator", LINEAGE)
    folder.text = folder.text.rstrip() + CRITERION
    written = folder.write().parent
    (written / "raw.csv").write_text("id,bad\n1,0\n")
    made = {name: (written / name).read_bytes() for name in ("develop.parquet", "test.parquet")}
    stage = {
        "cmd": "python split.py",
        "deps": [{"path": "raw.csv", "hash": "md5", "md5": md5((written / "raw.csv").read_bytes())}],
        "outs": [{"path": name, "hash": "md5", "md5": md5(content)} for name, content in made.items()],
    }
    (written / "dvc.lock").write_text(json.dumps({"schema": "2.0", "stages": {"split": stage}}))
    return folder


def judged(folder: Folder, *, bypass: bool = False) -> tuple[assay.Record, Judged]:
    path = folder.root / "specification.yaml"
    record = assay.certify(
        path, workers=0, certify_without_a_lock=True, certify_a_hopeless_specification=bypass
    ).record
    return record, next(j for j in record.judged if j.assessment.criterion == "origin")


def test_a_chain_that_holds_passes_and_a_changed_extract_breaks_it(folder: Folder) -> None:
    followed(folder)
    record, origin = judged(folder)
    assert origin.verdict is Verdict.PASS
    assert ("lineage record dvc.lock", "dvc.lock") in {(s.role, s.path) for s in record.sources}
    raw = folder.root / "raw.csv"
    raw.write_text(raw.read_text() + "2,1\n")
    with pytest.raises(
        Hopeless, match=r"raw\.csv is md5 \w+ where it is read, and md5 \w+ by the declared source"
    ):  # before a row is spent
        judged(folder)
    _, origin = judged(folder, bypass=True)
    assert origin.verdict is Verdict.FAIL
    said = [what for piece in origin.assessment.pieces for _, what, _ in piece.counts]
    assert any("raw.csv" in what for what in said)


def test_an_absent_record_is_named_and_fails(folder: Folder) -> None:
    followed(folder)
    (folder.root / "dvc.lock").unlink()
    _, origin = judged(folder, bypass=True)
    assert origin.verdict is Verdict.FAIL
    said = [what for piece in origin.assessment.pieces for _, what, _ in piece.counts]
    assert "the record dvc.lock: There is no such file." in said


def test_nothing_outside_of_the_folder_is_opened(tmp_path: Path) -> None:
    root = tmp_path / "case"
    root.mkdir()
    (tmp_path / "dvc.lock").write_text("schema: '2.0'\nstages: {}\n")
    (root / "linked.dvc").symlink_to(tmp_path / "dvc.lock")
    told = Lineage(
        sources={"register": DeclaredSource(about="extract", path="../dvc.lock")},
        records=("../dvc.lock", "linked.dvc"),
    )
    specification = SimpleNamespace(data=SimpleNamespace(lineage=told))
    assert bound_records(root, specification) == ()  # type: ignore[arg-type]
    case = SimpleNamespace(root=root, specification=specification, sources=(), datasets={})
    view = lineage_of(case)  # type: ignore[arg-type]
    assert "outside" in view.sources[0].fault
    assert all("outside" in why for _, why in view.faults)
    assert len(view.faults) == 2


@pytest.mark.parametrize("name", ["test.parquet", "copy.parquet"])
def test_a_file_is_no_source_of_itself_unless_its_keeper_stated_its_digest(folder: Folder, name: str) -> None:
    followed(folder)
    content = (folder.root / "test.parquet").read_bytes()
    (folder.root / name).write_bytes(content)
    path = folder.root / "specification.yaml"
    named = path.read_text().replace(
        "{register: {", f"{{own: {{about: the test rows, path: {name}}}, register: {{"
    )
    path.write_text(named)
    _, origin = judged(folder, bypass=True)
    assert origin.verdict is Verdict.FAIL
    said = [what for piece in origin.assessment.pieces for _, what, _ in piece.counts]
    assert any(f"{name} has the bytes of a file that the run reads" in what for what in said)
    path.write_text(named.replace(f"path: {name}}}", f"path: {name}, digest: 'md5:{md5(content)}'}}"))
    _, origin = judged(folder)
    assert origin.verdict is Verdict.PASS
