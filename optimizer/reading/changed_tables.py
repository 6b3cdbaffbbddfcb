"""Changes put into the tables of an instance; every fault of every line at once, placed where its user wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from optimizer.errors import Fault
from optimizer.instance import Instance, Source
from optimizer.policy import Policy
from optimizer.reading.cell_texts import column_texts
from optimizer.reading.changes import Change, Changes
from optimizer.reading.faults import FaultList, Place, nearest_name, normal
from optimizer.reading.relations import check_relations, key_column
from optimizer.reading.tables import ReadTable, typed
from optimizer.reading.values import RawColumn, ReadColumn, read_column
from optimizer.tables.schema import Column, Table
from optimizer.wording import Wording

REMOVE, ADD = ("删除", "remove", "delete"), ("新增", "add", "new")
_ROW, _COLUMN, _VALUE, _TABLE = "行", "列", "新值", "表"


@dataclass(frozen=True)
class Changed:
    """``instance``: with the changes. ``removed``: table → its rows that went, those that hung on others too."""

    instance: Instance
    removed: Mapping[str, pd.DataFrame]


@dataclass
class _Edit:
    """One table while it is edited. ``place``: key → row; ``heads``: what several keys begin with → their rows. ``lines``: for each row the line of the change that touched it last, 0 for none."""

    table: Table
    frame: pd.DataFrame
    place: dict[tuple[str, ...], int]
    heads: dict[tuple[str, ...], list[int]] = field(default_factory=dict)
    lines: dict[int, int] = field(default_factory=dict)
    cells: dict[tuple[int, str], Change] = field(default_factory=dict)
    gone: dict[int, int] = field(default_factory=dict)
    added: dict[tuple[str, ...], Change] = field(default_factory=dict)


def with_changes(instance: Instance, changes: Changes) -> Changed:
    """The instance with the changed rows. Raises ``InputError`` with every fault."""
    faults = FaultList([])
    edits: dict[str, _Edit] = {}
    for change in changes.rows:
        _take(change, changes.sheet, instance, edits, faults)
    for edit in edits.values():
        _apply(edit, changes.sheet, faults)
    tables = {**instance.tables, **{name: edit.frame for name, edit in edits.items()}}
    removed = _remove(tables, edits, instance.policy)
    _check(tables, edits, instance.policy, changes.sheet, faults)
    faults.stop_if_any()
    note = Source(f"改动 {changes.sheet}", "assumed", f"{len(changes.rows)} 处改动 / {len(changes.rows)} changes")
    kept = tuple(s for s in instance.sources if s != note)
    return Changed(replace(instance, tables=tables, sources=(*kept, note), source=""), removed)


def _take(change: Change, sheet: str, instance: Instance, edits: dict[str, _Edit], faults: FaultList) -> None:
    """One line sorted to its table: a row that goes, a row that comes, or a cell."""
    policy = instance.policy
    words = {normal(word): table for table in policy.table for word in (table.zh, table.name)}
    table = words.get(normal(change.table))
    if table is None:
        near = nearest_name(normal(change.table), words)
        maybe = Wording("用输入表的名称。", "use the name of an input table.")
        if near is not None:
            maybe = Wording(f"是“{words[near].zh}”。", f"'{words[near].name}' was meant.")
        expected = Wording("政策文件中有的表", "a table of the policy")
        faults.add(Fault(sheet, change.line, _TABLE, change.table or None, expected, maybe))
        return
    if table.name not in edits:
        edits[table.name] = _edit(table, instance.tables[table.name])
    edit = edits[table.name]
    key = _key_of(change, table)
    word = normal(change.value) if not change.column else ""
    if word in ADD:
        _take_new(change, sheet, edit, key, faults)
        return
    rows = _rows_named(key, edit) if word in REMOVE else []
    if not rows and (len(key) != len(table.key) or (key not in edit.place and key not in edit.added)):
        _unknown_row(change, sheet, edit, faults)
        return
    if rows:
        edit.gone |= dict.fromkeys(rows, change.line)
        return
    _take_cell(change, sheet, edit, key, faults)


def _edit(table: Table, frame: pd.DataFrame) -> _Edit:
    texts = [column_texts(table.column_named(name), frame[name], "en") for name in table.key]
    return _Edit(table, frame, {key: row for row, key in enumerate(zip(*texts, strict=True))})


def _key_of(change: Change, table: Table) -> tuple[str, ...]:
    """The key that a line names, "泖港 / 2024"; Chinese words of listed codes become codes."""
    parts = [p.strip() for p in change.row.replace("／", "/").split("/")] if len(table.key) > 1 else [change.row]
    codes = [{w: c for c, w in table.column_named(name).one_of.items()} for name in table.key]
    return tuple(code.get(part, part) for code, part in zip(codes, parts, strict=False))


def _rows_named(key: tuple[str, ...], edit: _Edit) -> list[int]:
    """The row of a key, or of all keys that begin with it: a household's consents, by its code alone."""
    if key in edit.place:
        return [edit.place[key]]
    if len(key) == len(edit.table.key):
        return []
    if not edit.heads:
        for known, row in edit.place.items():
            for length in range(1, len(known)):
                edit.heads.setdefault(known[:length], []).append(row)
    return edit.heads.get(key, [])


def _unknown_row(change: Change, sheet: str, edit: _Edit, faults: FaultList) -> None:
    table = edit.table
    words = "、".join(f"“{table.column_named(k).zh}”" for k in table.key)
    expected = Wording(
        f"表“{table.zh}”里有的行（{words}，多项以“ / ”隔开）", f"a row of '{table.name}', by {' / '.join(table.key)}"
    )
    near = nearest_name(change.row, [" / ".join(key) for key in edit.place])
    maybe = Wording("新的行要先写一行“新增”。", "a new row needs a line with 'add' first.")
    if near is not None:
        maybe = Wording(
            f"是“{near}”；新的行要先写一行“新增”。", f"'{near}' was meant; a new row needs a line with 'add'."
        )
    faults.add(Fault(sheet, change.line, _ROW, change.row or None, expected, maybe))


def _take_new(change: Change, sheet: str, edit: _Edit, key: tuple[str, ...], faults: FaultList) -> None:
    if len(key) != len(edit.table.key):
        _unknown_row(change, sheet, edit, faults)
    elif key in edit.place or key in edit.added:
        expected = Wording("还没有的行", "a row that is not there yet")
        maybe = Wording("要改它的数，请写明列和新值。", "to change it, name the column and the new value.")
        faults.add(Fault(sheet, change.line, _ROW, change.row, expected, maybe))
    else:
        edit.added[key] = change


def _take_cell(change: Change, sheet: str, edit: _Edit, key: tuple[str, ...], faults: FaultList) -> None:
    table = edit.table
    words = {normal(word): c for c in table.column for word in (c.zh, c.name) if not c.key}
    column = words.get(normal(change.column))
    row = edit.place[key] if key in edit.place else -1 - list(edit.added).index(key)
    if column is None:
        near = nearest_name(normal(change.column), words)
        maybe = Wording(
            "删除整行：列留空，新值写“删除”。", "to remove the row leave the column empty and write 'remove'."
        )
        if near is not None:
            maybe = Wording(f"是“{words[near].zh}”。", f"'{words[near].name}' was meant.")
        expected = Wording(f"表“{table.zh}”里可改的列", f"a column of '{table.name}' that is no key")
        faults.add(Fault(sheet, change.line, _COLUMN, change.column or None, expected, maybe))
    elif (row, column.name) in edit.cells and edit.cells[row, column.name].value != change.value:
        first = edit.cells[row, column.name]
        expected = Wording(
            f"每格只改一次（第 {first.line} 行改成“{first.value}”）",
            f"each cell once (row {first.line}: '{first.value}')",
        )
        maybe = Wording("删除其中一行。", "delete one of the two.")
        faults.add(Fault(sheet, change.line, _VALUE, change.value, expected, maybe))
    else:
        edit.cells[row, column.name] = change


def _apply(edit: _Edit, sheet: str, faults: FaultList) -> None:
    """New rows, then cells; values are read as a table's are."""
    old = len(edit.frame)
    frame = edit.frame.copy()
    if edit.added:
        frame = pd.concat([frame, _new_rows(edit, sheet, faults)], ignore_index=True)
    for column in edit.table.column:
        cells = {row: change for (row, name), change in edit.cells.items() if name == column.name}
        if not cells:
            continue
        values = _read(column, [c.value for c in cells.values()], [c.line for c in cells.values()], sheet, faults)
        rows = [row if row >= 0 else old - 1 - row for row in cells]
        series = frame[column.name].copy()
        series.iloc[rows] = typed(column, values.values.where(values.good, series.iloc[rows].to_numpy())).to_numpy()
        frame[column.name] = typed(column, series)
        edit.lines |= dict(zip(rows, (c.line for c in cells.values()), strict=True))
    edit.lines |= {old + n: change.line for n, change in enumerate(edit.added.values())}
    for row, line in edit.gone.items():
        if row in edit.lines:
            expected = Wording(f"不再改动的行（第 {line} 行已把它删除）", f"a row that stays (row {line} removes it)")
            maybe = Wording("删除其中一行。", "delete one of the two lines.")
            faults.add(Fault(sheet, edit.lines[row], _ROW, None, expected, maybe))
    edit.frame = frame


def _read(column: Column, texts: list[str], lines: list[int], sheet: str, faults: FaultList) -> ReadColumn:
    header = f"{_VALUE}（{column.zh}）"
    place = Place(sheet, header, np.array(lines, dtype=np.int64), pd.Series(texts, dtype="str"))
    return read_column(RawColumn(column, place, None), faults)


def _new_rows(edit: _Edit, sheet: str, faults: FaultList) -> pd.DataFrame:
    """Rows with their keys, and for the other columns what stands there until their cells are put in."""
    lines = [c.line for c in edit.added.values()]
    made = {}
    for column in edit.table.column:
        if column.key:
            texts = [key[edit.table.key.index(column.name)] for key in edit.added]
            read = _read(column, texts, lines, sheet, faults)
            made[column.name] = typed(column, read.values.where(read.good, "0" if column.type == "code" else 0))
            continue
        made[column.name] = typed(column, pd.Series(["" if column.type in ("code", "text") else 0] * len(lines)))
        if column.empty:
            continue
        for number, change in enumerate(edit.added.values()):
            if (-1 - number, column.name) not in edit.cells:
                expected = Wording(f"新增行也给出“{column.zh}”", f"a line for '{column.name}' of the new row too")
                maybe = Wording(
                    "再写一行：同一表、同一行、这一列。", "add a line with the same table and row and this column."
                )
                faults.add(Fault(sheet, change.line, _COLUMN, change.row, expected, maybe))
    return pd.DataFrame(made)


def _remove(tables: dict[str, pd.DataFrame], edits: Mapping[str, _Edit], policy: Policy) -> dict[str, pd.DataFrame]:
    """Takes removed rows out of ``tables``, and every row that refers to one; an optional reference is emptied instead."""
    out = {name: np.zeros(len(frame), dtype=bool) for name, frame in tables.items()}
    todo = []
    for name, edit in edits.items():
        out[name][list(edit.gone)] = True
        todo += [name] if edit.gone else []
    while todo:
        gone = policy.table_named(todo.pop())
        for table in policy.table:
            for column in table.column:
                key = key_column(gone, column.name) if column.refers == gone.name else None
                if key is None:
                    continue
                whole = tables[gone.name]
                names = set(whole.loc[out[gone.name], key]) - set(whole.loc[~out[gone.name], key])
                hit = tables[table.name][column.name].isin(names).to_numpy() & ~out[table.name]
                if column.empty and not column.key:
                    frame = tables[table.name]
                    tables[table.name] = frame.assign(**{column.name: frame[column.name].mask(hit, "")})
                elif hit.any():
                    out[table.name] |= hit
                    todo.append(table.name)
    removed = {name: tables[name].loc[mask].reset_index(drop=True) for name, mask in out.items() if mask.any()}
    for name, mask in out.items():
        if not mask.any():
            continue
        kept = np.flatnonzero(~mask).tolist()
        tables[name] = tables[name].iloc[kept].reset_index(drop=True)
        if name in edits:
            edits[name].lines = {n: edits[name].lines[row] for n, row in enumerate(kept) if row in edits[name].lines}
    return removed


def _check(
    tables: Mapping[str, pd.DataFrame], edits: Mapping[str, _Edit], policy: Policy, sheet: str, faults: FaultList
) -> None:
    """Keys, references and agreements of the changed tables; a fault of a row that was changed stands at its change."""
    read = {}
    for table in policy.table:
        frame = tables[table.name]
        lines = -2 - np.arange(len(frame), dtype=np.int64)
        for row, at in edits[table.name].lines.items() if table.name in edits else ():
            lines[row] = at
        raw, values = {}, {}
        for column in table.column:
            texts = pd.Series(column_texts(column, frame[column.name], "en"), dtype="str")
            raw[column.name] = RawColumn(column, Place(table.zh, column.zh, lines, texts), None, clean=True)
            values[column.name] = ReadColumn(frame[column.name], np.ones(len(frame), dtype=bool))
        read[table.name] = ReadTable(table, table.zh, raw, values)
    found, told = FaultList([]), {f.row for f in faults.faults}
    check_relations(read, policy, found)
    for fault in found.faults:
        line = fault.row
        if line is None or line < 0:
            faults.add(replace(fault, row=None if line is None else -line))
        elif line not in told:  # a cell that could not be read is one fault, not one more for each relation
            faults.add(replace(fault, sheet=sheet))
