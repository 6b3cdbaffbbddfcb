"""A planning task that looks at a plan told before: what people were told is a table, keeping it a goal, and in the end a rule.

The announced rows are an input table of the changed task; the measure ``announced_kept`` (kind ``lookup``) is 1 for the very option
that was announced; the goal ``announced`` counts it. When the plan is found, the rule ``announced`` says that so many stay as they
were told. So audit, certificate and engines are those of any task, and nobody of a higher class has a claim to the place of somebody
who was told that it is theirs. Nothing of this is a new kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from optimizer.analysis.variant import Entry, varied
from optimizer.check import taken_table
from optimizer.decisions import decisions_of
from optimizer.decisions.choice import Choice
from optimizer.decisions.mixes import SLOTS
from optimizer.errors import OptimizerError
from optimizer.instance import Instance
from optimizer.kinds import nearest
from optimizer.measures import measures_of
from optimizer.reading.relations import key_column
from optimizer.rules import RuleData, rules_of
from optimizer.tables.schema import Column, Table
from optimizer.wording import Wording

ANNOUNCED, KEPT, KNOWN, FRESH = "announced", "announced_kept", "announced_known", "announced_fresh"
STAYS = "announced_stays"
CLAUSE = "已告知/told"
_TITLE = {"zh": "按已公布方案不变的户数", "en": "households that stay as they were told"}
_ROWS_TITLE = {"zh": "照原表不变的行数减去新增的行数", "en": "rows kept as they are, less rows added"}

First = Literal["kept", "goal"]


@dataclass(frozen=True)
class Order:
    """What comes before what. ``first``: people who were told, or the policy's goals. ``weight``: with the goals first, how much
    of the goal (in its unit; by default the first that is a plain sum) one person told something new is worth. ``additions``: whether
    somebody who had nothing and gets something counts as a change."""

    first: First = "kept"
    weight: int | None = None
    goal: str | None = None
    additions: bool = False


def choice_of(instance: Instance) -> Choice:
    """The policy's choice table. Raises ``OptimizerError`` where it has none: then nobody is told anything."""
    choice = next((d for d in decisions_of(instance.policy) if isinstance(d, Choice)), None)
    if choice is None:
        raise OptimizerError(
            Wording("这项政策没有逐户的选择，没有可保持的安排。", "This policy has no choices of households: nothing to keep."),
            Wording("Maybe（也许）请用 compare 比较两个方案。", "Maybe compare the two plans with compare."),
        )  # fmt: skip
    return choice


def possible(instance: Instance, told: pd.DataFrame) -> pd.Series[bool]:
    """For each announced row whether everything that it names is still in the tables."""
    choice, policy = choice_of(instance), instance.policy
    source = policy.table_named(choice.source)
    there = pd.Series(True, index=told.index)
    for name in (choice.set, *choice.key):
        column = source.column_named(name)
        key = key_column(policy.table_named(column.refers), name) if column.refers else None
        if column.refers and key:
            known = instance.tables[column.refers][key]
            there &= told[name].isin(set(known)) | ((told[name] == "") & column.empty)
    return there


def with_announced(instance: Instance, told: pd.DataFrame, order: Order) -> Instance:
    """The task in which the rows ``told`` (keys of the choice table) are to be kept; rows that name what is gone are left out.
    Raises ``OptimizerError`` for a goal that cannot be weighed."""
    choice = choice_of(instance)
    rows = told.loc[possible(instance, told).to_numpy(), list(choice.keys)].drop_duplicates().reset_index(drop=True)
    schema = _schema(instance, choice)
    frame = pd.DataFrame({key: rows[key].astype("int64" if key == "year" else "str") for key in choice.keys})
    frame[KEPT] = pd.Series(1, index=frame.index, dtype="int64")
    return varied(
        instance,
        without_rules=[ANNOUNCED, STAYS],
        without_measures=[KEPT, KNOWN, FRESH, STAYS],
        measures=_measures(choice, order.additions),
        objectives=_objectives(instance, choice, order),
        tables={ANNOUNCED: frame},
        schemas=[schema],
    )


def where_all_stay(instance: Instance) -> tuple[Instance, int]:
    """The task of ``with_announced`` in which everybody whose announced option a rule still admits may take nothing else, and how many
    they are: no legal plan keeps more. Where a plan of it keeps them all, it is a plan of the task that keeps most, and what
    is proven of its other goals holds for all such plans."""
    choice, told = choice_of(instance), instance.tables[ANNOUNCED]
    rules, measures = rules_of(instance.policy), measures_of(instance.policy)
    table = taken_table(choice, told, instance, measures)
    data = RuleData(instance, {table.id: table}, others=tuple(rules))
    fine = np.ones(len(told), dtype=bool)
    for rule in rules:
        mask = rule.admit(table, data)
        fine &= True if mask is None else mask
    stay = {
        "id": STAYS, "clause": CLAUSE, "kind": "eligible", "table": choice.id, "where": {STAYS: 1}, "require": {KEPT: 1},
        "title": {"zh": "可以不变的农户都不变", "en": "who can stay as they were told do"},
    }  # fmt: skip
    flagged = told.assign(**{STAYS: fine.astype(np.int64)})
    fixed = varied(
        instance,
        rules=[stay],
        measures=[{**_lookup(choice, STAYS, {choice.set: choice.set}), "column": STAYS}],
        tables={ANNOUNCED: flagged},
        schemas=[_schema(instance, choice, Column(name=STAYS, zh="可不变", type="whole", at_least=0, at_most=1))],
    )
    return fixed, int(fine.sum())


def held_to(instance: Instance, kept: int, additions: bool) -> Instance:
    """The task with the rule that ``kept`` households (``additions``: less those added) stay as they were told."""
    choice = choice_of(instance)
    rule = {
        "id": ANNOUNCED, "clause": CLAUSE, "kind": "total", "title": dict(_ROWS_TITLE if additions else _TITLE),
        "at_least": kept, "unit": "households", "terms": _terms(choice, additions),
    }  # fmt: skip
    return varied(instance, rules=[rule])


def kept_in(instance: Instance, taken: pd.DataFrame, additions: bool) -> int:
    """How many rows of a plan's choice table are as announced (``additions``: less those of people who had none)."""
    choice, told = choice_of(instance), instance.tables[ANNOUNCED]
    keys = list(choice.keys)
    rows = taken[keys].astype(str)
    kept = len(rows.merge(told[keys].astype(str), on=keys))
    return kept - int((~rows[choice.set].isin(set(told[choice.set]))).sum()) if additions else kept


def _terms(choice: Choice, additions: bool) -> list[dict[str, Any]]:
    kept = {"table": choice.id, "measure": KEPT}
    return [kept, {"table": choice.id, "measure": FRESH, "times": -1}] if additions else [kept]


def _measures(choice: Choice, additions: bool) -> list[Entry]:
    """1 for the option that was announced; with ``additions`` also 1 for every option of somebody who had none."""
    whole = {key: key for key in choice.keys}
    found: list[Entry] = [_lookup(choice, KEPT, whole)]
    if additions:
        found.append(_lookup(choice, KNOWN, {choice.set: choice.set}))
        found.append({"id": FRESH, "clause": CLAUSE, "kind": "sum", "on": choice.id, "plus": [1], "minus": [KNOWN]})
    return found


def _lookup(choice: Choice, name: str, keys: Mapping[str, str]) -> Entry:
    return {
        "id": name, "clause": CLAUSE, "kind": "lookup", "on": choice.id, "table": ANNOUNCED, "column": KEPT,
        "keys": dict(keys),
    }  # fmt: skip


def _objectives(instance: Instance, choice: Choice, order: Order) -> Sequence[Entry]:
    """The goal of keeping, put before the policy's own or after those over the choices; or inside one, with its weight."""
    own: list[Entry] = [entry for entry in instance.policy.objective if entry["id"] != ANNOUNCED]
    keep = {
        "id": ANNOUNCED, "clause": CLAUSE, "kind": "sum", "title": dict(_ROWS_TITLE if order.additions else _TITLE),
        "sense": "max", "unit": "households", "terms": _terms(choice, order.additions),
    }  # fmt: skip
    if order.first == "kept":
        return [keep, *own]
    if order.weight is not None:
        own = _weighed(own, choice, order)
    last = next((n for n, entry in enumerate(own) if entry.get("given_choices")), len(own))
    return [*own[:last], keep, *own[last:]]


def _weighed(own: list[Entry], choice: Choice, order: Order) -> list[Entry]:
    sums = [str(e["id"]) for e in own if e["kind"] == "sum" and not e.get("given_choices")]
    goal = order.goal or (sums[0] if sums else "")
    if goal not in sums:
        raise OptimizerError(
            Wording(f"目标“{goal}”不能与户数加权。", f"The goal '{goal}' cannot be weighed against households."),
            nearest(goal, sums),
        )
    done = []
    for entry in own:
        if entry["id"] == goal:
            sign = 1 if entry["sense"] == "max" else -1
            more = [
                {**t, "times": sign * int(t.get("times", 1)) * (order.weight or 0)}
                for t in _terms(choice, order.additions)
            ]
            entry = {**entry, "terms": [*entry["terms"], *more]}
        done.append(entry)
    return done


def _schema(instance: Instance, choice: Choice, *more: Column) -> Table:
    """The table of what was announced: the columns of the options, as the input tables have them."""
    source = instance.policy.table_named(choice.source)
    columns = []
    for key in choice.keys:
        if key == "year":
            columns.append(Column(name="year", zh="年份", type="year", key=True))
        elif key in SLOTS:
            columns.append(Column(name=key, zh=f"房型{key[-1]}", type="code", key=True, empty=True))
        else:
            columns.append(source.column_named(key).model_copy(update={"key": True}))
    columns.append(Column(name=KEPT, zh="已公布", type="whole", at_least=0, at_most=1))
    return Table(name=ANNOUNCED, zh="已公布方案", column=(*columns, *more), optional=True)
