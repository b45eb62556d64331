"""Columns as words in one form, whatever type a file gives them: rows that were written another way are known again."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assay.subject.arrays import as_numpy, as_words, words_by_text
from assay.tally.hashes import MISSING, Hashes, number_words, text_words

_SAID = {"true": 1.0, "false": 0.0}


def in_one_form(column: pa.Array, name: str = "") -> Hashes:
    """uint64[n]: a word for each value; a number is the same as a decimal, as a text, in single and in double precision.

    Numbers that are not whole count to single precision. Texts count without blanks around them, letter case and the
    several ways that Unicode has to write a character; an empty one is missing, and ``true`` is 1 as a boolean is.

    Raises:
        SubjectError: as :func:`assay.subject.arrays.as_words`.
    """
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_floating(kind) or (pa.types.is_decimal(kind) and kind.scale > 0):
        return _of_numbers(as_numpy(column, name))
    if (
        pa.types.is_integer(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_null(kind)
        or pa.types.is_decimal(kind)
    ):
        return as_words(column, name)
    return words_by_text(column, _words, name)


def _of_numbers(values: NDArray[np.floating]) -> Hashes:
    numbers = values.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        single = numbers.astype(np.float32).astype(np.float64)
        keep = (numbers == np.trunc(numbers)) | ~np.isfinite(single)
    return number_words(np.where(keep, numbers, single))


def _words(texts: Sequence[str]) -> Hashes:
    return np.array([_word(text) for text in texts], dtype=np.uint64)


def _word(text: str) -> np.uint64:
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    if not plain:
        return MISSING
    number = _number(plain)
    if number is None:
        return np.uint64(text_words([plain])[0])
    if isinstance(number, int):
        return np.uint64(number_words(np.array([number]))[0])
    return np.uint64(_of_numbers(np.array([number]))[0])


def _number(text: str) -> int | float | None:
    if text in _SAID:
        return _SAID[text]
    try:
        whole = int(text)
        return whole if -(2**63) <= whole < 2**63 else float(whole)
    except (ValueError, OverflowError):
        pass
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) or text.strip("+-") in {"inf", "infinity", "nan"} else None
