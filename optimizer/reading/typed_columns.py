"""Parquet columns that are typed and without fault, taken as they are: no text is made of a number.

The judgement is that of the text path (``values``), on whole columns and distinct texts. Where anything is off the answer
is None, and the table is read through texts, which finds and tells every fault.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from optimizer.codes import distinct, index_of, positions, texts
from optimizer.reading.faults import FaultList, Place
from optimizer.reading.values import RawColumn, ReadColumn, outside, plain_codes, read_column
from optimizer.tables.schema import Column, Table
from optimizer.units import UNITS

MOST = 10**11
"""Numbers from here on go through texts, whose judgement of size and digits is finer."""
TextsOf = Callable[[Any], tuple["pd.Series[str]", npt.NDArray[np.uint8]]]


def read_typed(
    name: str, given: pa.Table, table: Table, texts_of: TextsOf
) -> tuple[dict[str, RawColumn], dict[str, ReadColumn]] | None:
    """The raw and the read columns of ``table``; None unless each of its columns is there once, under its own name,
    and every cell is legal. ``texts_of``: texts and kinds of one column, for a column that is not typed as declared.
    """
    headers = {word: c.name for c in table.column for word in (c.zh, c.name)}
    names = [headers.get(header) for header in given.column_names]
    if sorted(map(str, names)) != sorted(c.name for c in table.column) or all(c.empty for c in table.column):
        return None
    lines = np.arange(given.num_rows, dtype=np.int64) + 2
    good = np.ones(given.num_rows, dtype=bool)
    raw: dict[str, RawColumn] = {}
    read: dict[str, ReadColumn] = {}
    for column in table.column:
        at = names.index(column.name)
        header, cells = given.column_names[at], given.column(at)
        values = _values(column, cells)
        if values is None:
            found = _through_texts(column, Place(name, header, lines, pd.Series(dtype="str")), cells, texts_of)
            if found is None:
                return None
            raw[column.name], read[column.name] = found
            continue
        place = Place(name, header, lines, values if column.type in ("code", "text") else _later(values))
        raw[column.name] = RawColumn(column, place, None, clean=True)
        read[column.name] = ReadColumn(values, good)
    return raw, read


def _later(values: pd.Series[Any]) -> Callable[[], pd.Series[str]]:
    return lambda: values.astype("str")


def _through_texts(
    column: Column, place: Place, cells: pa.ChunkedArray, texts_of: TextsOf
) -> tuple[RawColumn, ReadColumn] | None:
    """One column by the text path (decimals, dates, other types), where that finds nothing to tell."""
    given, kinds = texts_of(cells.to_pandas())
    if (given.str.strip() != given).any():
        return None
    faults = FaultList([])
    raw = RawColumn(column, replace(place, given=given), kinds)
    read = read_column(raw, faults)
    return None if faults.faults else (raw, read)


def _values(column: Column, cells: pa.ChunkedArray) -> pd.Series[Any] | None:
    """The values as an Instance has them, where the column is typed as it is declared and each cell is legal."""
    kind = cells.type.value_type if pa.types.is_dictionary(cells.type) else cells.type
    if column.type in ("code", "text"):
        return _words(column, texts(cells)) if pa.types.is_string(kind) or pa.types.is_large_string(kind) else None
    if cells.null_count:
        return None
    if column.type == "flag":
        return pd.Series(cells.to_numpy()) if pa.types.is_boolean(kind) else None
    return _whole(column, cells) if pa.types.is_integer(kind) else None


def _words(column: Column, given: pa.Array) -> pd.Series[Any] | None:
    """Codes and texts: judged on the distinct ones."""
    if given.null_count:
        if not column.empty:
            return None
        given = pc.fill_null(given, "")
    known = pd.Series(index_of(distinct(given)))
    if (known.str.strip() != known).any() or ((known == "").any() and not column.empty):
        return None
    if column.type == "code" and not plain_codes(known).all():
        return None
    if not column.one_of:
        return pd.Series(index_of(given))
    codes = {**{word: code for code, word in column.one_of.items()}, **{code: code for code in column.one_of}, "": ""}
    found = known.map(codes)
    if found.isna().any():
        return None
    if (found == known).all():
        return pd.Series(index_of(given))
    return pd.Series(index_of(texts(found).take(pa.array(positions(given, known)))))


def _whole(column: Column, cells: pa.ChunkedArray) -> pd.Series[Any] | None:
    """Whole numbers in the column's unit as base units."""
    size = UNITS[column.unit].size
    if size.denominator != 1 or pa.types.is_uint64(cells.type):
        return None
    values = cells.to_numpy().astype(np.int64, copy=False)
    largest = int(np.abs(values).max(initial=0))
    if largest >= MOST or largest * size.numerator >= 2**62:
        return None
    values = values * size.numerator if size != 1 else values
    return None if outside(column, values).any() else pd.Series(values)
