"""A pytest plugin: no test runs on a model that the gate refuses, and ``certified_model`` is what it let through.

``pytest --assay-gate MODEL --assay-policy policy.yaml --assay-use-case NAME``; a refusal ends the session with the exit
code of ``assay gate``. Nothing of Assay's is imported before one of these is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from assay.app.verifying.load_certified import CertifiedModel

WITH_A_MODEL = (
    "--assay-policy",
    "--assay-use-case",
    "--assay-certificate",
    "--assay-running",
    "--assay-sources",
    "--assay-environment",
    "--assay-python",
)
"""The options that mean nothing without ``--assay-gate``."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options, as those of ``assay gate``."""
    group = parser.getgroup("assay", "certified models")
    group.addoption("--assay-gate", metavar="MODEL", help="Run no test unless this model is certified.")
    group.addoption("--assay-policy", metavar="FILE", help="The policy whose keys count.")
    group.addoption("--assay-use-case", metavar="NAME", help="What the model is to be used for.")
    group.addoption("--assay-certificate", metavar="FOLDER", help="By default MODEL.assay beside the model.")
    group.addoption(
        "--assay-running",
        action="store_true",
        help="The model runs already: the policy's grace for its status holds.",
    )
    group.addoption(
        "--assay-sources",
        metavar="FOLDER",
        help="The specification's folder: its data, specification and code must be those that were judged.",
    )
    group.addoption(
        "--assay-environment",
        action="store_true",
        help="The versions of the packages, and code and files that the model runs and reads besides its own, must be those that were judged.",
    )
    group.addoption(
        "--assay-python", metavar="FILE", help="The interpreter of the model's own environment, compared too."
    )


def pytest_sessionstart(session: pytest.Session) -> None:
    """Ask the gate before anything is collected; a refusal ends the session."""
    config = session.config
    if config.getoption("--assay-gate") is None:
        _refuse_alone(config)
        return
    asked = _asked(config)
    sources = config.getoption("--assay-sources")
    from assay.app.verifying.gate import require
    from assay.domain.errors import AssayError

    try:
        require(
            **asked,
            sources=Path(sources) if sources else None,
            environment=config.getoption("--assay-environment"),
        )
    except AssayError as refused:
        said = f"assay: refused [{refused.code}]: {refused.message}"
        raise pytest.exit.Exception(said, int(refused.exit_code)) from None


@pytest.fixture(scope="session")
def certified_model(request: pytest.FixtureRequest) -> Iterator[CertifiedModel]:
    """The model of ``--assay-gate``, loaded from exactly the bytes that were verified."""
    if request.config.getoption("--assay-gate") is None:
        raise pytest.UsageError(
            "certified_model needs --assay-gate MODEL, --assay-policy and --assay-use-case"
        )
    from assay.app.verifying.load_certified import load_certified

    asked = _asked(request.config)
    with load_certified(asked.pop("model"), **asked) as model:
        yield model


def _refuse_alone(config: pytest.Config) -> None:
    """Whoever gives an option of the gate wants it asked: without a model it would not be, and all would seem well."""
    given = [name for name in WITH_A_MODEL if config.getoption(name) not in (None, False)]
    if given:
        verb = "is" if len(given) == 1 else "are"
        raise pytest.UsageError(
            f"{', '.join(given)} {verb} given without --assay-gate MODEL, so no gate would be asked; "
            "name the model, or leave them out"
        )


def _asked(config: pytest.Config) -> dict[str, Any]:
    from assay.app.verifying.gate import Purpose

    policy, use_case = config.getoption("--assay-policy"), config.getoption("--assay-use-case")
    if policy is None or use_case is None:
        raise pytest.UsageError("--assay-gate needs --assay-policy FILE and --assay-use-case NAME")
    certificate = config.getoption("--assay-certificate")
    return {
        "model": Path(config.getoption("--assay-gate")),
        "policy": Path(policy),
        "use_case": use_case,
        "certificate": Path(certificate) if certificate else None,
        "python": config.getoption("--assay-python"),
        "purpose": Purpose.RUNNING if config.getoption("--assay-running") else Purpose.DEPLOYMENT,
    }
