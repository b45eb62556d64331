"""The recipe of a model: which function of which file trains it. It is read and bound by its digest; :mod:`assay.subject.training` runs it."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from pathlib import Path

from assay.domain.digests import sha256_of
from assay.domain.errors import SubjectError
from assay.subject.digest import open_regular

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
LARGEST = 16 << 20
"""Bytes of a source file that is read: far more than anybody wrote by hand."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A recipe that was found: its file as the specification writes it, and the digest of the bytes that were read."""

    file: str
    digest: str


def file_of(written: str) -> str:
    """The file in ``file.py:function``."""
    return written.rpartition(":")[0]


def recipe_of(root: Path, written: str) -> Recipe:
    """The recipe that a specification names, from the very bytes in which its function was found. Nothing is imported.

    Args:
        root: the specification's folder. written: ``file.py:function``, the file relative to the folder and inside of it.

    Raises:
        SubjectError: ``recipe_unreadable`` of what names no file and function, is no Python or too large; ``recipe_outside`` of a
            file outside of the folder; ``recipe_has_no_function``; ``recipe_takes_no_seed`` of one that cannot be called with rows and seed; and as :func:`~assay.subject.digest.open_regular`.
    """
    file, function = file_of(written), written.rpartition(":")[2]
    if not file or not function.isidentifier():
        raise SubjectError(
            f"The recipe is written file.py:function; {written!r} names no file and function.",
            code="recipe_unreadable",
            remedy="Name the file and, behind a colon, the function in it that trains the model: train.py:train",
        )
    path = root / file
    if not path.resolve().is_relative_to(root.resolve()):
        raise SubjectError(
            f"The recipe {file} lies outside of the specification's folder {root}.",
            code="recipe_outside",
            remedy="Put it into that folder, where it is handed over with the rest and its commit is named, and write its path "
            "from there.",
        )
    with open_regular(path) as source:
        content = source.read(LARGEST + 1)
    defined = _functions(path, content)
    if function not in defined:
        there = f"there are: {', '.join(defined)}" if defined else "there are none"
        raise SubjectError(
            f"The recipe {file} defines no function {function!r} at its top level; {there}.",
            code="recipe_has_no_function",
            remedy="Name the function that trains the model, as file.py:function, or define it there with def.",
        )
    if not _takes_two(defined[function]):
        raise SubjectError(
            f"The function {function!r} of {file} cannot be called with two arguments, and is handed the training rows and a seed.",
            code="recipe_takes_no_seed",
            remedy=f"Define it as: def {function}(data, seed)",
        )
    return Recipe(file, sha256_of(content))


def _functions(path: Path, content: bytes) -> dict[str, _Function]:
    """What is defined by ``def`` at the top level of a source file, by its name; of several the last one."""
    if len(content) > LARGEST:
        raise _no_python(path, f"it has more than {LARGEST >> 20} MB")
    try:
        with warnings.catch_warnings(action="ignore"):
            read = ast.parse(content, filename=str(path))
    except SyntaxError as wrong:
        raise _no_python(path, f"line {wrong.lineno or 1}: {wrong.msg}") from None
    except (ValueError, RecursionError, MemoryError) as wrong:
        raise _no_python(path, str(wrong) or "it is nested too deeply") from None
    return {node.name: node for node in read.body if isinstance(node, _FUNCTIONS)}


def _takes_two(function: _Function) -> bool:
    """Whether two arguments can be given by their place; what a decorator makes of a function is not known, and may."""
    if function.decorator_list:
        return True
    takes = function.args
    most = len(takes.posonlyargs) + len(takes.args)
    named = any(default is None for default in takes.kw_defaults)
    return not named and most - len(takes.defaults) <= 2 and (most >= 2 or takes.vararg is not None)


def _no_python(path: Path, why: str) -> SubjectError:
    return SubjectError(
        f"The recipe {path} cannot be read as Python source: {why}.",
        code="recipe_unreadable",
        remedy="Mend the file, or name the source file of the function that trains the model.",
    )
