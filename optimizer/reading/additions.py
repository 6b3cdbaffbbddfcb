"""New rows for the tables of an instance (households that come later, with their consents): a folder or a workbook with some
of its tables, read like the instance's own and put behind its rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from optimizer.errors import Fault
from optimizer.instance import Instance
from optimizer.policy import Policy
from optimizer.reading.about import SPECIAL
from optimizer.reading.csv_file import read_csv
from optimizer.reading.faults import FaultList, nearest_name, normal
from optimizer.reading.parquet_file import ParquetSheet, read_parquet
from optimizer.reading.relations import key_column
from optimizer.reading.sheet import Sheet, broken_sheet
from optimizer.reading.tables import read_tables
from optimizer.reading.workbook import read_workbook
from optimizer.tables.schema import Column, Table
from optimizer.wording import Wording

READERS = {".csv": read_csv, ".parquet": read_parquet}


def read_additions(path: Path, instance: Instance) -> tuple[dict[str, pd.DataFrame], list[Wording]]:
    """The instance's tables (base units) with the new rows behind the others, for those tables that have any; and notices.

    ``path``: a CSV folder (or one CSV file named like its table) or an .xlsx. A code may refer to a row of the instance or to a
    new one. Raises ``InputError`` with every fault: also keys that the instance has already, and codes that nothing has.
    """
    faults, notices = FaultList([]), list[Wording]()
    policy = _all_optional(instance.policy)
    sheets = _sheets(path, faults, notices)
    fresh = read_tables(sheets, policy, faults, notices, lambda table: Wording("", ""))
    faults.stop_if_any()
    given = {name: frame for name, frame in fresh.items() if len(frame)}
    if not given:
        expected = Wording(
            "至少一张有数据行的表（如农户、意愿）", "at least one table with rows (households, consents)"
        )
        maybe = Wording("文件名或工作表名写错了。", "a file or sheet is misnamed.")
        faults.add(Fault(path.name, None, None, None, expected, maybe))
    together = {name: pd.concat([instance.tables[name], frame], ignore_index=True) for name, frame in given.items()}
    for name, frame in given.items():
        _check(policy.table_named(name), frame, instance, {**instance.tables, **together}, policy, faults)
    faults.stop_if_any()
    return together, notices


def _all_optional(policy: Policy) -> Policy:
    """The policy with tables that may be left out, and without what a whole table owes to another."""
    changed = tuple(t.model_copy(update={"optional": True, "requires": ()}) for t in policy.table)
    return policy.model_copy(update={"table": changed})


def _sheets(path: Path, faults: FaultList, notices: list[Wording]) -> list[Sheet | ParquetSheet]:
    if path.is_file() and path.suffix.lower() not in READERS:
        return [s for s in read_workbook(path, faults, notices) if normal(s.name) not in SPECIAL]
    files = [path] if path.is_file() else sorted(p for p in path.iterdir() if not p.name.startswith((".", "~$")))
    found: list[Sheet | ParquetSheet] = []
    for file in files:
        reader = READERS.get(file.suffix.lower())
        if reader is not None:
            found.append(reader(file.name, file.read_bytes(), faults, notices) or broken_sheet(file.name))
    return found


def _check(
    table: Table, frame: pd.DataFrame, instance: Instance, known: Mapping[str, pd.DataFrame], policy: Policy,
    faults: FaultList,
) -> None:  # fmt: skip
    """Keys that stand in the instance already, and references that lead nowhere."""
    key = table.key
    if key:
        here = pd.MultiIndex.from_frame(frame[key].astype(str))
        there = pd.MultiIndex.from_frame(instance.tables[table.name][key].astype(str))
        for row in frame.loc[here.isin(there), key].astype(str).to_numpy().tolist():
            expected = Wording("实例中还没有的行", "a row that the instance does not have yet")
            maybe = Wording(
                "这一行已在实例中：请删去，或改编号。", "it is there already: delete it or change its code."
            )
            faults.add(Fault(table.zh, None, "、".join(key), " ".join(row), expected, maybe))
    for column in table.column:
        if column.refers:
            _refer(table, column, frame, known, policy, faults)


def _refer(
    table: Table, column: Column, frame: pd.DataFrame, known: Mapping[str, pd.DataFrame], policy: Policy, faults: FaultList
) -> None:  # fmt: skip
    other = policy.table_named(column.refers or "")
    key = key_column(other, column.name)
    if key is None:
        return
    listed = known[other.name][key]
    values = frame[column.name]
    for value in values.loc[~values.isin(listed) & (values != "")].unique():
        expected = Wording(f"表“{other.zh}”里有的编号", f"a {key} of the table '{other.name}'")
        near = nearest_name(str(value), [str(v) for v in listed])
        maybe = Wording(
            f"是“{near}”。" if near else f"漏了“{other.zh}”里的行。",
            f"'{near}' was meant." if near else f"a row of '{other.name}' was forgotten.",
        )
        faults.add(Fault(table.zh, None, column.zh, str(value), expected, maybe))
