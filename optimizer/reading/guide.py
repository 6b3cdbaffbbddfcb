"""The first sheet of an empty workbook: what each sheet and each column is, in plain words."""

from __future__ import annotations

from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from optimizer.policy import Policy
from optimizer.reading.entry_help import header_note

_HINTS = (
    "每张表一个工作表：第一行是表头，从第二行起每行填一条；表名和表头不要改。",
    "橙色表头的列用来识别一行，不得重复。",
    "编号列已设为“文本”格式，请保持，以免丢失开头的 0 和第 15 位以后的数字。",
    "数值按表头批注里的单位填，只填数字；程序不会自行四舍五入，有错会一次全部列出。",
    "从别处复制时请“只粘贴数值”。不要合并单元格。",
    "“参数”表是政策中的数字；“是否假定”为“是”的，文件留给市、区标准，请换成当地的数。",
    "“实例”表填名称和标题；“来源”表说明数据从哪里来（公开、假定、生成）。",
)


def write_guide(sheet: Worksheet, policy: Policy, head: Format, wrap: Format) -> None:
    """Title, hints, then one row a column of each table."""
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 20)
    sheet.set_column(2, 2, 90)
    sheet.write_string(0, 0, f"{policy.policy.title.zh}（{policy.policy.document}）")
    row = 2
    for number, hint in enumerate(_HINTS, start=1):
        sheet.write_string(row, 0, f"{number}.")
        sheet.write_string(row, 1, hint)
        row += 1
    row += 1
    for position, text in enumerate(("表", "列", "填什么")):
        sheet.write_string(row, position, text, head)
    for table in policy.table:
        for at, column in enumerate(table.column):
            row += 1
            sheet.write_string(row, 0, table.zh if at == 0 else "", wrap)
            sheet.write_string(row, 1, column.zh, wrap)
            sheet.write_string(row, 2, header_note(column, policy).replace("\n", "；"), wrap)
        if table.note_zh or table.optional:
            row += 1
            note = table.note_zh + ("（整张表可以没有）" if table.optional else "")
            sheet.write_string(row, 2, note, wrap)
