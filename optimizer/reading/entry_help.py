"""What a spreadsheet tells a person who fills in a column: a note on the header, a check on the cell."""

from __future__ import annotations

from typing import Any

from optimizer.policy import Policy
from optimizer.reading.relations import key_column
from optimizer.tables.schema import Column
from optimizer.units import UNITS

_TYPES = {
    "code": "编号或名称（文本）",
    "text": "文字",
    "whole": "整数",
    "number": "数字",
    "flag": "是或否",
    "year": "四位年份",
}
_FAR = 1_048_576
_MOST_MESSAGE = 255
_MOST_LIST = 255


def header_note(column: Column, policy: Policy) -> str:
    """What belongs in the column: type, unit, range, codes, where its names stand, the schema's note."""
    lines = [
        f"{_TYPES[column.type]}"
        + (f"，单位：{UNITS[column.unit].zh}" if UNITS[column.unit].zh and column.type != "year" else "")
    ]
    if column.at_least is not None or column.at_most is not None:
        low = "" if column.at_least is None else f"不小于 {column.at_least}"
        high = "" if column.at_most is None else f"不大于 {column.at_most}"
        lines.append("，".join(part for part in (low, high) if part))
    if column.one_of:
        lines.append("可填：" + "、".join(column.one_of.values()))
    if column.refers:
        lines.append(f"须是表“{policy.table_named(column.refers).zh}”里有的")
    if column.key:
        lines.append("用来识别一行，不得重复" if not column.refers else "与其他识别列合起来不得重复")
    if column.empty:
        lines.append("可不填")
    if column.note_zh:
        lines.append(column.note_zh)
    return "\n".join(lines)


def entry_rule(column: Column, policy: Policy) -> dict[str, Any] | None:
    """The data validation of the column's cells for xlsxwriter; None where anything may stand."""
    rule = _list_rule(column, policy) or _number_rule(column)
    if rule is None:
        return None
    message = header_note(column, policy)
    return {
        **rule,
        "ignore_blank": True,
        "input_title": column.zh[:32],
        "input_message": message if len(message) <= _MOST_MESSAGE else message[: _MOST_MESSAGE - 1] + "…",
        "error_title": "填写有误",
        "error_message": message if len(message) <= _MOST_MESSAGE else message[: _MOST_MESSAGE - 1] + "…",
    }


def _list_rule(column: Column, policy: Policy) -> dict[str, Any] | None:
    if column.type == "flag":
        return {"validate": "list", "source": ["是", "否"]}
    if column.one_of and len(",".join(column.one_of.values())) <= _MOST_LIST:
        return {"validate": "list", "source": list(column.one_of.values())}
    if column.refers is None:
        return None
    other = policy.table_named(column.refers)
    key = key_column(other, column.name)
    if key is None:
        return None
    letter = _letter([c.name for c in other.column].index(key))
    sheet = other.zh.replace("'", "''")
    names = f"'{sheet}'!${letter}$2"
    # Only the filled part of the other sheet, so that the list has no million of empty lines.
    filled = f"COUNTA('{sheet}'!${letter}$2:${letter}${_FAR})"
    return {"validate": "list", "source": f"=OFFSET({names},0,0,MAX(1,{filled}),1)", "error_type": "warning"}


def _number_rule(column: Column) -> dict[str, Any] | None:
    if column.type not in ("whole", "number", "year"):
        return None
    low, high = column.at_least, column.at_most
    if column.type == "year":
        low, high = (1900 if low is None else low), (2200 if high is None else high)
    kind = "decimal" if column.type == "number" else "integer"
    if low is not None and high is not None:
        return {"validate": kind, "criteria": "between", "minimum": low, "maximum": high}
    if low is not None:
        return {"validate": kind, "criteria": ">=", "value": low}
    if high is not None:
        return {"validate": kind, "criteria": "<=", "value": high}
    return {"validate": kind, "criteria": "between", "minimum": -(10**15), "maximum": 10**15}


def _letter(position: int) -> str:
    letters, number = "", position + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
