"""Raw sheets to the typed tables of a policy: every fault of every sheet in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from optimizer.errors import Fault
from optimizer.policy import Policy
from optimizer.reading.faults import FaultList, Place, nearest_name, normal
from optimizer.reading.headers import find_header
from optimizer.reading.parquet_file import ParquetSheet, column_texts
from optimizer.reading.relations import check_relations
from optimizer.reading.sheet import Sheet
from optimizer.reading.typed_columns import read_typed
from optimizer.reading.values import RawColumn, ReadColumn, read_column
from optimizer.tables.schema import Column, Table
from optimizer.wording import Wording


@dataclass(frozen=True)
class ReadTable:
    """A sheet after reading: its raw columns and the typed ones, by English name."""

    table: Table
    sheet: str
    raw: dict[str, RawColumn]
    read: dict[str, ReadColumn]

    def frame(self) -> pd.DataFrame:
        """The table as the Instance contract has it; only meaningful without faults."""
        return pd.DataFrame({c.name: typed(c, self.read[c.name].values) for c in self.table.column})


def typed(column: Column, values: Any) -> pd.Series[Any]:
    """Values as the column's dtype in an Instance: str, bool or int64."""
    if column.type in ("code", "text"):
        return pd.Series(values).astype("str")
    return pd.Series(values).astype("bool") if column.type == "flag" else pd.Series(values).astype("int64")


AnySheet = Sheet | ParquetSheet


def read_tables(
    sheets: Iterable[AnySheet],
    policy: Policy,
    faults: FaultList,
    notices: list[Wording],
    file_of: Callable[[Table], Wording],
) -> dict[str, pd.DataFrame]:
    """One frame a table of ``policy``, as the Instance contract has it.

    ``file_of`` says where a missing table should have been. Faults go to ``faults``; frames are only
    built where there are none.
    """
    given = _assign(sheets, policy, faults)
    sound = [t for t in policy.table if t.name in given and not given[t.name].broken]
    read = {t.name: _read_table(given[t.name], t, faults, notices) for t in sound}
    for table in policy.table:
        if table.name not in given and not table.optional:
            expected = Wording(zh="输入中的一张表，但没有找到", en="it among the tables, but it was not found")
            faults.add(Fault(table.zh, None, None, None, expected, file_of(table)))
    check_relations(read, policy, faults)
    if faults.faults:
        return {}
    return {t.name: read[t.name].frame() if t.name in read else _empty(t) for t in policy.table}


def _empty(table: Table) -> pd.DataFrame:
    return pd.DataFrame({c.name: typed(c, np.array([], dtype=object)) for c in table.column})


def _assign(sheets: Iterable[AnySheet], policy: Policy, faults: FaultList) -> dict[str, AnySheet]:
    """Which sheet holds which table."""
    names = {normal(word): table for table in policy.table for word in (table.zh, table.name)}
    given: dict[str, AnySheet] = {}
    for sheet in sheets:
        word = normal(sheet.name.removesuffix(".csv").removesuffix(".parquet"))
        table = names.get(word)
        if table is None and (sheet.broken or sheet.blank):
            continue
        if table is None:
            faults.add(_unknown_sheet(sheet, word, names))
        elif table.name in given:
            first = given[table.name].name
            expected = Wording(
                zh=f"每张表只有一份（已有“{first}”）", en=f"each table only once (there is '{first}' already)"
            )
            maybe = Wording(zh="删除旧的那一份。", en="delete the older one.")
            faults.add(Fault(sheet.name, None, None, None, expected, maybe))
        else:
            given[table.name] = sheet
    return given


def _unknown_sheet(sheet: AnySheet, word: str, names: dict[str, Table]) -> Fault:
    near = nearest_name(word, names)
    maybe = Wording(zh="这张表多余，请删除或移走。", en="the table is not needed; delete it or move it away.")
    if near is not None:
        maybe = Wording(zh=f"是“{names[near].zh}”。", en=f"'{names[near].name}' was meant.")
    return Fault(sheet.name, None, None, None, Wording(zh="政策文件中有的表", en="a table of the policy"), maybe)


def _read_table(given: AnySheet, table: Table, faults: FaultList, notices: list[Wording]) -> ReadTable:
    if isinstance(given, ParquetSheet):
        typed_columns = read_typed(given.name, given.table, table, column_texts)
        if typed_columns is not None:
            return ReadTable(table, given.name, *typed_columns)
    sheet = given.as_texts() if isinstance(given, ParquetSheet) else given
    header = find_header(sheet, table, faults, notices)
    body = sheet.cells.iloc[header.line + 1 :]
    positions = [found.position for found in header.columns.values()]
    texts = {p: body[p].str.strip() for p in positions}
    filled = np.zeros(len(body), dtype=bool)
    for cells in texts.values():
        filled |= (cells != "").to_numpy(dtype=bool)
    _note_blank_rows(sheet, filled, notices)
    lines = np.flatnonzero(filled).astype(np.int64) + header.line + 2
    raw: dict[str, RawColumn] = {}
    read: dict[str, ReadColumn] = {}
    for column in table.column:
        found = header.columns.get(column.name)
        if found is None:
            continue
        _note_spaces(sheet, found.header, body[found.position], texts[found.position], notices)
        place = Place(sheet.name, found.header, lines, texts[found.position][filled].reset_index(drop=True))
        kinds = None if sheet.kinds is None else sheet.kinds[header.line + 1 :, found.position][filled]
        raw[column.name] = RawColumn(column, place, kinds)
        read[column.name] = read_column(raw[column.name], faults)
    return ReadTable(table, sheet.name, raw, read)


def _note_blank_rows(sheet: Sheet, filled: Any, notices: list[Wording]) -> None:
    last = int(np.flatnonzero(filled)[-1]) if filled.any() else -1
    blank = int((~filled[: last + 1]).sum())
    if blank:
        notices.append(
            Wording(
                zh=f"表“{sheet.name}”中间有 {blank} 个空行，已跳过。",
                en=f"sheet '{sheet.name}': {blank} empty rows between others were skipped.",
            )
        )


def _note_spaces(sheet: Sheet, header: str, before: Any, after: Any, notices: list[Wording]) -> None:
    count = int((before != after).sum())
    if count:
        notices.append(
            Wording(
                zh=f"表“{sheet.name}”“{header}”列有 {count} 个单元格首尾有空格，已去掉。",
                en=f"sheet '{sheet.name}', column '{header}': spaces at the ends of {count} cells were removed.",
            )
        )
