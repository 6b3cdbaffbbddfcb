"""CSV files that people and programs share: exact decimals out, the same whole base units back.

Text that a spreadsheet could take for a formula is written with a leading apostrophe, which
``unguard`` takes off again; numbers never need it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from optimizer.errors import Fault, InputError
from optimizer.units import UNITS, NotExact, display_unit, from_base, to_base
from optimizer.wording import Wording

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")
_YES, _NO = "yes", "no"


def guard(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet could run it.

    A lone sign (the sense "=") is no formula and stays as it is.
    """
    return "'" + text if len(text) > 1 and text.startswith(_FORMULA) else text


def unguard(text: str) -> str:
    """What ``guard`` was given."""
    return text[1:] if len(text) > 1 and text.startswith("'") else text


def column_kinds(frame: pd.DataFrame, units: Mapping[str, str]) -> dict[str, str]:
    """For each column its base unit, or text / flag / whole / number where it has none."""
    kinds: dict[str, str] = {}
    for name in frame.columns:
        dtype = frame[name].dtype
        if pd.api.types.is_bool_dtype(dtype):
            kinds[name] = "flag"
        elif pd.api.types.is_integer_dtype(dtype):
            kinds[name] = units.get(name, "whole")
        elif pd.api.types.is_float_dtype(dtype):
            kinds[name] = "number"
        else:
            kinds[name] = "text"
    return kinds


def exact_texts(values: pd.Series, unit: str) -> list[str]:
    """Whole base units as exact decimals of the display unit; a missing number as ``""``."""
    shown = display_unit(unit)
    known = {value: format(from_base(value, shown), "f") for value in values.dropna().unique()}
    return ["" if pd.isna(value) else known[value] for value in values]


def texts_of(values: pd.Series, kind: str) -> list[str]:
    """One column as the CSV cells that stand for it."""
    if kind == "text":
        return ["" if pd.isna(value) else guard(str(value)) for value in values]
    if kind == "flag":
        return ["" if pd.isna(value) else _YES if value else _NO for value in values]
    if kind == "number":
        return ["" if pd.isna(value) else repr(float(value)) for value in values]
    if kind == "whole":
        return ["" if pd.isna(value) else str(int(value)) for value in values]
    return exact_texts(values, kind)


def write_rows(path: Path, header: Iterable[str], columns: Iterable[list[str]]) -> None:
    """A CSV file in UTF-8 with BOM, as spreadsheets like it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows(zip(*columns, strict=True))


def read_table(path: Path, kinds: Mapping[str, str]) -> pd.DataFrame:
    """A CSV file in display units as a frame in base units, columns in the order of ``kinds``.

    Columns may stand in another order; all faults are reported at once in an ``InputError``.
    """
    header, rows = _read_rows(path)
    faults = _shape_faults(path, header, rows, kinds)
    if faults:
        raise InputError(faults)
    columns: dict[str, pd.Series] = {}
    for name, kind in kinds.items():
        at = header.index(name)
        columns[name] = _parse(path, name, kind, [row[at] for row in rows], faults)
    if faults:
        raise InputError(faults)
    return pd.DataFrame(columns, columns=list(kinds))


def header_of(path: Path) -> list[str]:
    """The column names of a CSV file."""
    return _read_rows(path)[0]


def _read_rows(path: Path) -> tuple[list[str], list[list[str]]]:
    """Header and rows; empty lines at the end are dropped. GB 18030 is what Excel may save in."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", errors="replace")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    return (rows[0], rows[1:]) if rows else ([], [])


def _shape_faults(path: Path, header: list[str], rows: list[list[str]], kinds: Mapping[str, str]) -> list[Fault]:
    faults = []
    for name in kinds:
        if header.count(name) != 1:
            count = header.count(name)
            faults.append(
                Fault(
                    path.name,
                    1,
                    name,
                    ", ".join(header)[:200],
                    Wording(f"恰有一列“{name}”（现有 {count} 列）", f"exactly one such column, not {count}"),
                    Wording("表头被改动，请改回原名", "the header was edited; put the name back"),
                )
            )
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            faults.append(
                Fault(
                    path.name,
                    number,
                    None,
                    ",".join(row)[:80],
                    Wording(
                        f"{len(header)} 个单元格（现有 {len(row)} 个）",
                        f"{len(header)} cells, not {len(row)}",
                    ),
                    Wording("有逗号没有加引号，或少了一格", "a comma lacks quotes, or a cell is missing"),
                )
            )
    return faults


def _parse(path: Path, name: str, kind: str, cells: list[str], faults: list[Fault]) -> pd.Series:
    """One column from its cells; what cannot be read is added to ``faults``."""
    known: dict[str, object] = {}
    for number, cell in enumerate(cells, start=2):
        if cell in known:
            continue
        try:
            known[cell] = parsed(cell, kind)
        except (ValueError, NotExact):
            known[cell] = pd.NA
            faults.append(_cell_fault(path, number, name, cell, kind))
    values = [known[cell] for cell in cells]
    missing = any(value is pd.NA for value in known.values())
    if kind == "text":
        return pd.Series(values, dtype="str")
    if kind == "flag":
        return pd.Series(values, dtype="boolean" if missing else "bool")
    if kind == "number":
        return pd.Series([float("nan") if value is pd.NA else value for value in values], dtype="float64")
    return pd.Series(values, dtype="Int64" if missing else "int64")


def parsed(cell: str, kind: str) -> object:
    """What a cell stands for; ``pd.NA`` for an empty number. Raises ``ValueError`` or ``NotExact``."""
    if kind == "text":
        return unguard(cell)
    text = cell.strip()
    if not text:
        return pd.NA
    if kind == "flag":
        return _flag(text)
    if kind == "number":
        return float(text)
    return to_base(text, "1" if kind == "whole" else display_unit(kind))


def _flag(text: str) -> bool:
    if text.lower() in (_YES, "是", "true"):
        return True
    if text.lower() in (_NO, "否", "false"):
        return False
    raise ValueError(text)


def _cell_fault(path: Path, number: int, name: str, cell: str, kind: str) -> Fault:
    if kind == "flag":
        expected = Wording("yes 或 no", "yes or no")
    elif kind in ("whole", "number"):
        expected = Wording("一个整数" if kind == "whole" else "一个数", "a number")
    else:
        unit = UNITS[display_unit(kind)]
        expected = Wording(f"以{unit.zh or '个'}为单位的数", f"a number in {unit.en or 'whole units'}")
    return Fault(
        path.name,
        number,
        name,
        cell,
        expected,
        Wording("改成不带单位、不带千分位的数字", "write it without unit word and without thousands separators"),
    )
