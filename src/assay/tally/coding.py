"""The values of a column as codes: bins of numbers, and of everything else the documented codes or a hash."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.tally.hashes import Hashes, mixed
from assay.tally.texts import BatchColumns

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

BINS = 1 << 22
"""Bins of numbers: a sign, the exponent and ten bits of the fraction, so whole numbers up to 2,048 have one each and the others lie
within .1 %. They are fixed for all data, whatever a reference holds."""
_SHIFT = 64 - 22
_SIGN = np.uint64(1 << 63)


_FINER, NEAR = 16, 256
"""Fine bins have so many bits of the fraction more, so that whole numbers up to 134 million have one each and the others lie within .0000015 %; and
of numbers that still lie in one bin, so many kinds are told apart by a hash."""
FINE = (1 << 38) * NEAR
"""Codes of fine bins. There are many in a table: they are for what a single value may give away."""


def numbers_of(values: NDArray[Any]) -> Floats:
    """float64[n]: the numbers of a column, NaN where it has none."""
    return values.astype(np.float64) if values.dtype.kind in "iufb" else np.full(len(values), np.nan)


def bins_of(values: NDArray[Any]) -> Integers:
    """int64[n]: the bin of each number, in the order of the numbers; -1 where there is none."""
    return _bins(values, _SHIFT)


def fine_bins_of(values: NDArray[Any], words: Hashes) -> Integers:
    """int64[n]: the fine bin of each number, in their order; -1 where there is none.

    words: of the same values. A number that is not the first one of its bin is told from others there by what its word is.
    """
    return _told_apart(values, words, _SHIFT - _FINER)


def bins_told_apart(values: NDArray[Any], words: Hashes) -> Integers:
    """int64[n]: as :func:`fine_bins_of`, of the bins of :func:`bins_of`: a bin, and which of so many kinds of numbers in it."""
    return _told_apart(values, words, _SHIFT)


def _told_apart(values: NDArray[Any], words: Hashes, shift: int) -> Integers:
    bins = _bins(values, shift)
    first = words == (_numbers(np.maximum(bins, 0), shift) + 0.0).view(np.uint64)
    near = np.where(first, np.uint64(0), mixed(words) % np.uint64(NEAR - 1) + np.uint64(1))
    return np.where(bins < 0, -1, bins * NEAR + near.astype(np.int64))


def _bins(values: NDArray[Any], shift: int) -> Integers:
    numbers = np.ascontiguousarray(values, dtype=np.float64) + 0.0  # -0.0 is 0
    bits = numbers.view(np.uint64)
    ordered = np.where(
        bits & _SIGN, ~bits, bits | _SIGN
    )  # floats as whole numbers in their order (radix sort)
    bins = (ordered >> np.uint64(shift)).astype(np.int64)
    return np.where(np.isnan(numbers), -1, bins)


_LEAST_EXPONENT = 64


def probability_codes(values: NDArray[Any], size: int) -> Integers:
    """int64[n]: codes below ``size`` of probabilities, in their order, as fine near 1 as they are near 0.

    A float is finer the nearer it is to 0, so that what lies close to 1 is told apart by its distance from 1. Distances below 2^-64 are none.
    """
    p = np.asarray(values, dtype=np.float64)
    low, steps = np.minimum(p, 1 - p), _steps(size)  # the distance from 1 is exact for p from one half on
    mantissa, exponent = np.frexp(low)  # low = mantissa 2^exponent, the mantissa in [1/2, 1)
    step = np.floor((2 * mantissa - 1) * steps).astype(np.int64)
    code = np.where(low < 2.0**-_LEAST_EXPONENT, 0, (exponent + _LEAST_EXPONENT - 1) * steps + step + 1)
    return np.where(p > 0.5, size - 1 - code, code).astype(np.int64)


def probability_of(codes: Integers, size: int) -> Floats:
    """float64[k]: the probability of each code that lies nearest to 0 or 1."""
    steps, upper = _steps(size), codes >= size // 2
    exponent, step = np.divmod(np.where(upper, size - 1 - codes, codes) - 1, steps)
    low = np.where(exponent < 0, 0.0, np.ldexp(1 + step / steps, exponent.astype(np.int32) - _LEAST_EXPONENT))
    return np.where(upper, 1 - low, low)


def _steps(size: int) -> int:
    """Codes between a power of two and the next, of those below one half."""
    return (size // 2 - 1) // (_LEAST_EXPONENT + 1)


def number_of(bins: Integers) -> Floats:
    """float64[k]: the number of each bin that lies nearest to zero: of a whole number up to 2,048 itself."""
    return _numbers(bins, _SHIFT)


def number_of_fine(bins: Integers) -> Floats:
    """float64[k]: as :func:`number_of`, of fine bins: of a whole number up to 134 million itself."""
    return _numbers(bins // NEAR, _SHIFT - _FINER)


def _numbers(bins: Integers, shift: int) -> Floats:
    negative = bins < 1 << (63 - shift)
    ordered = bins.astype(np.uint64) << np.uint64(shift)
    largest = ordered | np.uint64(
        (1 << shift) - 1
    )  # of a negative bin the number nearest to zero is the last one
    bits = np.where(negative, ~largest, ordered & ~_SIGN)
    return bits.view(np.float64)


OTHERS, MORE_OTHERS = 1 << 20, 1 << 37
"""Codes of values that are not documented; of a hundred thousand different ones one in ten shares the smaller number of codes with another, and one in a
million the larger."""


def coded(
    columns: BatchColumns, name: str, known: Mapping[str, int], words: Hashes, others: int = OTHERS
) -> Integers:
    """int64[n]: the code of each value of a column: a documented one, else a hash of it, one of so many others; -1 where it is missing."""
    hashed = (mixed(words) % np.uint64(others)).astype(np.int64) + len(known)
    codes = columns.each(name, partial(_documented, known))
    return np.where(columns.each(name, missing), -1, np.where(codes >= 0, codes, hashed))


def _documented(known: Mapping[str, int], values: NDArray[Any]) -> Integers:
    """int64[n]: the documented code of each value, or -1."""
    if values.dtype.kind in "iufb":
        numbers, place = np.unique(values, return_inverse=True)
        texts = [_text(number) for number in np.nan_to_num(numbers.astype(np.float64))]
    else:
        texts, place = [str(value) for value in values.tolist()], np.arange(len(values))
    return np.array([known.get(text, -1) for text in texts], dtype=np.int64)[place]


def _text(number: float) -> str:
    return str(int(number)) if number == np.floor(number) else str(number)


def missing(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Which values are missing: null or NaN."""
    if values.dtype.kind in "iufb":
        absent: NDArray[np.bool_] = values != values
        return absent
    return np.array([value is None or value != value for value in values.tolist()], dtype=bool)


def without_value(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Which values say nothing: null, NaN or infinite, or a text without a character."""
    if values.dtype.kind in "iufb":
        said: NDArray[np.bool_] = np.isfinite(values)
        return ~said
    return np.array(
        [value is None or value != value or is_blank(value) for value in values.tolist()], dtype=bool
    )


def is_blank(value: object) -> bool:
    """Whether it is a text without a character, or of blanks alone."""
    return isinstance(value, str) and (not value or value.isspace())
