"""One CSV file as a raw sheet: encoding told, lines as a spreadsheet counts them, no loop over rows."""

from __future__ import annotations

import csv
import io

import pandas as pd

from optimizer.errors import Fault
from optimizer.reading.faults import MOST_OF_A_KIND, FaultList
from optimizer.reading.guard import unguard
from optimizer.reading.sheet import Sheet
from optimizer.wording import Wording

_HEADER_LINES = 10
_SEPARATORS = {
    "\t": ("制表符", "tabs"),
    ";": ("分号", "semicolons"),
    "，": ("全角逗号", "full-width commas"),
    "|": ("竖线", "bars"),
}


def read_csv(name: str, content: bytes, faults: FaultList, notices: list[Wording]) -> Sheet | None:
    """The sheet in ``content``; None, and a fault, where it cannot be read at all."""
    decoded = _decode(name, content, faults, notices)
    if decoded is None:
        return None
    text = decoded.removeprefix("\ufeff")
    width = _width(text)
    if width == 0:
        expected = Wording(zh="有表头的 CSV 文件", en="a CSV file with a header")
        maybe = Wording(zh="文件是空的，请重新导出。", en="the file is empty; export it again.")
        faults.add(Fault(name, None, None, None, expected, maybe))
        return None
    if width == 1 and _other_separator(name, text, faults):
        return None
    try:
        cells = pd.read_csv(
            io.StringIO(text), header=None, names=list(range(width)), dtype="str",
            keep_default_na=False, na_values=[], skip_blank_lines=False,
        )  # fmt: skip
    except pd.errors.ParserError:
        _tell_broken_lines(name, text, width, faults)
        return None
    cells = cells.fillna("")
    return Sheet(name, cells.apply(unguard))


def _decode(name: str, content: bytes, faults: FaultList, notices: list[Wording]) -> str | None:
    """UTF-8 with or without BOM, else GB18030 with a notice, else a fault."""
    if b"\0" not in content:
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError:
            pass
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError:
            pass
        else:
            notices.append(
                Wording(
                    zh=f"文件 {name} 不是 UTF-8，按 GB18030 编码读取；请核对其中的汉字。",
                    en=f"file {name} is not UTF-8 and was read as GB18030; check its Chinese characters.",
                )
            )
            return text
    expected = Wording(zh="UTF-8 或 GB18030 编码的 CSV 文件", en="a CSV file in UTF-8 or GB18030")
    maybe = Wording(zh="在表格软件中另存为“CSV UTF-8”。", en="save it as 'CSV UTF-8' in the spreadsheet program.")
    faults.add(Fault(name, None, None, None, expected, maybe))
    return None


def _width(text: str) -> int:
    """Cells in the widest of the top lines (titles may stand above the header)."""
    rows = csv.reader(io.StringIO(text, newline=""))
    try:
        return max((len(row) for row, _ in zip(rows, range(_HEADER_LINES), strict=False)), default=0)
    except csv.Error:
        return text.split("\n", 1)[0].count(",") + 1


def _other_separator(name: str, text: str, faults: FaultList) -> bool:
    first = text.lstrip().split("\n", 1)[0]
    for sign, (zh, en) in _SEPARATORS.items():
        if sign in first:
            expected = Wording(zh="用英文逗号分隔的 CSV 文件", en="a CSV file separated by commas")
            maybe = Wording(
                zh=f"用了{zh}：请另存为“CSV UTF-8（逗号分隔）”。",
                en=f"it is separated by {en}: save it as comma-separated 'CSV UTF-8'.",
            )
            faults.add(Fault(name, 1, None, first.strip(), expected, maybe))
            return True
    return False


def _tell_broken_lines(name: str, text: str, width: int, faults: FaultList) -> None:
    """Lines with too many cells, or a quotation mark that is never closed."""
    lines, values, line = [], [], 0
    try:
        for line, row in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), start=1):
            if len(row) > width:
                lines.append(line)
                values.append(",".join(row)[:60])
    except csv.Error:
        expected = Wording(zh="成对的引号", en="quotation marks in pairs")
        maybe = Wording(
            zh=f"从第 {line + 1} 行起有一个引号没有配对。",
            en=f"from row {line + 1} on a quotation mark has no partner.",
        )
        faults.add(Fault(name, line + 1, None, None, expected, maybe))
        return
    expected = Wording(zh=f"最多 {width} 格", en=f"at most {width} cells")
    maybe = Wording(
        zh="多了逗号；含逗号的文字要用引号括起来。",
        en="there is a comma too many; put quotation marks round text that has commas.",
    )
    for line, value in list(zip(lines, values, strict=True))[:MOST_OF_A_KIND]:
        faults.add(Fault(name, line, None, value, expected, maybe))
    if not lines or len(lines) > MOST_OF_A_KIND:
        more = Wording(zh=f"{expected.zh}（共 {len(lines)} 行不符）", en=f"{expected.en} ({len(lines)} rows differ)")
        faults.add(Fault(name, None, None, None, more, maybe))
