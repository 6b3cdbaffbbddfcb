"""Workbooks that staff fill in and read back: Chinese sheets, text codes, notes, drop-downs."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from optimizer.errors import OptimizerError
from optimizer.instance import Instance, Source
from optimizer.policy import Policy, Title
from optimizer.reading.about import (
    ABOUT,
    HEAD_WORDS,
    PARAMETER_WORDS,
    PARAMETERS,
    SOURCE_KINDS,
    SOURCE_WORDS,
    SOURCES,
)
from optimizer.reading.cell_texts import column_texts
from optimizer.reading.entry_help import entry_rule, header_note
from optimizer.reading.guide import write_guide
from optimizer.reading.numbers import exact_text
from optimizer.tables.schema import Column, Table
from optimizer.units import UNITS, to_base
from optimizer.wording import Wording

MOST_ROWS = 1_048_575
_MOST_TEXT = 32_767
_MOST_DIGITS = 15
_CREATED = datetime.datetime(2022, 1, 1)


def write_empty_workbook(policy: Policy, path: Path) -> None:
    """The workbook of ``optimizer new``: every sheet of the policy, ready to fill in."""
    parameters = {p.id: to_base(str(p.value), p.unit) for p in policy.parameter}
    blank = {t.name: pd.DataFrame({c.name: [] for c in t.column}) for t in policy.table}
    _write(policy, "", policy.policy.title, False, blank, parameters, (), path)


def write_instance_workbook(instance: Instance, path: Path) -> None:
    """The instance as one workbook that reads back the same. Raises ``OptimizerError`` where a table
    or a text is too long for a workbook."""
    for table in instance.policy.table:
        rows = len(instance.tables[table.name])
        if rows > MOST_ROWS:
            raise OptimizerError(
                Wording(
                    zh=f"表“{table.zh}”有 {rows} 行，一张工作表最多 {MOST_ROWS} 行。",
                    en=f"Table '{table.name}' has {rows} rows; a sheet holds {MOST_ROWS}.",
                ),
                Wording(zh="Maybe（也许）用 CSV 文件夹。", en="Maybe use a folder of CSV files."),
            )
    _write(
        instance.policy, instance.name, instance.title, instance.generated,
        instance.tables, instance.parameters, instance.sources, path,
    )  # fmt: skip


class _Formats:
    """The few cell formats of these workbooks."""

    def __init__(self, book: Workbook) -> None:
        self.head: Format = book.add_format(
            {
                "bold": True,
                "bg_color": "#DCE6F1",
                "bottom": 1,
                "num_format": "@",
                "text_wrap": True,
                "valign": "top",
            }
        )
        self.key: Format = book.add_format(
            {
                "bold": True,
                "bg_color": "#FCE4D6",
                "bottom": 1,
                "num_format": "@",
                "text_wrap": True,
                "valign": "top",
            }
        )
        self.text: Format = book.add_format({"num_format": "@"})
        self.number: Format = book.add_format({})
        self.wrap: Format = book.add_format({"text_wrap": True, "valign": "top"})


def _write(
    policy: Policy,
    name: str,
    title: Title,
    generated: bool,
    tables: Any,
    parameters: Any,
    sources: Any,
    path: Path,
) -> None:
    """All sheets, to a temporary file that is then moved into place."""
    temporary = path.with_name(f".{path.name}.part")
    book = xlsxwriter.Workbook(
        str(temporary), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": title.zh, "created": _CREATED})
    formats = _Formats(book)
    try:
        write_guide(book.add_worksheet("说明"), policy, formats.head, formats.wrap)
        _write_head(book.add_worksheet(ABOUT), policy, name, title, generated, formats)
        _write_parameters(book.add_worksheet(PARAMETERS), policy, parameters, formats)
        for table in policy.table:
            _write_table(book.add_worksheet(table.zh), table, policy, tables[table.name], formats)
        _write_sources(book.add_worksheet(SOURCES), sources, formats)
        book.close()
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _write_head(sheet: Worksheet, policy: Policy, name: str, title: Title, generated: bool, formats: _Formats) -> None:
    values = {
        "policy": policy.reference,
        "name": name,
        "title": title.zh,
        "title_en": title.en,
        "generated": "是" if generated else "否",
    }
    _columns(sheet, [(14, formats.text), (60, formats.text)])
    _text_row(sheet, 0, ["项目", "内容"], formats.head)
    for row, (key, value) in enumerate(values.items(), start=1):
        _text_row(sheet, row, [HEAD_WORDS[key], value], formats.text)
    sheet.data_validation(5, 1, 5, 1, {"validate": "list", "source": ["是", "否"]})


def _write_parameters(sheet: Worksheet, policy: Policy, values: Any, formats: _Formats) -> None:
    _columns(sheet, [(24, formats.text), (40, None), (14, None), (10, None), (22, None), (10, None)])
    _text_row(sheet, 0, list(PARAMETER_WORDS.values()), formats.head)
    sheet.freeze_panes(1, 1)
    for row, parameter in enumerate(policy.parameter, start=1):
        _put_text(sheet, row, 0, parameter.id, formats.text)
        _put_text(sheet, row, 1, parameter.title.zh, formats.number)
        _put_number(sheet, row, 2, exact_text(values[parameter.id], parameter.unit), formats.number)
        _put_text(sheet, row, 3, UNITS[parameter.unit].zh, formats.number)
        _put_text(sheet, row, 4, parameter.clause, formats.number)
        _put_text(sheet, row, 5, "是" if parameter.assumed else "否", formats.number)


def _write_sources(sheet: Worksheet, sources: Iterable[Source], formats: _Formats) -> None:
    _columns(sheet, [(40, formats.text), (10, formats.text), (80, formats.text)])
    _text_row(sheet, 0, list(SOURCE_WORDS.values()), formats.head)
    sheet.data_validation(1, 1, 200, 1, {"validate": "list", "source": list(SOURCE_KINDS.values())})
    for row, source in enumerate(sources, start=1):
        _text_row(sheet, row, [source.what, SOURCE_KINDS[source.kind], source.note], formats.text)


def _write_table(sheet: Worksheet, table: Table, policy: Policy, frame: pd.DataFrame, formats: _Formats) -> None:
    texts = [column_texts(c, frame[c.name], "zh") for c in table.column]
    textual = [c.type in ("code", "text", "flag") for c in table.column]
    _columns(
        sheet,
        [
            (_wide(c, t), formats.text if w else formats.number)
            for c, t, w in zip(table.column, texts, textual, strict=True)
        ],
    )
    sheet.freeze_panes(1, sum(1 for c in table.column if c.key))
    for position, column in enumerate(table.column):
        _put_text(sheet, 0, position, column.zh, formats.key if column.key else formats.head)
        sheet.write_comment(0, position, header_note(column, policy), {"x_scale": 2, "y_scale": 1.5})
        rule = entry_rule(column, policy)
        if rule is not None:
            sheet.data_validation(1, position, MOST_ROWS, position, rule)
    for row in range(len(frame)):
        for position, is_text in enumerate(textual):
            if is_text:
                _put_text(sheet, row + 1, position, texts[position][row], formats.text)
            else:
                _put_number(sheet, row + 1, position, texts[position][row], formats.number)


def _columns(sheet: Worksheet, columns: Sequence[tuple[float, Format | None]]) -> None:
    """Widths and formats, and paper: landscape, one page wide, the header on every page."""
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for position, (width, form) in enumerate(columns):
        sheet.set_column(position, position, width, form)


def _text_row(sheet: Worksheet, row: int, texts: Sequence[str], form: Format) -> None:
    for position, text in enumerate(texts):
        _put_text(sheet, row, position, text, form)


def _put_text(sheet: Worksheet, row: int, position: int, text: str, form: Format) -> None:
    """Always as text: ``write`` would turn "=1+1" into a formula."""
    if not text:
        return
    if len(text) > _MOST_TEXT:
        raise OptimizerError(
            Wording(
                zh=f"第 {row + 1} 行有 {len(text)} 个字的文字，一个单元格最多 {_MOST_TEXT} 个字。",
                en=f"Row {row + 1} has a text of {len(text)} characters; a cell holds {_MOST_TEXT}.",
            ),
            Wording(
                zh="Maybe（也许）缩短文字，或用 CSV 文件夹。",
                en="Maybe shorten it, or use a folder of CSV files.",
            ),
        )
    sheet.write_string(row, position, text, form)


def _put_number(sheet: Worksheet, row: int, position: int, text: str, form: Format) -> None:
    """As a number where 15 digits hold it exactly, else as text, which reading takes as well."""
    if len(Decimal(text).as_tuple().digits) <= _MOST_DIGITS:
        sheet.write_number(row, position, float(text), form)
    else:
        sheet.write_string(row, position, text, form)


def _wide(column: Column, texts: Sequence[str]) -> float:
    """A width that shows the header and the first values (a Chinese character is two wide)."""
    shown = [column.zh, *texts[:200]]
    return float(min(40, max(8, 2 + max(sum(1 if ord(sign) < 256 else 2 for sign in text) for text in shown))))
