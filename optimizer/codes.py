"""Codes (households, sites, counties) as small integers beside one list of their texts.

A nation has tens of millions of options; a Python text for each of them would burst the memory. Here texts stay in
Arrow arrays, and what is compared, grouped and looked up are positions in them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
MANY = 100_000
"""From this many values on it pays to look for runs of equal ones."""


def texts(values: Any) -> pa.Array:
    """A column, an index or an array of texts as one Arrow array; what is missing stays missing."""
    array = values if isinstance(values, pa.Array | pa.ChunkedArray) else _as_arrow(values)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
        array = pa.concat_arrays(array.chunks) if isinstance(array, pa.ChunkedArray) else array
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    return array if pa.types.is_large_string(array.type) else array.cast(pa.large_string())


def _as_arrow(values: Any) -> pa.Array | pa.ChunkedArray:
    """Texts of any pandas or numpy form; anything else in between (a number in a column of codes) as its own text."""
    try:
        return pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([None if pd.isna(v) else str(v) for v in values], pa.large_string())


def positions(values: Any, known: Any) -> Ints:
    """Where each value stands in ``known``; −1 where it does not. Equal values in a row are looked up once."""
    given, run = _runs(texts(values))
    found = pc.index_in(given, value_set=texts(known), skip_nulls=True)
    where = np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False), dtype=np.int64)
    return where if run is None else where[run]


def _runs(array: pa.Array) -> tuple[pa.Array, Ints | None]:
    """The first of each run of equal values and the run of each value, where that makes the array much shorter."""
    if len(array) < MANY:
        return array, None
    other = pc.fill_null(pc.not_equal(array[1:], array[:-1]), True).to_numpy(zero_copy_only=False)
    first = np.append(True, other)
    if first.sum() * 2 > len(array):
        return array, None
    return array.filter(pa.array(first)), np.cumsum(first) - 1


def distinct(values: Any) -> pa.Array:
    """The distinct texts, in order of appearance."""
    return _runs(texts(values))[0].unique()


def numbered(values: Any) -> Ints:
    """One number for each distinct text, in order of appearance; −1 for a missing one."""
    given, run = _runs(texts(values))
    where = pc.fill_null(given.dictionary_encode().indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return where if run is None else where[run]


def index_of(values: Any) -> pd.Index[Any]:
    """Texts as an index, one form for all lists of codes."""
    return pd.Index(pd.Series(texts(values).to_pandas(), dtype="str"))


def category_type(known: Any) -> pd.CategoricalDtype:
    """The type of columns whose codes are all in ``known``, in that order."""
    return pd.CategoricalDtype(index_of(known))


def as_codes(values: pd.Series[Any]) -> pd.Series[Any]:
    """A code column as categories (fast to compare, group and join), sorted by text; empty is a category too."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values
    encoded = texts(values).dictionary_encode()
    order = np.asarray(pc.sort_indices(encoded.dictionary).to_numpy(), dtype=np.int64)
    place = np.empty(len(order) + 1, dtype=np.int64)
    place[order] = np.arange(len(order))
    place[-1] = -1
    where = np.asarray(pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False))
    known = category_type(encoded.dictionary.take(pa.array(order)))
    return pd.Series(pd.Categorical.from_codes(place[where], dtype=known), index=values.index)  # type: ignore[arg-type]


def coded_by(values: pd.Series[Any], known: Any, dtype: pd.CategoricalDtype | None = None) -> pd.Series[Any]:
    """A code column as categories in the order of ``known``, codes that are not there after them in order of appearance.
    ``dtype``: the type for ``known`` alone, where the caller has it already."""
    given = texts(values)
    where = positions(given, known)
    missing = where < 0
    if missing.any():
        extra = given.filter(pa.array(missing)).unique().drop_null()
        dtype = category_type(pa.concat_arrays([texts(known), extra]))
        where[missing] = positions(given.filter(pa.array(missing)), extra) + len(known)
        where[missing & np.asarray(given.is_null().to_numpy(zero_copy_only=False))] = -1
    dtype = dtype or category_type(known)
    return pd.Series(pd.Categorical.from_codes(where, dtype=dtype), index=values.index)  # type: ignore[arg-type]
