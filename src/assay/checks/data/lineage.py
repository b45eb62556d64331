"""Whether each file is reached from a declared source, by digest."""

from __future__ import annotations

from assay.checks.check import AT_MOST, Example, check
from assay.domain.evidence import Census, Counts, Undefined
from assay.domain.lineage import Artifact, Chains, Source, Step
from assay.domain.metric import Declared, Parameter, Unit
from assay.domain.needs import Lineage
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.tally.views import LineageView

MODEL = "model"
DATA, ALL = "data", "data and model"
DIGEST, NAME = "digest", "name"


def _named(name: str, digit: str = "") -> Artifact:
    return Artifact(name, frozenset({f"md5:{digit * 32}"} if digit else ()))


def _view(
    *,
    extract: str = "a",
    found: str = "b",
    declared: tuple[str, ...] = ("clean",),
) -> LineageView:
    """Test rows with the digest ``found``, which a DVC stage made as b of an extract; the source is declared as a."""
    stage = Step("clean", "dvc.lock", (_named("raw.csv", extract),), (_named("test.csv", "b"),))
    source = Source(_named("raw.csv", "a"), looked_at=True)
    return LineageView((("test", _named("test.csv", found)),), (source,), frozenset(declared), (stage,))


@check(
    id="data.lineage",
    title="Lineage",
    estimand="The number of data files that no chain of equal digests joins to a declared source through declared steps, and of declared "
    "records and sources that cannot be read or have another digest than was stated.",
    unit=Unit.COUNT,
    reading="files, records and sources where the chain from the declared sources breaks: {value}",
    need=Lineage(),
    tasks=tuple(Task),
    comparators=AT_MOST,
    high=None,
    census=True,
    parameters={
        "files": Parameter(
            "Which files must be reached: those of the data sets that the run reads, or the model's too.",
            default=DATA,
            choices=(DATA, ALL),
        ),
        "joined_by": Parameter(
            "By what two records are joined: digest, or name where nobody stated digests that can be compared. Digests that differ never join.",
            default=DIGEST,
            choices=(DIGEST, NAME),
        ),
    },
    declared=(Declared.LINEAGE,),
    examples=(
        Example(
            says="The record says that a declared step made the test rows of the declared extract, and all digests agree.",
            view=_view,
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.PASS,
        ),
        Example(
            says="The file is another one than the step made.",
            view=lambda: _view(found="c"),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="The step read another extract than was declared.",
            view=lambda: _view(extract="d"),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="The step that made the rows is not declared.",
            view=lambda: _view(declared=()),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="The specification declares no lineage.",
            view=lambda: LineageView((("test", _named("test.csv")),), stated=False),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def lineage(view: LineageView, *, files: str, joined_by: str) -> Counts:
    """The chain of digests from the declared sources to the files that are read.

    Purpose:
        Shows that the rows are those that were taken from where the specification says, and that nothing was done to them but what it says.
    Method:
        Each file's bytes are digested as the tools do (md5 of a file and of a folder's list as DVC has it, SHA-1, SHA-256, SHA-512). Declared
        records of DVC (.dvc, dvc.lock), MLflow (meta.yaml, MLmodel) and OpenLineage (JSON events of completed runs) are read as text; their tools never
        run. From each file the step is looked up that made a thing of this digest, from all that this step read the steps that made them, until every
        branch ends at a declared source; where several steps are said to have made one thing, the chain of each must hold. Breaks are counted in full and named: a step that is not declared, a digest that differs, a record that is absent, a file that is its own source, by its name or as a copy, without the digest that its keeper gave. A source whose
        bytes are not in the folder, and a join by name, are named as stated, not verified.
        (Herschel, Diestelkaemper & Ben Lahmar 2017, "A survey on provenance", VLDB Journal 26; Regulation (EU) 2024/1689, Article 10.)
    Limits:
        Records are the word of who wrote them: a step may have done something else than its name says, and md5 does not withstand who wants two files to have one. What lies
        between source and file is not looked at. MLflow's digests are of some rows, and no bytes can be held against them; OpenLineage has
        no standard facet for digests. Programs that a record lists among what was read are sources, too, and must be declared.
    Remedy:
        Declare the step or the source that is named; run the pipeline again, so that its record is of these files; or find out who changed
        the file since.
    Oracle:
        DVC's own digest of its published folder, and the lock file of its example project (tests/checks/test_lineage.py).
    """
    if not view.stated:
        return Undefined(Reason.NOT_MEASURED, "The specification declares no lineage (data: lineage).")
    wanted = [file for role, file in view.files if files == ALL or role != MODEL]
    if not wanted:
        return Undefined(Reason.NO_ROWS, "The run reads no file of data.")
    chains = Chains(view.sources, view.declared, view.steps, by_name=joined_by == NAME)
    found = [chains.reached(file) for file in wanted]
    faults = [f"the record {record}: {why}" for record, why in view.faults]
    faults += [
        f"the source {source.artifact.name}: {source.fault}" for source in view.sources if source.fault
    ]
    broken = sum(1 for one in found if one.breaks) + len(faults)
    breaks = dict.fromkeys((*faults, *(b for one in found for b in one.breaks)))
    stated = dict.fromkeys(
        f"stated, not verified: {s}" for one in found for s in one.stated if not one.breaks
    )
    return Census(broken, len(wanted), details=(*((b, 1) for b in breaks), *((s, 0) for s in stated)))
