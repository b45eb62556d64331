"""What is repeated of a child that has seen rows: words from fixed lists alone, for any other word may be a row.

The child may be hostile, and writes into the pipe what it likes: names of classes, files and modules are its own choice.
"""

from __future__ import annotations

import builtins
import hashlib
import re

from assay.domain import evidence
from assay.sandbox.child import VERSIONED
from assay.sandbox.loaded import FILES_READ, WHEN_ASKED

OWN = "an exception of its own"
_EXCEPTIONS = frozenset(
    {name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)}
    | {
        "SubjectError", "LinAlgError", "AxisError", "NotFittedError", "LightGBMError", "XGBoostError", "ArrowInvalid",
        "ArrowTypeError", "ArrowNotImplementedError", "ArrowKeyError", "InvalidArgument", "Fail", "RuntimeException",
        "JSONDecodeError", "InvalidOperation",
    }
)  # fmt: skip
_TYPES = frozenset(
    {name for name, value in vars(builtins).items() if isinstance(value, type)}
    | {
        "NoneType",
        "ndarray",
        "float64",
        "float32",
        "int64",
        "bool_",
        "Decimal",
        "Array",
        "ChunkedArray",
        "Table",
        "DataFrame",
        "Series",
        "function",
    }
    | {name for name in evidence.__all__ if isinstance(getattr(evidence, name), type)}
)
_NOT_SCORES = re.compile(
    r"([0-9]{1,2}-dimensional values of type (?:bool|object|str|bytes|void|datetime64|timedelta64|u?int(?:8|16|32|64)|"
    r"float(?:16|32|64|128)|complex(?:64|128|256)))\b.*|([0-9]{1,2}-dimensional values of type (?:str|bytes|void))[0-9]*",
    re.DOTALL,
)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def exception_told(name: str) -> str:
    """The name of an exception that a library or the language has; any other stands for itself."""
    return name if name in _EXCEPTIONS else OWN


def type_told(name: object) -> str:
    """The name of a type that a library or the language has."""
    return name if isinstance(name, str) and name in _TYPES else "a value of a type of its own"


def place_told(where: str) -> str:
    """The library in which something was raised, for the end of a sentence; empty for any other place."""
    top = where.partition("/")[0]
    return f" in {top}" if "/" in where and top in VERSIONED else ""


def shape_told(message: str) -> str:
    """What was returned in place of scores."""
    found = _NOT_SCORES.fullmatch(message)
    return (found[1] or found[2]) if found else "something else"


def module_told(label: str, before: frozenset[str]) -> str:
    """The label of a module or a package: the name if it was loaded before rows were seen, or is that of a known package; else its digest.

    What can be imported here plays no part: the same model is told alike wherever it runs.
    """
    told = label.removesuffix(WHEN_ASKED)
    kind, _, name = told.partition(" ")
    known = (
        label in before
        or told in before
        or told in {"other packages", FILES_READ}
        or (kind in {"module", "package"} and name in VERSIONED)
    )
    if known:
        return label
    hidden = hashlib.sha256(told.encode()).hexdigest()[:12]
    return f"module named {hidden}{WHEN_ASKED if told != label else ''}"


def is_digest(text: str) -> bool:
    """Whether a text is a digest, and can be no other word."""
    return _DIGEST.fullmatch(text) is not None
