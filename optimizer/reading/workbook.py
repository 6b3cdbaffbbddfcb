"""An .xlsx as raw sheets, read in a child process that cannot take this one down."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from optimizer.errors import Fault
from optimizer.reading import workbook_child
from optimizer.reading.faults import FaultList
from optimizer.reading.sheet import Sheet
from optimizer.reading.workbook_look import Look, NotAWorkbook, look_at
from optimizer.wording import Wording

MEMORY = 4 * 2**30
SECONDS = 300

_RESAVE = Wording(
    zh="在表格软件中打开，另存为 .xlsx，不设密码。",
    en="open it in the spreadsheet program and save it as .xlsx without a password.",
)
_REFUSED = {
    "damaged": Wording(zh="完好的 .xlsx 工作簿", en="an undamaged .xlsx workbook"),
    "encrypted": Wording(zh="没有密码的 .xlsx 工作簿（不是 .xls）", en="an .xlsx workbook without password (not .xls)"),
    "huge": Wording(zh="展开后不超过 6 GB 的工作簿", en="a workbook of at most 6 GB once unpacked"),
}


def read_workbook(
    path: Path, faults: FaultList, notices: list[Wording], memory: int = MEMORY, seconds: int = SECONDS
) -> list[Sheet]:
    """Every worksheet of the workbook; what cannot be read is a fault, and then there are no sheets.

    ``memory`` (bytes) and ``seconds`` bound the child that reads it.
    """
    try:
        looks = look_at(path)
    except NotAWorkbook as error:
        faults.add(Fault(path.name, None, None, None, _REFUSED[str(error)], _RESAVE))
        return []
    for look in looks:
        if look.far:
            faults.add(_far_cell(look))
        _note_merged_and_hidden(look, notices)
    if faults.faults:
        return []
    with tempfile.TemporaryDirectory(prefix="optimizer-") as folder:
        if not _run_child(path, Path(folder), memory, seconds):
            faults.add(_unreadable(path, memory, seconds))
            return []
        worksheets = {look.name for look in looks}
        listed = json.loads((Path(folder) / "sheets.json").read_text(encoding="utf-8"))
        return [
            _sheet(Path(folder) / str(number), str(entry["name"]), int(entry["width"]))
            for number, entry in enumerate(listed)
            if entry["name"] in worksheets
        ]


def _run_child(path: Path, folder: Path, memory: int, seconds: int) -> bool:
    """Whether the child read everything."""
    command = [
        sys.executable,
        "-I",
        workbook_child.__file__,
        str(path.resolve()),
        str(folder),
        str(memory),
        str(seconds),
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0 and (folder / "sheets.json").exists()


def _sheet(stem: Path, name: str, width: int) -> Sheet:
    if width == 0:
        return Sheet(name, pd.DataFrame({0: pd.Series([], dtype="str")}))
    cells = pd.read_csv(
        stem.with_suffix(".csv"), header=None, names=list(range(width)), dtype="str",
        keep_default_na=False, na_values=[], skip_blank_lines=False,
    )  # fmt: skip
    kinds = np.fromfile(stem.with_suffix(".kinds"), dtype=np.uint8).reshape(len(cells), width)
    return Sheet(name, cells, kinds)


def _far_cell(look: Look) -> Fault:
    expected = Wording(
        zh=f"紧凑的表格；这张表一直延伸到单元格 {look.farthest}，但其中只有 {look.cells} 个单元格",
        en=f"a compact table; this sheet reaches to cell {look.farthest} with only {look.cells} cells in it",
    )
    maybe = Wording(
        zh="远处有误填的单元格：按 Ctrl+End 找到它，删除多余的行和列后保存。",
        en="a cell far away was filled by mistake: find it with Ctrl+End, "
        "delete the surplus rows and columns and save.",
    )
    return Fault(look.name, look.rows, None, None, expected, maybe)


def _unreadable(path: Path, memory: int, seconds: int) -> Fault:
    gigabytes = f"{memory / 2**30:.3g}"
    expected = Wording(
        zh=f"能在 {gigabytes} GB 内存和 {seconds} 秒内读完的 .xlsx 工作簿",
        en=f"an .xlsx workbook that can be read within {gigabytes} GB of memory and {seconds} seconds",
    )
    maybe = Wording(
        zh="文件损坏，或远处有误填的单元格：把各表内容复制到新工作簿；数据很多时改用 CSV 文件夹。",
        en="the file is damaged or has cells far away: copy the tables to a new workbook, "
        "or use a folder of CSV files if there is much data.",
    )
    return Fault(path.name, None, None, None, expected, maybe)


def _note_merged_and_hidden(look: Look, notices: list[Wording]) -> None:
    if look.merged:
        notices.append(
            Wording(
                zh=f"表“{look.name}”有 {look.merged} 处合并单元格：只有左上角一格有值，其余读作空。",
                en=f"sheet '{look.name}' has {look.merged} merged cells: "
                "only the top left cell has a value, the others read as empty.",
            )
        )
    if look.hidden:
        notices.append(
            Wording(
                zh=f"表“{look.name}”有 {look.hidden} 个隐藏行，也已读入。",
                en=f"sheet '{look.name}' has {look.hidden} hidden rows; they were read too.",
            )
        )
