"""Exact audit of any plan, also one made by hand: whole numbers only, no solver, nothing of ``build``."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from optimizer.decisions import Decision, DecisionTable, decisions_of
from optimizer.instance import Instance
from optimizer.measures import Measure, measures_of
from optimizer.objectives import reached_goals
from optimizer.rules import Line, Rule, RuleData, Violation, rules_of

CLAUSE_COLUMNS = (
    "clause", "rule", "key", "sense", "limit", "attained", "slack", "status", "price", "unit", "title_zh", "title_en",
)  # fmt: skip


@dataclass(frozen=True)
class Audit:
    """What an audit finds.

    ``clauses``: one row a rule and key, columns ``CLAUSE_COLUMNS``, numbers in base units (price NaN).
    ``violations``: the lines that break a clause. ``tables``: the plan's rows with all attributes and
    measures computed afresh. ``statements``: running accounts by rule. ``reached``: goal of an objective → value.
    """

    clauses: pd.DataFrame
    violations: tuple[Violation, ...]
    tables: Mapping[str, DecisionTable]
    statements: Mapping[str, pd.DataFrame]
    reached: Mapping[str, int]


def audit(instance: Instance, tables: Mapping[str, pd.DataFrame], seed: int = 1) -> Audit:
    """Audit plan tables (keys and quantities, base units) against every rule of the instance's policy.

    A table that is missing counts as empty. Unknown codes are violations, not errors.
    """
    decisions, measures = decisions_of(instance.policy), measures_of(instance.policy)
    rules = rules_of(instance.policy)
    taken = {d.id: taken_table(d, tables.get(d.id), instance, measures) for d in decisions}
    data = RuleData(instance, taken, seed, admitted_options(instance, decisions, measures, rules), tuple(rules))
    found = [(rule, data.lines_of(rule)) for rule in rules]
    violations = [
        Violation(rule.clause, rule.id, line.key, rule.explain(line))
        for rule, lines in found
        for line in lines
        if line.status == "violated"
    ]
    statements = {rule.id: s for rule in rules if (s := rule.statement(data)) is not None}
    return Audit(clause_table(found), tuple(violations), taken, statements, reached_goals(instance.policy, data))


def taken_table(
    decision: Decision, rows: pd.DataFrame | None, instance: Instance, measures: list[Measure]
) -> DecisionTable:
    """A plan's rows of one decision, with attributes and measures computed afresh from the input tables."""
    keys, quantity = decision.keys, decision.quantity
    columns = [*keys, *([quantity] if quantity else [])]
    if rows is None or rows.empty:
        rows = pd.DataFrame({c: pd.Series(dtype="int64" if c in ("year", quantity) else object) for c in columns})
    for column in columns:
        if column not in rows:
            rows = rows.assign(**{column: 0 if column in ("year", quantity) else ""})
    plain = rows[columns].reset_index(drop=True)
    own = [m for m in measures if m.on == decision.id]
    frame = decision.complete(plain, instance, own)
    return DecisionTable(
        decision.id, frame, np.ones(len(frame), dtype=np.int64), keys, decision.set_column, quantity, decision.unit
    )


KEPT = 20_000
"""Rows of an admitted table that is kept for the next audit of the same instance: plans are audited by the hundred."""
_kept: tuple[weakref.ref[Instance], dict[str, DecisionTable]] | None = None


def admitted_options(instance: Instance, decisions: list[Decision], measures: list[Measure], rules: list[Rule]):  # type: ignore[no-untyped-def]
    """A function that makes (once) the admitted options of a decision table from the input."""
    global _kept
    if _kept is None or _kept[0]() is not instance:
        _kept = (weakref.ref(instance), {})
    small = _kept[1]

    @cache
    def options(name: str) -> DecisionTable:
        if name in small:
            return small[name]
        decision = next(d for d in decisions if d.id == name)
        table = decision.options(instance, [m for m in measures if m.on == name])
        data = RuleData(instance, {name: table})
        keep = np.ones(len(table.frame), dtype=bool)
        for rule in rules:
            mask = rule.admit(table, data)
            keep &= True if mask is None else mask
        admitted = table.only(keep)
        if len(admitted.frame) <= KEPT:
            small[name] = admitted
        return admitted

    return options


def clause_table(found: list[tuple[Rule, list[Line]]]) -> pd.DataFrame:
    """All lines as one frame, columns ``CLAUSE_COLUMNS``; a rule without lines stands as one record."""
    none = [Line("", "record", None, 0, "record")]
    rows = [
        (rule.clause, rule.id, line.key, line.sense, line.limit, line.attained, line.slack, line.status,
         np.nan, rule.unit, rule.title.zh, rule.title.en)
        for rule, lines in found
        for line in lines or none
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(CLAUSE_COLUMNS))
    return frame.astype({"limit": "Int64", "attained": "Int64", "slack": "Int64", "price": "float64"})
