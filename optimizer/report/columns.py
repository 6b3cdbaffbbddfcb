"""Tables of any length as CSV: whole columns become text in Arrow, and rows are joined without a loop over them.

The same cells as ``cells.texts_of`` and Python's ``csv`` would give; a test holds them side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from optimizer.codes import texts
from optimizer.report.cells import texts_of

AT_ONCE = 200_000
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
    known = texts_of(pd.Series(distinct, dtype=values.dtype), kind)
    return pa.array([*known, ""], pa.large_string()).take(pa.array(np.where(place < 0, len(known), place)))


def _lines(columns: list[pa.Array]) -> bytes:
    """The rows of a CSV file as they stand in it."""
    if not columns or not len(columns[0]):
        return b""
    cells = [_quoted(column, len(columns) == 1) for column in columns]
    rows = pc.binary_join_element_wise(*cells, _COMMA)
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
