"""Budgets scaled to a share, and the rule that nobody loses a place when there is more: an existing kind (``decided``) over a table
of those who hold one already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pandas as pd

from optimizer.analysis.announced import choice_of
from optimizer.analysis.variant import varied, with_numbers
from optimizer.decisions.mixes import SLOTS
from optimizer.errors import OptimizerError
from optimizer.instance import Instance
from optimizer.kinds import nearest
from optimizer.tables.schema import Column, Table
from optimizer.wording import Wording

NESTED = "nested"
Keep = Literal["place", "option"]


def scaled(instance: Instance, budget: str, percent: int) -> Instance:
    """The task with ``percent`` of a budget, down to whole base units: a column of an input table (``town_budgets.capacity``), a
    number of a rule (``rule.at_most``) or a parameter (``parameter.value``). Raises ``OptimizerError`` where there is none such."""
    name, _, field = budget.partition(".")
    table = next((t for t in instance.policy.table if t.name == name), None)
    if table is not None:
        column = next(
            (c for c in table.column if c.name == field and c.type in ("number", "whole") and not c.key), None
        )
        if column is None:
            raise _no_budget(budget, [f"{name}.{c.name}" for c in table.column if c.type in ("number", "whole")])
        frame = instance.tables[name]
        return varied(instance, tables={name: frame.assign(**{field: frame[field] * percent // 100})})
    if name in instance.parameters and field == "value":
        return varied(instance, parameters={name: instance.parameters[name] * percent // 100})
    number = next((entry.get(field) for entry in instance.policy.rule if entry["id"] == name), None)
    if isinstance(number, str) and number in instance.parameters:
        return scaled(instance, f"{number}.value", percent)
    if isinstance(number, dict) and {"table", "measure"} <= set(number):
        return scaled(instance, f"{number['table']}.{number['measure']}", percent)
    if isinstance(number, bool) or not isinstance(number, int):
        raise _no_budget(budget, _budgets(instance))
    return with_numbers(instance, {budget: number * percent // 100})


def _budgets(instance: Instance) -> list[str]:
    """What could be meant."""
    columns = [f"{t.name}.{c.name}" for t in instance.policy.table for c in t.column if c.type in ("number", "whole")]
    return [*columns, *(f"{p}.value" for p in instance.parameters)]


def _no_budget(budget: str, known: Sequence[str]) -> OptimizerError:
    return OptimizerError(
        Wording(f"“{budget}”不是可按比例缩放的数。", f"'{budget}' is no number that can be scaled."),
        nearest(budget, known)
        or Wording("Maybe（也许）写成 表.列，如 town_budgets.capacity。", "Maybe write table.column, like town_budgets.capacity."),
    )  # fmt: skip


def with_nested(instance: Instance, taken: pd.DataFrame, keep: Keep = "place") -> Instance:
    """The task in which everybody with a row in ``taken`` (a plan's choice table) has a place again; ``keep``: any place, or the very
    same option."""
    choice = choice_of(instance)
    match = list(choice.keys[1:])
    rows = taken[list(choice.keys)].astype(str).reset_index(drop=True)
    if keep == "place":
        rows[match] = ""
    frame = pd.DataFrame({choice.set: rows[choice.set].astype("str")})
    frame["state"] = pd.Series("placed", index=frame.index, dtype="str")
    for name in match:
        frame[name] = rows[name].astype("str")
    rule = {
        "id": NESTED, "clause": "逐级/nested", "kind": "decided", "table": choice.id, "decisions": NESTED, "match": match,
        "unit": "households", "title": {"zh": "资金较少时已安排的农户仍有安排", "en": "who has a place with less money keeps one"},
    }  # fmt: skip
    return varied(instance, rules=[rule], tables={NESTED: frame}, schemas=[_schema(instance, match)])


def _schema(instance: Instance, match: Sequence[str]) -> Table:
    choice = choice_of(instance)
    source = instance.policy.table_named(choice.source)
    columns = [
        source.column_named(choice.set).model_copy(update={"key": True}),
        Column(name="state", zh="情况", type="code", key=True, one_of={"placed": "须安置"}),
    ]
    for name in match:
        if name == "year":
            columns.append(Column(name=name, zh="年份", type="code", empty=True))
        elif name in SLOTS:
            columns.append(Column(name=name, zh=f"房型{name[-1]}", type="code", empty=True))
        else:
            columns.append(source.column_named(name).model_copy(update={"key": False, "empty": True}))
    return Table(name=NESTED, zh="逐级安排", column=tuple(columns), optional=True)
