"""Everything that could change a number, by digest, and where the data come from."""

from __future__ import annotations

from collections.abc import Iterator

from assay.domain import figures
from assay.domain.specification import Specification
from assay.dossier import wording
from assay.dossier.blocks import (
    Block,
    Code,
    Column,
    Paragraph,
    Rich,
    Section,
    Strong,
    Table,
)
from assay.dossier.lookup import Lookup


def provenance(lookup: Lookup) -> Section:
    """Everything that could change a number, by digest."""
    record = lookup.record
    sources: tuple[tuple[Rich, ...], ...] = tuple(
        ((s.role,), (s.path,), (figures.count(s.rows) if s.rows else figures.NONE,), (Code(s.digest),))
        for s in record.sources
    )
    columns = (Column("Role"), Column("As written"), Column("Rows", numeric=True), Column("SHA-256"))
    run: list[tuple[str, Rich]] = [
        ("specification", (Code(record.specification_digest),)),
        ("evidence", (Code(record.evidence_digest),)),
        ("seed of every random choice", (Code(record.seed),)),
        (
            "rows used",
            (
                f"{figures.count(record.rows_used)} of {figures.count(record.rows)} {wording.data_set(record.data)} rows",
            ),
        ),
    ]
    e = record.environment
    run += [("assay", (e.assay,)), ("python", (e.python,)), ("platform", (e.platform,))]
    run += [(name, (version,)) for name, version in e.packages]
    run += [(f"in the model's environment: {name}", (version,)) for name, version in e.model]
    run += [
        (f"what the model runs or reads besides its file: {name}", (Code(digest),))
        for name, digest in e.modules
    ]
    run += [("isolation of model and data", (wording.isolation(e.isolation),))]
    run += [(f"missing fence: {name}", (why,)) for name, why in e.isolation.missing]
    blocks: list[Block] = []
    if sources:
        blocks.append(Table("What was read, by digest", columns, sources))
    blocks += _origins(record.specification)
    blocks.append(
        Table("The run", (Column("What"), Column("Value")), tuple(((name,), value) for name, value in run))
    )
    blocks += [Paragraph((Strong("Bypass used: "), text)) for text in record.bypasses]
    return Section("provenance", "Provenance", tuple(blocks))


def _origins(spec: Specification) -> Iterator[Block]:
    """Where the data sets come from, as declared."""
    rows: tuple[tuple[Rich, ...], ...] = tuple(
        ((role,), (origin.source,), (origin.sampling,), ("; ".join(origin.steps) or figures.NONE,))
        for role, origin in sorted(spec.data.origins.items())
    )
    columns = (
        Column("Data set"),
        Column("Source"),
        Column("How rows were drawn"),
        Column("What was done to them"),
    )
    if rows:
        yield Table("Where the data come from, as declared", columns, rows)
    else:
        yield Paragraph(("Where the data come from is not declared.",))
    yield from _lineage(spec)


def _lineage(spec: Specification) -> Iterator[Block]:
    """The sources from which chains of digests may begin, and the steps that they may pass; data.lineage says whether they do."""
    declared = spec.data.lineage
    if declared is None:
        return
    sources: tuple[tuple[Rich, ...], ...] = tuple(
        (
            (name,),
            (one.about,),
            (one.path or figures.NONE,),
            (Code(one.digest) if one.digest else figures.NONE,),
        )
        for name, one in sorted(declared.sources.items())
    )
    yield Table(
        "Declared sources of the data",
        (Column("Source"), Column("What it is"), Column("File"), Column("Digest as declared")),
        sources,
    )
    steps: tuple[tuple[Rich, ...], ...] = tuple(((n,), (does,)) for n, does in sorted(declared.steps.items()))
    if steps:
        yield Table("Declared steps from source to file", (Column("Step"), Column("What it does")), steps)
