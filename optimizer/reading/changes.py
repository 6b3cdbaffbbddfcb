"""A planner's list of changes: one line a cell (table, row, column, new value), or a whole row that goes or comes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from optimizer.errors import Fault
from optimizer.reading.csv_file import read_csv
from optimizer.reading.faults import FaultList, nearest_name, normal
from optimizer.reading.sheet import Sheet, rows_of
from optimizer.reading.workbook import read_workbook
from optimizer.wording import Wording

HEADERS = {"table": ("表", "table"), "row": ("行", "row"), "column": ("列", "column"), "value": ("新值", "value")}
SHEETS = ("改动", "变更", "changes")
_TOP = 10


@dataclass(frozen=True)
class Change:
    """One line as its user wrote it; ``line``: as their program counts it (TOML: the number of the entry)."""

    line: int
    table: str
    row: str
    column: str
    value: str


@dataclass(frozen=True)
class Changes:
    """``rows``: changes of tables. ``set``: numbers of the policy (``rule.field`` → value). ``sheet``: where they stand."""

    sheet: str
    rows: tuple[Change, ...] = ()
    set: Mapping[str, object] = field(default_factory=dict)


def read_changes(path: Path) -> Changes:
    """The changes in a CSV file, in a sheet of a workbook (its first, or the one called 改动), or in a TOML file with ``[set]``
    and ``[[change]]``. Raises ``InputError`` with every fault of form."""
    faults = FaultList([])
    if not path.is_file() or path.suffix.lower() not in (".csv", ".xlsx", ".xlsm", ".toml"):
        expected = Wording("改动表：.csv、.xlsx 或 .toml 文件", "a file of changes: .csv, .xlsx or .toml")
        maybe = Wording("路径写错了，或要先另存为 .csv。", "the path is misspelt, or save it as .csv first.")
        faults.add(Fault(path.name, None, None, None, expected, maybe))
        faults.stop_if_any()
    if path.suffix.lower() == ".toml":
        found = _from_toml(path, faults)
    else:
        sheet = _sheet(path, faults)
        faults.stop_if_any()
        found = Changes(path.name, _rows(sheet, faults)) if sheet is not None else Changes(path.name)
    faults.stop_if_any()
    return found


def changes_of(frame: pd.DataFrame, name: str = "changes") -> Changes:
    """The same from a frame with the columns table, row, column, value (or their Chinese words)."""
    faults = FaultList([])
    texts = frame.astype(object).where(frame.notna(), "").astype(str)
    cells = pd.DataFrame([list(map(str, frame.columns)), *texts.to_numpy().tolist()], dtype="str")
    found = Changes(name, _rows(Sheet(name, cells), faults))
    faults.stop_if_any()
    return found


def _sheet(path: Path, faults: FaultList) -> Sheet | None:
    if path.suffix.lower() == ".csv":
        return read_csv(path.name, path.read_bytes(), faults, [])
    sheets = read_workbook(path, faults, [])
    named = [s for s in sheets if normal(s.name) in SHEETS]
    found = named or sheets
    return found[0] if found else None


def _rows(sheet: Sheet, faults: FaultList) -> tuple[Change, ...]:
    rows = rows_of(sheet)
    words = {normal(word): name for name, known in HEADERS.items() for word in known}
    for start, row in enumerate(rows[:_TOP]):
        places = {words[normal(text)]: at for at, text in enumerate(row) if normal(text) in words}
        if len(places) == len(HEADERS):
            body = enumerate(rows[start + 1 :], start=start + 2)
            return tuple(
                Change(line, **{n: cells[at] for n, at in places.items()}) for line, cells in body if any(cells)
            )
    top = rows[0] if rows else []
    missing = [known for name, known in HEADERS.items() if not any(words.get(normal(t)) == name for t in top)]
    for zh, en in missing:
        near = nearest_name(zh, top) or nearest_name(en, top)
        maybe = (
            Wording(f"把“{near}”改成“{zh}”。", f"call '{near}' '{en}'.")
            if near
            else Wording(f"补上“{zh}”列。", f"add the column '{en}'.")
        )
        expected = Wording("表头：表、行、列、新值", "a header: table, row, column, value")
        faults.add(Fault(sheet.name, 1, zh, None, expected, maybe))
    return ()


def _from_toml(path: Path, faults: FaultList) -> Changes:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        expected = Wording("有效的 TOML 文件（UTF-8）", "a valid TOML file in UTF-8")
        faults.add(
            Fault(path.name, None, None, None, expected, Wording(f"语法有误：{error}", f"the syntax is wrong: {error}"))
        )
        return Changes(path.name)
    for key in document:
        if key not in ("set", "change"):
            expected = Wording("[set] 或 [[change]]", "[set] or [[change]]")
            maybe = Wording("改成 [[change]]，或删除。", "call it [[change]], or delete it.")
            faults.add(Fault(path.name, None, None, str(key), expected, maybe))
    entries = document.get("change", [])
    rows = [
        _entry(path.name, n, e, faults) for n, e in enumerate(entries if isinstance(entries, list) else [entries], 1)
    ]
    given = document.get("set", {})
    return Changes(path.name, tuple(r for r in rows if r is not None), _flat(given if isinstance(given, dict) else {}))


def _entry(file: str, number: int, entry: object, faults: FaultList) -> Change | None:
    """One [[change]]; a row of several keys may be a list."""
    known = entry if isinstance(entry, dict) else {}
    wrong = [str(k) for k in known if k not in HEADERS] if isinstance(entry, dict) else ["change"]
    for key in wrong or ([] if {"table", "row"} <= set(known) else ["table, row"]):
        expected = Wording("table、row、column、value", "table, row, column, value")
        maybe = Wording("写错了名称，或漏写了。", "the name is misspelt, or missing.")
        faults.add(Fault(file, number, None, key, expected, maybe))
        return None
    return Change(number, **{name: _text(known.get(name, "")) for name in HEADERS})


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " / ".join(map(_text, value))
    return str(value).strip()


def _flat(given: Mapping[str, object], head: str = "") -> dict[str, object]:
    """``[set]`` with keys quoted ("rule.field" = 1) or not (rule.field = 1)."""
    found: dict[str, object] = {}
    for key, value in given.items():
        found |= _flat(value, f"{head}{key}.") if isinstance(value, Mapping) else {f"{head}{key}": value}
    return found
