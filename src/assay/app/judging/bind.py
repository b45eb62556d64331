"""What a model runs is known only when it has answered: modules that it imports then are bound too."""

from __future__ import annotations

import json
from dataclasses import replace

from assay.app.judging.case import Case
from assay.app.judging.conditions import code_digest
from assay.domain.errors import AssayError, MissingExtra, Unwritable
from assay.engine.engine import Engine
from assay.engine.progress import Silence
from assay.engine.task import BoundTask, close_models, run_bound
from assay.plan.passes import reference_data

A_FEW = 100


def bound_when_asked(case: Case, engine: Engine) -> Case:
    """The case with the modules that its model has loaded when it has answered a few reference rows.

    They go into the record and into the name of each kept count, and each worker compares them. The case itself when its
    model runs no code of its own, or answers nothing: that is told when it is judged.
    """
    if case.model is None or case.model.modules is None:
        return case
    partition = case.datasets[reference_data(case.specification)].partitions[0]
    asked = BoundTask(case.code_digest, min(A_FEW, partition.rows), partition, case.model)
    try:
        (answer,) = engine.results([asked], run_bound, told=Silence(), reuse=False)
    except (MissingExtra, Unwritable):
        raise
    except AssayError:
        return case
    finally:
        close_models()
    modules = tuple((str(name), str(digest)) for name, digest in json.loads(answer))
    found = dict(case.environment.modules) | dict(modules)
    environment = replace(case.environment, modules=tuple(sorted(found.items())))
    return replace(
        case,
        model=replace(case.model, when_asked=modules),
        environment=environment,
        code_digest=code_digest(environment, case.used),
    )
