"""One raw column to typed values: codes, texts, flags, numbers and years, with their faults."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from optimizer.reading import messages
from optimizer.reading.faults import FaultList, Place, nearest_name, normal
from optimizer.reading.numbers import GOOD, NO_NUMBER, NOT_EXACT, TOO_LARGE, parse_numbers
from optimizer.reading.sheet import DATE, NUMBER
from optimizer.tables.schema import Column
from optimizer.units import to_base
from optimizer.wording import Wording

Mask = npt.NDArray[np.bool_]
_YES, _NO = ("是", "yes", "true"), ("否", "no", "false")
_LIKELY_FLAGS = {
    "1": "是",
    "y": "是",
    "√": "是",
    "有": "是",
    "对": "是",
    "0": "否",
    "n": "否",
    "×": "否",
    "无": "否",
}
_WIDE = "[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]"
_WIDE_NUMBER = "[\uff10-\uff19\uff0b\uff0d\uff0e\uff0c\uff05]"
_SPREADSHEET_POWER = r"[+-]?[0-9](?:\.[0-9]+)?[eE]\+[0-9]{1,3}"
_EXACT_DIGITS = 15
_YEARS = (1900, 2200)


@dataclass(frozen=True)
class RawColumn:
    """A column to be read: where it stands, stripped texts (in ``place``), kinds of its cells. ``clean``: typed in its file,
    and known to be without fault."""

    column: Column
    place: Place
    kinds: npt.NDArray[np.uint8] | None
    clean: bool = False

    def kind_is(self, kind: int) -> Mask:
        """Which cells were of that kind in the workbook."""
        if self.kinds is None:
            return np.zeros(len(self.place.lines), dtype=bool)
        same: Mask = self.kinds == kind
        return same


@dataclass(frozen=True)
class ReadColumn:
    """Values as the Instance contract has them (anything where not ``good``), one a row."""

    values: pd.Series[Any]
    good: Mask


def read_column(raw: RawColumn, faults: FaultList) -> ReadColumn:
    """The typed values of one column; every faulty cell goes to ``faults`` once."""
    empty = (raw.place.texts == "").to_numpy(dtype=bool)
    if not raw.column.empty:
        faults.add_cells(raw.place, empty, _expected(raw.column), lambda _: _EMPTY_MAYBE)
    readers = {"code": _codes, "text": _texts, "flag": _flags}
    return readers.get(raw.column.type, _numbers)(raw, empty, faults)


def _expected(column: Column) -> Wording:
    if column.one_of:
        return messages.one_of_expected(column)
    words = {
        "code": Wording(zh="不空的编号或名称", en="a code or name"),
        "text": Wording(zh="不空的文字", en="a text"),
        "flag": Wording(zh="“是”或“否”", en="'yes' or 'no'"),
    }
    return words.get(column.type) or messages.number_expected(column)


_EMPTY_MAYBE = Wording(
    zh="漏填了这一格；不需要的行请整行删除。",
    en="the cell was forgotten; delete the whole row if it is not needed.",
)


def _texts(raw: RawColumn, empty: Mask, faults: FaultList) -> ReadColumn:
    return ReadColumn(raw.place.texts, ~empty | raw.column.empty)


def _codes(raw: RawColumn, empty: Mask, faults: FaultList) -> ReadColumn:
    texts, place = raw.place.texts, raw.place
    good = ~empty | raw.column.empty
    lost = _digits_lost(raw)
    taken = mangled(raw) & ~lost
    faults.add_cells(place, lost, _TEXT_CODE, lambda _: _DIGITS_LOST)
    faults.add_cells(place, taken, _TEXT_CODE, lambda _: _FORMAT_AS_TEXT)
    good &= ~(lost | taken)
    wide = texts.str.contains(_WIDE, regex=True).to_numpy(dtype=bool) & good
    expected = Wording(zh="半角字母和数字的编号", en="a code in half-width letters and digits")
    faults.add_cells(place, wide, expected, lambda i: messages.meant(_half_width(texts, i)))
    good &= ~wide
    return _one_of(raw, good, empty, faults) if raw.column.one_of else ReadColumn(texts, good)


def mangled(raw: RawColumn) -> Mask:
    """Codes that a spreadsheet has turned into numbers or dates."""
    if raw.clean:
        return np.zeros(len(raw.place.lines), dtype=bool)
    return _digits_lost(raw) | raw.kind_is(NUMBER) | raw.kind_is(DATE)


def plain_codes(texts: pd.Series[str]) -> Mask:
    """Which texts no spreadsheet has touched and nobody typed in full width."""
    power = texts.str.fullmatch(_SPREADSHEET_POWER).to_numpy(dtype=bool)
    return ~(power | texts.str.contains(_WIDE, regex=True).to_numpy(dtype=bool))


def _digits_lost(raw: RawColumn) -> Mask:
    """Codes that stand as 1.1E+17, or as numbers of more digits than a spreadsheet keeps."""
    power = raw.place.texts.str.fullmatch(_SPREADSHEET_POWER).to_numpy(dtype=bool)
    long = raw.place.texts.str.len().to_numpy(dtype=np.int64) >= _EXACT_DIGITS
    return power | (raw.kind_is(NUMBER) & long)


_TEXT_CODE = Wording(zh="文本格式的编号", en="a code typed as text")
_DIGITS_LOST = Wording(
    zh="表格软件把编号当成了数字，第 15 位以后的数字已经丢失：请把整列设为“文本”格式，再从原始资料重新录入。",
    en="the spreadsheet took the code for a number and lost the digits after the 15th: "
    "format the whole column as text, then enter the codes again from the original.",
)
_FORMAT_AS_TEXT = Wording(
    zh="编号被当成了数字或日期（前面的 0 会丢失）：请把整列设为“文本”格式，再重新录入。",
    en="the code was taken for a number or a date (leading zeros get lost): "
    "format the whole column as text, then enter it again.",
)


def _half_width(texts: pd.Series[str], position: int) -> str:
    return unicodedata.normalize("NFKC", str(texts.iloc[position]))


def _one_of(raw: RawColumn, good: Mask, empty: Mask, faults: FaultList) -> ReadColumn:
    """Codes, or their Chinese words, to codes."""
    known = {
        **{word: code for code, word in raw.column.one_of.items()},
        **{code: code for code in raw.column.one_of},
    }
    texts = raw.place.texts
    codes = texts.map(known).astype("str")
    unknown = codes.isna().to_numpy(dtype=bool) & ~empty & good

    def maybe(position: int) -> Wording:
        near = nearest_name(str(texts.iloc[position]), known)
        return messages.listed_maybe(raw.column.one_of.get(near, near) if near else None)

    faults.add_cells(raw.place, unknown, messages.one_of_expected(raw.column), maybe)
    return ReadColumn(codes.fillna(""), good & ~unknown)


def _flags(raw: RawColumn, empty: Mask, faults: FaultList) -> ReadColumn:
    words = raw.place.texts.str.lower()
    yes, no = words.isin(_YES).to_numpy(dtype=bool), words.isin(_NO).to_numpy(dtype=bool)
    wrong = ~(yes | no | empty)

    def maybe(position: int) -> Wording:
        likely = _LIKELY_FLAGS.get(normal(str(words.iloc[position])))
        if likely is None:
            return Wording(zh="从下拉列表中选“是”或“否”。", en="choose yes or no from the drop-down list.")
        return Wording(zh=f"是“{likely}”。", en=f"'{'yes' if likely == '是' else 'no'}' was meant.")

    faults.add_cells(raw.place, wrong, _expected(raw.column), maybe)
    return ReadColumn(pd.Series(yes), yes | no)


def _numbers(raw: RawColumn, empty: Mask, faults: FaultList) -> ReadColumn:
    """Numbers, counts and years in whole base units."""
    column, place, texts = raw.column, raw.place, raw.place.texts
    expected = messages.number_expected(column)
    parsed = parse_numbers(texts, column.unit)
    problem = np.where(empty, GOOD, parsed.problem)
    good = ~empty & (problem == GOOD)
    wide = (problem == NO_NUMBER) & texts.str.contains(_WIDE_NUMBER, regex=True).to_numpy(dtype=bool)
    half = Wording(zh=f"半角的{expected.zh}", en=f"{expected.en}, in half-width digits")
    faults.add_cells(place, wide, half, lambda i: messages.number_maybe(str(texts.iloc[i])))
    word = (problem == NO_NUMBER) & ~wide
    faults.add_cells(place, word, expected, lambda i: messages.number_maybe(str(texts.iloc[i])))
    faults.add_cells(place, problem == TOO_LARGE, expected, lambda i: messages.range_maybe(str(texts.iloc[i]), column))
    step = to_base("1", column.unit)
    unwhole = good & (parsed.values % step != 0) if column.type == "whole" else np.zeros(len(good), dtype=bool)
    not_exact = (problem == NOT_EXACT) | unwhole
    _not_exact(raw, not_exact, faults)
    good &= ~not_exact
    far = good & outside(column, parsed.values)
    faults.add_cells(place, far, expected, lambda i: messages.range_maybe(str(texts.iloc[i]), column))
    return ReadColumn(pd.Series(parsed.values), good & ~far)


def _not_exact(raw: RawColumn, wrong: Mask, faults: FaultList) -> None:
    column, texts = raw.column, raw.place.texts
    if column.type == "number":
        expected = messages.step_expected(column)
        faults.add_cells(raw.place, wrong, expected, lambda i: messages.step_maybe(str(texts.iloc[i]), column))
    else:
        expected = messages.number_expected(column)
        whole = Column(name=column.name, zh=column.zh, type="whole")
        faults.add_cells(raw.place, wrong, expected, lambda i: messages.step_maybe(str(texts.iloc[i]), whole))


def outside(column: Column, values: npt.NDArray[np.int64]) -> Mask:
    """Which base units lie outside the column's range (years: also outside what years can be)."""
    low, high = column.at_least, column.at_most
    if column.type == "year":
        low = _YEARS[0] if low is None else low
        high = _YEARS[1] if high is None else high
    wrong: Mask = np.zeros(len(values), dtype=bool)
    if low is not None:
        wrong |= values < to_base(low, column.unit)
    if high is not None:
        wrong |= values > to_base(high, column.unit)
    return wrong
