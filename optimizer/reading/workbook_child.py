"""Reads a workbook in a process of its own, under limits, and leaves plain files behind.

Run as a script by ``workbook``; imports nothing of this package, so that it is small and starts
fast. A hostile workbook can make the reader ask for any amount of memory and abort; here that ends
only this process. For sheet i it writes ``i.csv`` (one line a row) and ``i.kinds`` (one byte a cell),
and at the end ``sheets.json`` with names and widths.
"""

from __future__ import annotations

import csv
import datetime
import json
import sys
from pathlib import Path
from typing import Any

EMPTY, TEXT, NUMBER, BOOLEAN, DATE = range(5)


def main(book: str, out: str, memory: int, seconds: int) -> None:
    """Write every sheet of ``book`` to the folder ``out``."""
    from python_calamine import CalamineWorkbook

    _limit(memory, seconds)
    workbook = CalamineWorkbook.from_path(book)
    sheets = []
    for number, name in enumerate(workbook.sheet_names):
        rows = workbook.get_sheet_by_name(name)
        width = 0
        with (
            (Path(out) / f"{number}.csv").open("w", encoding="utf-8", newline="") as texts,
            (Path(out) / f"{number}.kinds").open("wb") as kinds,
        ):
            writer = csv.writer(texts, quoting=csv.QUOTE_ALL)
            for row in rows.iter_rows():
                cells = [_cell(value) for value in row]
                width = len(cells)
                writer.writerow([text for text, _ in cells])
                kinds.write(bytes(kind for _, kind in cells))
        sheets.append({"name": name, "width": width})
    (Path(out) / "sheets.json").write_text(json.dumps(sheets), encoding="utf-8")


def _limit(memory: int, seconds: int) -> None:
    """Bound this process; systems without such limits rely on the look at the sheets before."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (memory, memory))


def _cell(value: Any) -> tuple[str, int]:
    """Text and kind; numbers with the 15 digits that a spreadsheet shows."""
    if value == "" or value is None:
        return "", EMPTY
    if isinstance(value, str):
        return value, TEXT
    if isinstance(value, bool):
        return ("yes" if value else "no"), BOOLEAN
    if isinstance(value, (int, float)):
        number = float(value)
        return (str(int(number)) if number.is_integer() and abs(number) < 1e15 else format(number, ".15g")), NUMBER
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat(), DATE
    return str(value), DATE


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
