"""Favourable decisions of groups by confounders and mediators: the table that path-specific effects share, and the cells made of it.

Which columns these are follows from the declared causal graph. A cell in which nobody is, of any group, is left out; one in which only
some groups are stays empty, so that the criterion is not evaluable: effects need every group in every cell (positivity).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from assay.checks.counting.cells import NO_ROWS, say_the_decision, unfit_for_comparison
from assay.domain import causal_graph, gating
from assay.domain.causal_graph import Roles
from assay.domain.evidence import Counts, Effect, Effects, Rate, Undefined
from assay.domain.vocabulary import Reason
from assay.tally.table import Integers, Rows, TableContext, TableView, apart, together

TABLE = "by_path"


def roles_of(context: TableContext) -> Roles:
    """Mediators and confounders of the attribute whose groups are compared; none without a graph."""
    if context.graph is None or len(context.across) != 1:
        return Roles((), ())
    return causal_graph.roles(context.graph.arrows, context.graph.unobserved, context.across[0])


def _labels(context: TableContext, name: str) -> tuple[str, ...]:
    return context.strata[name].labels() if name in context.strata else context.layout.labels((name,))


def by_path(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The part that each row is in of each confounder and mediator, one more for none, its group, and whether the decision is favourable."""
    found = roles_of(context)
    codes = []
    for name in (*found.confounders, *found.mediators):
        part = rows.stratum(name) if name in context.strata else rows.group(name)
        size = len(_labels(context, name))
        codes.append((np.where(part < 0, size, part).astype(np.int64), size + 1))
    good = (rows.decided == context.favourable).astype("int64")
    return {TABLE: together(*codes, rows.grouped, (good, 2))}


def columns(context: TableContext) -> tuple[str, ...]:
    """The columns of the strata among them; those of protected attributes are read anyway."""
    found = roles_of(context)
    return tuple(
        context.strata[name].column
        for name in (*found.confounders, *found.mediators)
        if name in context.strata
    )


def effects(view: TableView, effect: Effect, reference: str | None) -> Counts:
    """The favourable decisions of each group in each cell; or why there is no such effect."""
    found = roles_of(view.context)
    lacking = _lacking(view, effect, found, reference)
    if lacking is not None:
        return lacking
    names = (*found.confounders, *found.mediators)
    labels = [_labels(view.context, name) for name in names]
    table = view.table(TABLE)
    codes = apart(table.keys, *(len(one) + 1 for one in labels), len(view.context.groups), 2)
    parts, group, good = codes[: len(names)], codes[-2], codes[-1]
    in_none = (part == len(one) for part, one in zip(parts, labels, strict=True))
    lost = np.any([np.zeros(len(table.keys), dtype=bool), *in_none], axis=0)
    if said := _outside(view, names, lost, group):
        return Undefined(Reason.ROWS_IN_NO_GROUP, said)
    rows: dict[tuple[int, ...], dict[int, list[int]]] = {}
    for at in np.flatnonzero(~lost).tolist():
        place, n = tuple(int(part[at]) for part in parts), int(table.counts[at])
        cell = rows.setdefault(place, {}).setdefault(int(group[at]), [0, 0])
        cell[0] += n * int(good[at])
        cell[1] += n
    if effect is Effect.DIRECT and (said := _said_by(names, rows)):
        return Undefined(Reason.NOT_MEASURED, said)
    within = len(found.confounders)
    places = sorted(rows)
    told = [tuple(one[code] for code, one in zip(place, labels, strict=True)) for place in places]
    cells = tuple(
        Rate(label, *_counted(rows[place], code), ", ".join(name))
        for place, name in zip(places, told, strict=True)
        for label, code in view.each
    )
    return Effects(cells, tuple(", ".join(name[:within]) for name in told), effect, reference, view.focus)


def _outside(view: TableView, names: tuple[str, ...], lost: NDArray[np.bool_], group: Integers) -> str:
    """Why the cells cannot stand for the rows: too many are in none, of all or of one of the groups."""
    n = view.table(TABLE).counts
    groups = {
        label: (int(n[lost & (group == code)].sum()), int(n[group == code].sum()))
        for label, code in view.each
    }
    return gating.in_no_part(None, " and ".join(names), int(n[lost].sum()), int(n.sum()), groups)


def _said_by(names: tuple[str, ...], rows: Mapping[tuple[int, ...], Mapping[int, Sequence[int]]]) -> str:
    """That a mediator is the decision itself, or its score: nobody who has the same is decided otherwise, whatever the attribute does to it."""
    good, of = ([sum(cell[k] for cell in groups.values()) for groups in rows.values()] for k in (0, 1))
    if not say_the_decision(good, of):
        return ""
    return (
        f"Among people who are alike in {' and '.join(names)} hardly any two are decided differently: these say the decision, as its score would, so "
        "that no effect beside them could be seen. Name mediators that the decision is made from, and not what it is."
    )


def _counted(found: Mapping[int, Sequence[int]], code: int) -> tuple[int, int]:
    events, trials = found.get(code, (0, 0))
    return events, trials


def _lacking(view: TableView, effect: Effect, found: Roles, reference: str | None) -> Undefined | None:
    across = "*".join(view.context.across)
    if view.context.graph is None:
        return Undefined(
            Reason.NOT_MEASURED, "No causal graph is declared, without which nothing is an effect."
        )
    if not view.table(TABLE).total:
        return NO_ROWS
    if effect is Effect.INDIRECT and not found.mediators:
        return Undefined(
            Reason.NOT_MEASURED, f"The causal graph has nothing between {across!r} and the decision."
        )
    if effect is Effect.SPURIOUS and not found.confounders:
        return Undefined(
            Reason.NOT_MEASURED, f"The causal graph has no common cause of {across!r} and the decision."
        )
    return unfit_for_comparison(view.groups, reference)
