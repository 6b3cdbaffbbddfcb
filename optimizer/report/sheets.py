"""Writing to one workbook: styles, sheet names, and plain tables with exact numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from optimizer.report.labels import STATUS, Labels
from optimizer.report.phrases import unit_word
from optimizer.report.svg import width_of
from optimizer.units import UNITS, display_unit
from optimizer.wording import Language, Wording

_DEEP = "#12455A"
_STATUS_COLOURS = {
    "violated": ("#FBDCDC", "#8C1010"),
    "stretch missed": ("#EBE3F8", "#553493"),
    "binding": ("#FDEBC8", "#7A4B00"),
    "met": ("#DFF1E6", "#17603A"),
    "record": ("#E9EDF1", "#4B5A69"),
}
_HEADER = {
    "bold": True,
    "font_color": "#FFFFFF",
    "bg_color": _DEEP,
    "text_wrap": True,
    "border": 1,
    "border_color": "#FFFFFF",
}
WHOLE, CENTS = '#,##0;-#,##0;"–"', '#,##0.00;-#,##0.00;"–"'


class Book:
    """A workbook with its styles; text always goes in as text, never as a formula or link."""

    def __init__(self, path: Path, language: Language) -> None:
        font = {"font_name": "Microsoft YaHei" if language == "zh" else "Calibri", "font_size": 10}
        options = {"default_format_properties": font, "in_memory": True}
        self.file = xlsxwriter.Workbook(str(path), options)
        self.file.set_calc_mode("auto")
        self.language = language
        self._styles: dict[tuple[tuple[str, object], ...], Format] = {}
        self._names: set[str] = set()

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def style(self, **properties: object) -> Format:
        """One format for each set of properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._styles:
            base = {
                "valign": "vcenter",
                "font_name": "Microsoft YaHei" if self.language == "zh" else "Calibri",
            }
            self._styles[key] = self.file.add_format({**base, "font_size": 10, **properties})
        return self._styles[key]

    @property
    def header(self) -> Format:
        """Style of a header cell over text."""
        return self.style(**_HEADER, indent=1)

    @property
    def number_header(self) -> Format:
        """Style of a header cell over numbers."""
        return self.style(**_HEADER, align="right")

    def status(self, status: str) -> Format:
        """Style of a status cell."""
        ground, ink = _STATUS_COLOURS[status]
        return self.style(bg_color=ground, font_color=ink, bold=True, align="center")

    def sheet(self, name: str, tab: str = _DEEP) -> Worksheet:
        """A new sheet; the name is cut and made unique as spreadsheets demand."""
        base = re.sub(r"[\[\]:*?/\\]", " ", name).strip("' ")[:31] or "sheet"
        unique, at = base, 2
        while unique.lower() in self._names:
            unique, at = f"{base[:27]} ({at})", at + 1
        self._names.add(unique.lower())
        sheet = self.file.add_worksheet(unique)
        sheet.set_tab_color(tab)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet


def shown(value: int, unit: str) -> float:
    """A number of base units as the spreadsheet's number of display units (two decimals at most)."""
    size = UNITS[display_unit(unit)].size
    return float(int(value) / size) if size != 1 else int(value)


def number_format(values: pd.Series, unit: str) -> str:
    """Whole numbers without decimals, others with two."""
    size = UNITS[display_unit(unit)].size
    return WHOLE if size == 1 or not (values.dropna() % int(size)).any() else CENTS


MOST_ROWS = 15_000
"""Rows of a table that a sheet holds; a longer one is cut, and the sheet says where the whole of it is."""


def write_frame(
    book: Book, sheet: Worksheet, frame: pd.DataFrame, units: Mapping[str, str], labels: Labels, whole: str = ""
) -> None:
    """A plain table: frozen header with filter, codes in words, numbers in display units. Of a table of more than
    ``MOST_ROWS`` rows only the first ones, under a line that names ``whole``, the file that has all of them."""
    top, count = 0, len(frame)
    if count > MOST_ROWS:
        top, frame = 1, frame.iloc[:MOST_ROWS]
        words = Wording(
            f"本表只列前 {MOST_ROWS:,} 行，共 {count:,} 行；全部见方案文件夹中的 {whole}。",
            f"The first {MOST_ROWS:,} of {count:,} rows; all of them are in {whole} of the plan folder.",
        )
        sheet.write_string(0, 0, words.to(labels.language), book.style(bold=True, font_color="#8C1010"))
    sheet.freeze_panes(top + 1, 1)
    sheet.repeat_rows(top)
    sheet.set_row(top, 32)
    for at, name in enumerate(frame.columns):
        _write_column(book, sheet, (top, at), frame[name], units.get(str(name)), labels)
    if len(frame):
        sheet.autofilter(top, 0, top + len(frame), len(frame.columns) - 1)


def _write_column(
    book: Book, sheet: Worksheet, corner: tuple[int, int], values: pd.Series, unit: str | None, labels: Labels
) -> None:
    """One column with its header at ``corner`` (row, column)."""
    top, at = corner
    name = str(values.name)
    title = labels.column(name)
    word = unit_word(unit, labels.language) if unit else ""
    title += Wording(f"（{word}）", f" ({word})").to(labels.language) if word else ""
    numeric = pd.api.types.is_numeric_dtype(values.dtype)
    sheet.write_string(top, at, title, book.number_header if numeric else book.header)
    if pd.api.types.is_bool_dtype(values.dtype):
        widest = _write_flags(sheet, top, at, values, labels.language)
    elif numeric:
        widest = _write_numbers(book, sheet, (top, at), name, values, unit)
    else:
        words = labels.full_words(name, values)
        style = book.style(indent=1)
        for row, text in enumerate(words, start=top + 1):
            sheet.write_string(row, at, text, style)
        widest = max((width_of(text, 1.9) for text in words[:500]), default=0)
    sheet.set_column(at, at, min(46, max(9, width_of(title, 1) * 1.15 + 3, widest + 2)))


def _write_flags(sheet: Worksheet, top: int, at: int, values: pd.Series, language: Language) -> float:
    yes, no = ("是", "否") if language == "zh" else ("yes", "no")
    for row, value in enumerate(values, start=top + 1):
        sheet.write_string(row, at, "" if pd.isna(value) else yes if value else no)
    return 4


def _write_numbers(
    book: Book, sheet: Worksheet, corner: tuple[int, int], name: str, values: pd.Series, unit: str | None
) -> float:
    top, at = corner
    plain = unit is None and (name == "year" or name.endswith("_year"))
    pattern = "0" if plain else number_format(values, unit) if unit else "General"
    style = book.style(num_format=pattern)
    size = int(UNITS[display_unit(unit)].size) if unit else 1
    widest = 0.0
    missing = values.isna().to_numpy(dtype=bool)
    for row, value in enumerate(values.tolist()):
        if not missing[row]:
            sheet.write_number(top + 1 + row, at, value / size if size != 1 else value, style)
    if len(values):
        largest = values.abs().max()
        widest = 0.0 if pd.isna(largest) else len(f"{largest / size:,.2f}") + 1
    return widest


def status_word(status: str, language: Language) -> str:
    """A status in words."""
    return STATUS[status].to(language)
