"""Between Arrow columns and arrays: numbers as numbers with NaN for missing, everything else as objects; and as words,
in which no two different values are one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assay.domain.errors import SubjectError
from assay.tally.hashes import MISSING, Hashes, number_words, text_words, wide_words
from assay.tally.texts import Texts, as_objects


def as_numpy(column: pa.Array, name: str = "") -> NDArray[Any]:
    """A column as an array: integers without nulls keep their type, numbers with nulls become float64 with NaN.

    Booleans are 0 and 1, dictionaries are decoded, dates and everything else become text or None. A decimal that is no
    whole number becomes no whole number.

    Raises:
        SubjectError: ``data_invalid``, naming the column, when its values are neither numbers nor texts, as lists are.
    """
    with _readable(column, name):
        return _texts(column).values if is_text(column.type) else _numbers(column)


def as_texts(column: pa.Array, name: str = "") -> Texts:
    """A column that :func:`is_text` as its different texts, as :func:`as_numpy` has them.

    Raises:
        SubjectError: as :func:`as_numpy`.
    """
    with _readable(column, name):
        return _texts(column)


def is_text(kind: pa.DataType) -> bool:
    """Whether a column of that type becomes texts: it holds neither numbers nor booleans, nor nothing at all."""
    if pa.types.is_dictionary(kind):
        return is_text(kind.value_type)
    number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    return not (number or pa.types.is_boolean(kind) or pa.types.is_null(kind))


@contextmanager
def _readable(column: pa.Array, name: str) -> Iterator[None]:
    try:
        yield
    except pa.ArrowException:
        raise SubjectError(
            f"The column {name!r} is of type {column.type}, which is neither a number nor a text in each row.",
            code="data_invalid",
            remedy="Write one number, text, date or boolean for each row.",
        ) from None


def _texts(column: pa.Array) -> Texts:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    encoded = _as_text(column).dictionary_encode()
    return Texts(as_objects([*encoded.dictionary.to_pylist(), None]), _places(encoded))


def _places(encoded: pa.DictionaryArray) -> NDArray[np.int64]:
    """The place of each row's value in the dictionary, and one more of what is missing."""
    found = encoded.indices.cast(pa.int64()).fill_null(_scalar(len(encoded.dictionary)))
    return _buffer(found, np.dtype(np.int64))


def _numbers(column: pa.Array) -> NDArray[Any]:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_boolean(kind):
        column = column.cast(pa.uint8())
    elif pa.types.is_null(kind):
        column = column.cast(pa.float64())
    elif pa.types.is_decimal(kind):
        return _of_decimals(column)
    if column.null_count:
        column = column.cast(pa.float64(), safe=False).fill_null(_scalar(math.nan))
    return _buffer(column, np.dtype(column.type.to_pandas_dtype()))


def as_words(column: pa.Array, name: str = "") -> Hashes:
    """A column as words: never by way of floats for whole numbers and decimals, nor of numbers for missing values.

    Raises:
        SubjectError: as :func:`as_numpy`.
    """
    with _readable(column, name):
        return _words(column)


def _words(column: pa.Array) -> Hashes:
    kind = column.type
    if pa.types.is_null(kind):
        return np.full(len(column), MISSING)
    if pa.types.is_dictionary(kind):
        # One more word, of what is missing.
        return np.append(_words(column.dictionary), MISSING).take(_places(column))
    if pa.types.is_boolean(kind):
        column = column.cast(pa.uint8())
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        return _by_text(column, text_words)
    words = _decimal_words(column) if pa.types.is_decimal(kind) else _number_words(column)
    if column.null_count:
        words[_bools(column.is_null())] = MISSING
    return words


def words_by_text(column: pa.Array, words: Callable[[Sequence[str]], Hashes], name: str = "") -> Hashes:
    """A column as texts as words: ``words`` gives one for each different text; what is missing is :data:`MISSING`.

    Raises:
        SubjectError: as :func:`as_numpy`.
    """
    with _readable(column, name):
        return _by_text(column, words)


def _by_text(column: pa.Array, words: Callable[[Sequence[str]], Hashes]) -> Hashes:
    texts = _as_text(column).dictionary_encode()
    return np.append(words(texts.dictionary.to_pylist()), MISSING).take(_places(texts))


def _number_words(column: pa.Array) -> Hashes:
    return number_words(_buffer(column, np.dtype(column.type.to_pandas_dtype())))


def _decimal_words(column: pa.Array) -> Hashes:
    kind = column.type
    if kind.bit_width < 128:
        column = column.cast(pa.decimal128(38, kind.scale))
    width = column.type.bit_width // 64
    raw = _buffer(column, np.dtype((np.void, 8 * width)))
    parts = np.frombuffer(raw, dtype=np.dtype("<u8")).reshape(-1, width)
    return wide_words([np.ascontiguousarray(parts[:, i]) for i in range(width)], kind.scale)


def _of_decimals(column: pa.Array) -> NDArray[np.float64]:
    floats = column.cast(pa.float64()).fill_null(_scalar(math.nan))
    numbers = _buffer(floats, np.dtype(np.float64))
    if column.type.scale <= 0:
        return numbers
    scale = column.type.scale
    import pyarrow.compute as pc  # builds hundreds of functions, and few columns need one

    # Room for the digits before the point, in a type that has a kernel.
    column = column.cast(pa.decimal128(38, scale) if _fits_128(column.type) else pa.decimal256(76, scale))
    whole = pc.trunc(column)
    broken = _bools(pc.not_equal(column, whole).fill_null(_scalar(False)))
    rounded = broken & (numbers == np.trunc(numbers))
    if not rounded.any():
        return numbers
    nearer_to_zero = _buffer(whole.cast(pa.float64()).fill_null(_scalar(math.nan)), np.dtype(np.float64))
    towards = np.where(numbers == nearer_to_zero, np.copysign(np.inf, numbers), 0.0)
    return np.where(rounded, np.nextafter(numbers, towards), numbers)


def _fits_128(kind: pa.DataType) -> bool:
    return bool(kind.bit_width <= 128 and kind.scale < 38)


def _buffer(column: pa.Array, dtype: np.dtype[Any]) -> NDArray[Any]:
    """The values as they lie: Arrow's to_numpy() imports pandas where it is there, most of a second in each worker."""
    if len(column) == 0:
        return np.empty(0, dtype)
    return np.frombuffer(column.buffers()[1], dtype, len(column), column.offset * dtype.itemsize)


def _bools(column: pa.BooleanArray) -> NDArray[np.bool_]:
    return _buffer(column.cast(pa.uint8()), np.dtype(np.uint8)).astype(bool)


def _as_text(column: pa.Array) -> pa.Array:
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return column
    return column.cast(pa.string())


def as_arrow(numbers: NDArray[Any], missing: NDArray[np.bool_] | None = None) -> pa.Array:
    """Numbers or booleans as a column: as pyarrow.array() does, which imports pandas where it is there, as above."""
    known = None if missing is None or not missing.any() else pa.py_buffer(_bits(~missing))
    values = _bits(numbers) if numbers.dtype.kind == "b" else np.ascontiguousarray(numbers)
    kind = pa.from_numpy_dtype(numbers.dtype)
    return pa.Array.from_buffers(kind, len(numbers), [known, pa.py_buffer(values)])


def _scalar(value: float) -> pa.Scalar:
    """As pyarrow.scalar() does, which imports pandas too."""
    return as_arrow(np.array([value]))[0]


def _bits(booleans: NDArray[np.bool_]) -> NDArray[np.uint8]:
    return np.packbits(booleans, bitorder="little")


def with_columns(batch: pa.RecordBatch, changed: Mapping[str, NDArray[Any]]) -> pa.RecordBatch:
    """The batch with columns replaced; a column keeps its type where its new values allow, NaN becomes missing."""
    arrays = [
        _like(field, changed[field.name], batch.column(i)) if field.name in changed else batch.column(i)
        for i, field in enumerate(batch.schema)
    ]
    return pa.RecordBatch.from_arrays(arrays, names=list(batch.schema.names))


def _like(field: pa.Field, values: NDArray[Any], before: pa.Array) -> pa.Array:
    if values.dtype.kind not in "iufb":
        texts = pa.array(values.tolist(), pa.string())
        if pa.types.is_dictionary(field.type):
            return texts
        try:
            return texts.cast(field.type)
        except pa.ArrowException:  # times of the day, for example: nothing but absence can be written back
            import pyarrow.compute as pc  # as above

            return pc.if_else(texts.is_null(), pa.scalar(None, field.type), before)
    missing = np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), dtype=bool)
    if pa.types.is_integer(field.type):
        whole = np.where(missing, 0, values)
        if np.all(whole == np.floor(whole)):
            return as_arrow(_within(whole, np.dtype(field.type.to_pandas_dtype())), missing)
        return as_arrow(values.astype(np.float64), missing)
    made = as_arrow(values, missing)
    return made.cast(field.type, safe=False) if pa.types.is_floating(field.type) else made


def _within(whole: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Whole numbers in a type of integers; what lies beyond its limits becomes the limit."""
    if whole.dtype == dtype:
        return whole
    limits = np.iinfo(dtype)
    # The largest 64-bit integers are no floats: clip to the float just inside.
    high = float(limits.max) if limits.bits < 64 else np.nextafter(float(limits.max), 0.0)
    return np.clip(whole.astype(np.float64), float(limits.min), high).astype(dtype)
