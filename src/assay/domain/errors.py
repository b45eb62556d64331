"""What can be wrong, said so that a person can mend it, and the exit code it leads to."""

from __future__ import annotations

import enum
import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePath


class ExitCode(enum.IntEnum):
    """The same four answers everywhere: command line, server, continuous integration."""

    CERTIFIED = 0
    WITHHELD = 1
    NO_VERDICT = 2
    TRUST_FAILURE = 3


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a source text something stands: one-based line and column, 0 when unknown."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """``file:line:column``, the form that editors and terminals make clickable."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, what was expected, what was found, what to do next.

    Attributes:
        code: a stable reason code in snake case, for programs.
        place: file, line and column.
        message: one sentence: what was expected and what was found.
        found: the offending text as it stands in the source, shortened by the renderer.
        nearest: the nearest valid name, when a name was misspelt.
        remedy: what to do next.
    """

    code: str
    place: Place
    message: str
    found: str = ""
    nearest: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        """The problem on one line."""
        hint = f" Did you mean {self.nearest!r}?" if self.nearest else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{self.place}: {self.message}{hint}{remedy}"


class AssayError(Exception):
    """The root of every error that Assay raises on purpose; carries a reason code and an exit code.

    ``points`` are what of the message is a list after its ``lead``: a person is shown each on a line of its own.
    """

    exit_code: ExitCode = ExitCode.NO_VERDICT

    def __init__(self, message: str, *, code: str, remedy: str = "", points: tuple[str, ...] = ()) -> None:
        self.lead = message
        self.points = points
        self.message = f"{message}: {'. '.join(points)}." if points else message
        self.code = code
        self.remedy = remedy
        super().__init__(f"{self.message} {remedy}".strip())


class InvalidDocument(AssayError):
    """A specification or dictionary with at least one problem; all of them are listed at once."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: p.place))
        first = self.problems[0]
        more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
        super().__init__(f"{first}{more}", code=first.code)


PACKAGES = {
    "numpy": ("numpy", "certify"),
    "scipy": ("scipy", "certify"),
    "pyarrow": ("pyarrow", "certify"),
    "sklearn": ("scikit-learn", "certify"),
    "joblib": ("joblib", "certify"),
    "skops": ("skops", "certify"),
    "jinja2": ("jinja2", "certify"),
    "vl_convert": ("vl-convert-python", "certify"),
    "sqlalchemy": ("sqlalchemy", "log"),
    "alembic": ("alembic", "log"),
    "psycopg": ("psycopg[binary]", "postgres"),
    "securesystemslib": ("securesystemslib", "hsm"),
    "lightgbm": ("lightgbm", "lightgbm"),
    "xgboost": ("xgboost-cpu", "xgboost"),
    "onnxruntime": ("onnxruntime", "onnx"),
    "fairlearn": ("fairlearn", "fairness"),
    "imblearn": ("imbalanced-learn", "fairness"),
    "dp_accounting": ("dp-accounting", "privacy"),
    "opendp": ("opendp", "privacy"),
    "cleanlab": ("cleanlab", "labels"),
    "pandas": ("pandas", ""),
    "polars": ("polars", ""),
}
"""Modules that the base install lacks: the package that has each, and the extra that brings it, if one does."""
NOT_MEASURING = frozenset(
    {
        "vl_convert",
        "jinja2",
        "sqlalchemy",
        "alembic",
        "psycopg",
        "securesystemslib",
        "fairlearn",
        "imblearn",
        "opendp",
        "cleanlab",
    }
)
"""Those that draw, keep, sign, rank and train candidates: their version changes no number of a run."""


class MissingExtra(AssayError):
    """A part of Assay was asked for whose optional packages are not installed."""

    @classmethod
    def of(cls, module: str) -> MissingExtra | None:
        """The error for a module that could not be imported, or None when no extra brings it."""
        package, extra = PACKAGES.get(module.partition(".")[0], ("", ""))
        if not extra:
            return None
        return cls(
            f"This needs the package {package!r}, which is not installed.",
            code="missing_extra",
            remedy=f"Install it with: pip install 'assay-ml[{extra}]'",
        )


class Unwritable(AssayError):
    """A file could not be written: the disk is full, the place is read-only, or something else is in the way."""


_NOT_ALLOWED = "Allow writing there, or name another place, and run again: what is finished is kept."
_NO_PLACE = "Nothing can be made there: name another place."
_FULL = "Free the disk, and run again: what is finished is kept."
_ROOM = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EACCES: _NOT_ALLOWED,
    errno.EPERM: _NOT_ALLOWED,
    errno.EROFS: _NOT_ALLOWED,
    errno.ENOENT: _NO_PLACE,
}
"""What to do about each thing that the system may say."""


@contextmanager
def writing(path: PurePath) -> Iterator[None]:
    """Turn what the system says about writing to ``path`` into a sentence that names it."""
    try:
        yield
    except OSError as error:
        raise Unwritable(
            f"{path} cannot be written: {error.strerror or type(error).__name__}.",
            code="unwritable",
            remedy=_ROOM.get(
                error.errno or 0, "Move what is in the way, and run again: what is finished is kept."
            ),
        ) from error


def raised(error: BaseException) -> str:
    """What was raised and where, for a sentence: ``ValueError at scan.py:12``. Without its text, which may quote a row."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    return f"{type(error).__name__} at {PurePath(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"


class SubjectError(AssayError):
    """Data or a model could not be read, or did not answer as it must. Never carries a row."""


class Crash(SubjectError):
    """A sandboxed child died, hung, or broke the protocol; ``code`` says which."""
