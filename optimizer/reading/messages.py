"""The words of faults and notices: what was expected, and the likeliest mend."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from optimizer.tables.schema import Column, Table
from optimizer.units import UNITS, from_base
from optimizer.wording import Wording

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


def meant(value: str) -> Wording:
    """That ``value`` was meant."""
    return Wording(zh=f"是“{value}”。", en=f"'{value}' was meant.")


def unit_note(unit: str) -> Wording:
    """The unit in brackets, or nothing for plain numbers."""
    word = UNITS[unit]
    return Wording(zh=f"（{word.zh}）" if word.zh else "", en=f" ({word.en})" if word.en else "")


def range_words(column: Column) -> Wording:
    """The legal range in the column's unit, or nothing where there is none."""
    low, high = column.at_least, column.at_most
    if low is not None and high is not None:
        return Wording(zh=f" {low} 到 {high} 之间的", en=f" from {low} to {high}")
    if low is not None:
        return Wording(zh=f"不小于 {low} 的", en=f" of at least {low}")
    if high is not None:
        return Wording(zh=f"不大于 {high} 的", en=f" of at most {high}")
    return Wording(zh="", en="")


def number_expected(column: Column) -> Wording:
    """What a number, count or year of this column must be."""
    zh, en = {
        "whole": ("整数", "a whole number"),
        "year": ("四位年份", "a four-digit year"),
    }.get(column.type, ("数字", "a number"))
    span, note = range_words(column), unit_note(column.unit)
    if column.type == "year":
        note = Wording(zh="", en="")
    return Wording(zh=f"{span.zh}{zh}{note.zh}", en=f"{en}{span.en}{note.en}")


def number_maybe(value: str) -> Wording:
    """A mend for text where a number is due: the one number in it, if there is just one."""
    plain = unicodedata.normalize("NFKC", value).replace(",", "").replace(" ", "")
    found = _NUMBER.findall(plain)
    if len(found) == 1:
        return meant(found[0])
    return Wording(zh="只填数字，不带文字和单位。", en="only the number belongs here, without words or unit.")


def step_expected(column: Column) -> Wording:
    """What a number with too many digits should have been."""
    step, note = format(from_base(1, column.unit), "f"), unit_note(column.unit)
    return Wording(
        zh=f"精确到 {step} 的数字{note.zh}",
        en=f"a number in whole steps of {step}{note.en}",
    )


def step_maybe(value: str, column: Column) -> Wording:
    """The nearest number that is exact; the program does not round by itself."""
    step = from_base(1, column.unit)
    near = (Decimal(value) / step).to_integral_value(rounding="ROUND_HALF_UP") * step
    return Wording(
        zh=f"是“{near:f}”；程序不会自行四舍五入。",
        en=f"'{near:f}' was meant; the program does not round by itself.",
    )


def range_maybe(value: str, column: Column) -> Wording:
    """A mend for a number out of range: a minus sign too many, or the table's unit."""
    number = Decimal(value)
    low, high = column.at_least, column.at_most
    turned = -number
    if number < 0 and (low is None or turned >= low) and (high is None or turned <= high):
        return Wording(zh=f"是“{turned:f}”，多了负号。", en=f"'{turned:f}' was meant, with a minus sign too many.")
    if number == 0:
        return Wording(
            zh="还没有填数；没有的请删除这一行。",
            en="the number is still to come; delete the row if there is none.",
        )
    unit = UNITS[column.unit]
    if unit.base == "1":
        return Wording(zh="抄录有误；请核对原始资料。", en="it was copied wrongly; check the original.")
    return Wording(
        zh=f"单位弄错了：这一列以{unit.zh}计；请核对原始资料。",
        en=f"the unit is another: this column is in {unit.en}; check the original.",
    )


def one_of_expected(column: Column) -> Wording:
    """The legal codes of a column with their Chinese words."""
    return Wording(
        zh="以下之一：" + "、".join(column.one_of.values()),
        en="one of " + ", ".join(column.one_of),
    )


def listed_maybe(nearest: str | None, table: Table | None = None) -> Wording:
    """The nearest known name, or how to find it."""
    if nearest is not None:
        return meant(nearest)
    if table is None:
        return Wording(zh="从下拉列表中选一个。", en="one from the drop-down list is meant.")
    return Wording(
        zh=f"表“{table.zh}”里漏了这一行。",
        en=f"the row is missing in the table '{table.name}'.",
    )


def words(names: Iterable[str]) -> str:
    """Names joined for a Chinese sentence."""
    return "、".join(names)
