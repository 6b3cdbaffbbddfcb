"""Reads an instance from a folder or a workbook; tells every fault at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from optimizer.errors import Fault
from optimizer.instance import Instance
from optimizer.memory import give_back
from optimizer.policy import Policy
from optimizer.reading.about import SPECIAL, About, about_from_sheets, about_from_toml
from optimizer.reading.csv_file import read_csv
from optimizer.reading.declared import check_declared
from optimizer.reading.faults import FaultList, normal
from optimizer.reading.parameters import read_parameters
from optimizer.reading.parquet_file import ParquetSheet, read_parquet
from optimizer.reading.sheet import Sheet, broken_sheet
from optimizer.reading.tables import read_tables
from optimizer.reading.workbook import read_workbook
from optimizer.tables.schema import Table
from optimizer.wording import Wording

_BOOKS = (".xlsx", ".xlsm")
_READERS = {".csv": read_csv, ".parquet": read_parquet}


@dataclass(frozen=True)
class _Raw:
    about: About | None
    sheets: Sequence[Sheet | ParquetSheet]
    hashes: dict[str, str]


def read_instance(path: Path, policies: Callable[[str], Policy]) -> tuple[Instance, list[Wording]]:
    """The instance in a folder or an .xlsx, and notices on what was mended in reading it.

    ``policies`` gives the policy of an id, and raises where there is none. Raises ``InputError``
    with every fault, and ``PolicyError`` where the tables' relations name what is not there.
    ``Instance.hashes`` has the sha256 of each file read, by its name.
    """
    faults, notices = FaultList([]), list[Wording]()
    if not path.exists() or (path.is_file() and path.suffix.lower() not in _BOOKS):
        faults.add(_no_instance(path))
        faults.stop_if_any()
    book = path.is_file()
    raw = _read_book(path, faults, notices) if book else _read_folder(path, faults, notices)
    if raw.about is None or not raw.about.policy:
        faults.stop_if_any()
        raise AssertionError("an instance without head has a fault")
    policy = policies(raw.about.policy)
    check_declared(policy)
    parameters = read_parameters(raw.about.parameters, policy, faults)
    tables = read_tables(raw.sheets, policy, faults, notices, _missing_in_book if book else _missing_file)
    faults.stop_if_any()
    give_back()
    about = raw.about
    return (
        Instance(about.name, about.title, policy, tables, parameters, about.sources, raw.hashes, about.generated),
        notices,
    )


def _no_instance(path: Path) -> Fault:
    expected = Wording(zh="实例文件夹或 .xlsx 工作簿", en="an instance folder or an .xlsx workbook")
    maybe = Wording(
        zh="路径写错了，或者要先另存为 .xlsx。",
        en="the path is misspelt, or the file must be saved as .xlsx first.",
    )
    return Fault(path.name, None, None, None, expected, maybe)


def _missing_file(table: Table) -> Wording:
    return Wording(
        zh=f"漏了文件 {table.name}.csv（或 {table.zh}.csv）。", en=f"the file {table.name}.csv was forgotten."
    )


def _missing_in_book(table: Table) -> Wording:
    return Wording(zh=f"漏了工作表“{table.zh}”。", en=f"the sheet '{table.zh}' (or '{table.name}') was forgotten.")


def _read_book(path: Path, faults: FaultList, notices: list[Wording]) -> _Raw:
    hashes = {path.name: _sha256(path)}
    sheets = read_workbook(path, faults, notices)
    if faults.faults:
        return _Raw(None, [], hashes)
    special = {SPECIAL[normal(s.name)]: s for s in sheets if normal(s.name) in SPECIAL}
    about = about_from_sheets(special, path.name, path.stem, faults)
    return _Raw(about, [s for s in sheets if normal(s.name) not in SPECIAL], hashes)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_folder(path: Path, faults: FaultList, notices: list[Wording]) -> _Raw:
    """``instance.toml`` and each CSV or Parquet file; other files are none of ours."""
    head = path / "instance.toml"
    if not head.exists():
        expected = Wording(zh="有 instance.toml 文件的文件夹", en="a folder with a file instance.toml")
        maybe = Wording(zh="这不是实例文件夹。", en="this is no instance folder.")
        faults.add(Fault(path.name, None, None, None, expected, maybe))
        return _Raw(None, [], {})
    content = head.read_bytes()
    hashes = {head.name: hashlib.sha256(content).hexdigest()}
    about = about_from_toml(head.name, content, path.resolve().name, faults)
    sheets: list[Sheet | ParquetSheet] = []
    for file in sorted(path.iterdir()):
        reader = _READERS.get(file.suffix.lower())
        if reader is None or file.name.startswith((".", "~$")):
            continue
        content = file.read_bytes()
        hashes[file.name] = hashlib.sha256(content).hexdigest()
        sheets.append(reader(file.name, content, faults, notices) or broken_sheet(file.name))
    return _Raw(about, sheets, hashes)
