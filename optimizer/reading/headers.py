"""Finds a sheet's header line and which of its columns is which column of the schema."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from optimizer.errors import Fault
from optimizer.reading import messages
from optimizer.reading.faults import FaultList, Place, nearest_name, normal
from optimizer.reading.sheet import Sheet
from optimizer.tables.schema import Column, Table
from optimizer.units import UNITS
from optimizer.wording import Wording

_HEADER_WITHIN = 10
_UNIT = re.compile(r"(.+?)\s*[（(]([^（()）]*)[)）]")


@dataclass(frozen=True)
class Found:
    """A column of the schema in the sheet: its position there, and its header as the user wrote it."""

    position: int
    header: str


@dataclass(frozen=True)
class Header:
    """``line``: position of the header line (0 is the sheet's first); ``columns``: by English name."""

    line: int
    columns: dict[str, Found]


def find_header(sheet: Sheet, table: Table, faults: FaultList, notices: list[Wording]) -> Header:
    """Where the columns of ``table`` stand in ``sheet``; other and missing columns are faults."""
    cells = sheet.cells.apply(lambda texts: texts.str.strip()) if not sheet.cells.empty else sheet.cells
    head = _header_line(cells, table)
    filled = (cells != "").to_numpy(dtype=bool)
    rows = np.flatnonzero(filled.any(axis=1)) if filled.size else np.zeros(0, dtype=np.int64)
    columns = _matched(sheet, cells, head, rows[rows > head], table, faults)
    if head:
        notices.append(
            Wording(
                zh=f"表“{sheet.name}”的表头取第 {head + 1} 行，上面 {head} 行未读。",
                en=f"sheet '{sheet.name}': row {head + 1} was taken as the header; {head} rows above it were not read.",
            )
        )
    chinese = not columns or any(found.header != name for name, found in columns.items())
    for column in table.column:
        if column.name not in columns:
            faults.add(_missing(sheet.name, column.zh if chinese else column.name, head + 1))
    return Header(head, columns)


def _header_line(cells: pd.DataFrame, table: Table) -> int:
    """Position of the line with the most known column names, among the first few."""
    known = [sum(_column_of(str(h), table) is not None for h in row) for row in cells.head(_HEADER_WITHIN).to_numpy()]
    return int(np.argmax(known)) if known else 0


def _column_of(header: str, table: Table) -> Column | None:
    """The column of that Chinese or English name, with or without a unit in brackets."""
    word = normal(header)
    bare = _UNIT.fullmatch(word)
    for name in (word, bare.group(1) if bare else word):
        for column in table.column:
            if name and name in (normal(column.zh), normal(column.name)):
                return column
    return None


def _matched(
    sheet: Sheet, cells: pd.DataFrame, head: int, rows: npt.NDArray[np.int64], table: Table, faults: FaultList
) -> dict[str, Found]:
    """English column name → where it stands."""
    found: dict[str, Found] = {}
    for at in range(cells.shape[1] if len(cells) else 0):
        header = str(cells.iat[head, at])
        column = _column_of(header, table)
        if header == "":
            _no_header(sheet, cells, at, rows, faults)
        elif column is None:
            faults.add(_unknown(sheet.name, header, head + 1, table))
        elif column.name in found:
            expected = Wording(zh="每列只出现一次", en="each column once")
            again = Wording(zh="这一列粘贴了两次，删去一列。", en="the column was pasted twice; delete one.")
            faults.add(Fault(sheet.name, head + 1, header, header, expected, again))
        else:
            found[column.name] = Found(at, header)
            _check_unit(sheet.name, header, head + 1, column, faults)
    return found


def _unknown(sheet: str, header: str, line: int, table: Table) -> Fault:
    expected = Wording(
        zh="表“{}”的列名：{}".format(table.zh, "、".join(c.zh for c in table.column)),
        en="a column of '{}': {}".format(table.name, ", ".join(c.name for c in table.column)),
    )
    near = nearest_name(header, [n for c in table.column for n in (c.zh, c.name)])
    none = Wording(zh="不需要这一列，请删去。", en="the column is not needed; delete it.")
    return Fault(sheet, line, header, header, expected, messages.meant(near) if near else none)


def _missing(sheet: str, name: str, line: int) -> Fault:
    expected = Wording(zh=f"有“{name}”这一列", en=f"a column '{name}'")
    maybe = Wording(
        zh="列名写错了，或漏了这一列；可对照“optimizer new”写出的空表。",
        en="its name is misspelt, or it was left out; compare with the empty workbook of 'optimizer new'.",
    )
    return Fault(sheet, line, name, None, expected, maybe)


def _no_header(sheet: Sheet, cells: pd.DataFrame, at: int, rows: npt.NDArray[np.int64], faults: FaultList) -> None:
    """Cells below an empty header would be lost silently: a fault."""
    texts = cells[at].iloc[rows].reset_index(drop=True)
    place = Place(sheet.name, _letter(at), rows.astype(np.int64) + 1, texts)
    expected = Wording(zh="空格（这一列没有列名）", en="an empty cell (the column has no header)")
    comma = Wording(
        zh="前面某一格里的逗号没有加引号，或漏写了列名。",
        en="a comma in an earlier cell is not within quotes, or the header was left out.",
    )
    faults.add_cells(place, (texts != "").to_numpy(dtype=bool), expected, lambda _: comma)


def _letter(at: int) -> str:
    """A column's letters in a spreadsheet: 0 → A, 26 → AA."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _check_unit(sheet: str, header: str, line: int, column: Column, faults: FaultList) -> None:
    """A header that names another unit than the column's would silently change every number."""
    bare = _UNIT.fullmatch(normal(header))
    if (
        bare is None
        or normal(header) in (normal(column.zh), normal(column.name))
        or column.type not in ("number", "whole")
    ):
        return
    said = bare.group(2).strip()
    own = UNITS[column.unit]
    known = {normal(word): unit.id for unit in UNITS.values() for word in (unit.zh, unit.en, unit.id) if word}
    if said not in known or UNITS[known[said]].size == own.size:
        return
    expected = Wording(
        zh=f"以{own.zh or '个'}为单位的“{column.zh}”列",
        en=f"the column '{column.name}' in {own.en or 'units'}",
    )
    maybe = Wording(
        zh=f"整列要换算成{own.zh or '个'}，再改列名。",
        en=f"the whole column has to be converted to {own.en or 'units'} first.",
    )
    faults.add(Fault(sheet, line, column.zh, header, expected, maybe))
