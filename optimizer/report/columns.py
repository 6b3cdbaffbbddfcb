"""Tables of any length as CSV, out and in: whole columns become text in Arrow, and no loop goes over rows.

The same cells as ``cells.texts_of`` and Python's ``csv`` would give, and the same values as ``cells.read_table``, which
reads small files and all that have a fault; tests hold them side by side.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from optimizer.codes import distinct, index_of, numbered, texts
from optimizer.report import cells
from optimizer.units import NotExact

AT_ONCE = 200_000
LONG = 2_000_000
"""Bytes from which on a file is read by whole columns."""
_BOM = b"\xef\xbb\xbf"
_RISKY = "(?s)^[=+\\-@\t\r\n＝＋－＠'].+"
_COMMA, _END, _QUOTE, _NONE, _APOSTROPHE = (pa.scalar(t, pa.large_string()) for t in (",", "\r\n", '"', "", "'"))
_SPECIAL = '[,"\r\n]'


def write_table(frame: pd.DataFrame, kinds: Mapping[str, str], path: Path) -> None:
    """A frame in base units as CSV in display units: UTF-8 with BOM, text guarded against formulas."""
    with path.open("wb") as file:
        header = [pa.array([str(name)], pa.large_string()) for name in frame.columns]
        file.write(_BOM + _lines(header))
        for start in range(0, len(frame), AT_ONCE):
            part = frame.iloc[start : start + AT_ONCE]
            file.write(_lines([_cells(part[name], kinds[name]) for name in frame.columns]))


def read_table(path: Path, kinds: Mapping[str, str]) -> pd.DataFrame:
    """A CSV file in display units as a frame in base units, columns in the order of ``kinds``; see ``cells.read_table``."""
    frame = _read_long(path, kinds) if path.stat().st_size >= LONG else None
    return cells.read_table(path, kinds) if frame is None else frame


def _read_long(path: Path, kinds: Mapping[str, str]) -> pd.DataFrame | None:
    """The same for a long file without any fault; None where it has one, or is not in UTF-8."""
    try:
        head = path.open(encoding="utf-8-sig").readline()
        names = next(csv.reader([head]))
        if any(names.count(name) != 1 for name in kinds):
            return None
        table = pa_csv.read_csv(
            path,
            parse_options=pa_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            convert_options=pa_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.large_string())),
        )
        if table.column_names != names or _has_empty_row(table):
            return None
        return pd.DataFrame({name: _values(table.column(name), kind) for name, kind in kinds.items()})
    except (pa.ArrowInvalid, UnicodeDecodeError, StopIteration, ValueError, NotExact):
        return None


def _has_empty_row(table: pa.Table) -> bool:
    """Whether some row, or a last row of blanks, holds nothing: short files drop it or find a fault in it."""
    if not table.num_rows or not any(column[-1].as_py().strip() for column in table.columns):
        return True
    empty = [pc.equal(column, "") for column in table.columns]
    return bool(pc.any(reduce(pc.and_, empty)).as_py())


def _values(given: pa.ChunkedArray, kind: str) -> pd.Series[Any]:
    """One column in base units. Raises what ``cells.parsed`` raises for a cell that cannot be read."""
    array = texts(given)
    if kind == "text":
        guarded = pc.match_substring_regex(array, "(?s)^'.+")
        if pc.any(guarded).as_py():
            array = pc.if_else(guarded, pc.utf8_slice_codeunits(array, 1), array)
        return pd.Series(index_of(array))
    known = [cells.parsed(cell, kind) for cell in distinct(array).to_pylist()]
    missing = any(value is pd.NA for value in known)
    types = {"flag": ("bool", "boolean"), "number": ("float64", "float64")}.get(kind, ("int64", "Int64"))
    if kind == "number":
        known = [float("nan") if value is pd.NA else value for value in known]
    return pd.Series(known, dtype=types[missing]).take(numbered(array)).reset_index(drop=True)


def _cells(values: pd.Series[Any], kind: str) -> pa.Array:
    """One column as unquoted cells."""
    if kind == "text":
        given = pc.fill_null(texts(values), "")
        risky = pc.match_substring_regex(given, _RISKY)
        return (
            pc.if_else(risky, pc.binary_join_element_wise(_APOSTROPHE, given, _NONE), given)
            if pc.any(risky).as_py()
            else given
        )
    if kind == "whole" and isinstance(values.dtype, np.dtype) and values.dtype.kind == "i":
        return pc.cast(pa.array(values.to_numpy()), pa.large_string())
    place, distinct = pd.factorize(values, use_na_sentinel=True)
    known = cells.texts_of(pd.Series(distinct, dtype=values.dtype), kind)
    return pa.array([*known, ""], pa.large_string()).take(pa.array(np.where(place < 0, len(known), place)))


def _lines(columns: list[pa.Array]) -> bytes:
    """The rows of a CSV file as they stand in it."""
    if not columns or not len(columns[0]):
        return b""
    quoted = [_quoted(column, len(columns) == 1) for column in columns]
    rows = pc.binary_join_element_wise(*quoted, _COMMA)
    ended = pc.binary_join_element_wise(rows, _END, _NONE)
    _, offsets, data = ended.buffers()
    edges = np.frombuffer(offsets, dtype=np.int64)[ended.offset : ended.offset + len(ended) + 1]
    return memoryview(data)[int(edges[0]) : int(edges[-1])].tobytes()


def _quoted(column: pa.Array, alone: bool) -> pa.Array:
    """Quotation marks where a cell needs them; an empty cell alone in its row needs them too."""
    special = pc.match_substring_regex(column, _SPECIAL)
    if alone:
        special = pc.or_(special, pc.equal(column, ""))
    if not pc.any(special).as_py():
        return column
    doubled = pc.replace_substring(column, '"', '""')
    return pc.if_else(special, pc.binary_join_element_wise(_QUOTE, doubled, _QUOTE, _NONE), column)
