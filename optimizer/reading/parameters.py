"""Parameters: the policy's values with the instance's own put over them, in whole base units."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from optimizer.errors import Fault
from optimizer.policy import Parameter, Policy
from optimizer.reading.about import PARAMETER_WORDS, GivenParameter
from optimizer.reading.faults import FaultList, Place, nearest_name
from optimizer.reading.values import RawColumn, read_column
from optimizer.tables.schema import Column
from optimizer.units import to_base
from optimizer.wording import Wording


def read_parameters(given: Iterable[GivenParameter], policy: Policy, faults: FaultList) -> dict[str, int]:
    """Every parameter of ``policy`` in base units; unknown ids and faulty values go to ``faults``."""
    known = {p.id: p for p in policy.parameter}
    values = {p.id: to_base(str(p.value), p.unit) for p in policy.parameter}
    seen: dict[str, GivenParameter] = {}
    for entry in given:
        parameter = known.get(entry.id)
        if parameter is None:
            _unknown(entry, known, faults)
        elif entry.id in seen:
            first = seen[entry.id]
            expected = Wording(
                zh=f"每个参数只填一次（第 {first.row} 行已有）",
                en=f"each parameter only once (row {first.row} has it)",
            )
            maybe = Wording(zh="删除其中一行。", en="delete one of the two rows.")
            faults.add(Fault(entry.sheet, entry.row, PARAMETER_WORDS["parameter"], entry.id, expected, maybe))
        else:
            seen[entry.id] = entry
            value = _value(entry, parameter, faults)
            values[entry.id] = values[entry.id] if value is None else value
    return values


def _unknown(entry: GivenParameter, known: dict[str, Parameter], faults: FaultList) -> None:
    near = nearest_name(entry.id, known)
    if near is None:
        titles = {p.title.zh: p.id for p in known.values()}
        title = nearest_name(entry.id, titles)
        near = titles[title] if title else None
    maybe = Wording(zh="这个参数多余，请删除。", en="the parameter is not needed; delete it.")
    if near is not None:
        maybe = Wording(
            zh=f"是“{near}”（{known[near].title.zh}）。", en=f"'{near}' was meant ({known[near].title.en})."
        )
    column = PARAMETER_WORDS["parameter"] if entry.row else None
    faults.add(
        Fault(
            entry.sheet,
            entry.row,
            column,
            entry.id,
            Wording(zh="政策文件中的参数编号", en="a parameter of the policy"),
            maybe,
        )
    )


def _value(entry: GivenParameter, parameter: Parameter, faults: FaultList) -> int | None:
    """The value as a table's cell is read; a fault names the parameter instead of a column."""
    if isinstance(entry.value, bool) or not isinstance(entry.value, (int, float, str)):
        expected = Wording(zh="数字", en="a number")
        maybe = Wording(zh="写成不带引号的数字。", en="a plain number without quotation marks is meant.")
        faults.add(Fault(entry.sheet, entry.row, entry.id, str(entry.value), expected, maybe))
        return None
    column = Column(name=parameter.id, zh=parameter.title.zh, type="number", unit=parameter.unit)
    header = entry.id if entry.row is None else f"{PARAMETER_WORDS['value']}（{parameter.title.zh}）"
    texts = pd.Series([str(entry.value).strip()], dtype="str")
    place = Place(entry.sheet, header, np.array([entry.row or 0]), texts)
    own = FaultList([])
    read = read_column(RawColumn(column, place, None), own)
    for fault in own.faults:
        faults.add(Fault(fault.sheet, entry.row, fault.column, fault.value, fault.expected, fault.maybe))
    return int(read.values.iloc[0]) if read.good[0] else None
