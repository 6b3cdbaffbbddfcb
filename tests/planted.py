"""Tasks without a legal plan, made from the minis by one change each: a budget cut, a target raised, room taken away, a
share moved, households signed for what is full. Seeded; which rules the change touches is found by comparing programs."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd
import scipy.sparse as sp

from optimizer.analysis.by_rule import ByRule
from optimizer.analysis.levers import Lever, levers_of
from optimizer.analysis.share_levers import ShareLever, share_levers
from optimizer.analysis.variant import with_cells, with_numbers
from optimizer.api import load
from optimizer.build import build
from optimizer.bundled import bundled_instances
from optimizer.instance import Instance
from optimizer.rules.decided import Decided
from optimizer.solvers.base import Limits
from optimizer.solvers.feasible import any_plan

MINIS = (
    "songjiang-mini", "guangxi-mini", "honghe-mini", "hunan-mini",
    "taiyuan-mini" if "taiyuan-mini" in bundled_instances() else "taiyuan",
)  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """A task made impossible, what was done to it, and the rules that the change touches."""

    instance: Instance
    what: str
    rules: frozenset[str]


@cache
def base(name: str) -> tuple[Instance, ByRule, tuple[Lever | ShareLever, ...]]:
    """A mini, its program by rules, and its numbers that could be moved."""
    instance = load(name)
    model = build(instance, all_options=True)
    levers = [x for x in levers_of(model, model.rules) if x.now > 0]
    return (
        instance,
        ByRule(model),
        (*levers, *(s for s in share_levers(model, model.rules) if s.now not in (0, 10_000))),
    )


EACH_SECONDS = 6.0
"""For a draw that is not shown to be impossible in this time the next is taken."""


def planted(name: str, seed: int) -> Planted:
    """A task without a legal plan, by the seed: changes are drawn until one provably leaves no plan."""
    chance = random.Random(f"{name} {seed}")
    _, parts, _ = base(name)
    for what, changed in _changes(name, chance):
        other = ByRule(build(changed, all_options=True))
        if any_plan(other.whole, Limits(0.0, EACH_SECONDS)).impossible:
            return Planted(changed, what, frozenset(touched(parts, other)))
    raise AssertionError("the draws do not end")


def _changes(name: str, chance: random.Random) -> Iterator[tuple[str, Instance]]:
    """Changes without end, harder and harder."""
    instance, parts, levers = base(name)
    signs = any(isinstance(r, Decided) for r in parts.model.rules)
    for hardness in range(1000):
        if signs and chance.random() < 0.25:
            yield _signed(instance, parts, chance, 2 + hardness)
            continue
        lever = chance.choice(levers)
        same = [x for x in levers if x.group == lever.group]
        factor = chance.uniform(0.0, 0.8) if lever.direction > 0 else chance.uniform(1.2, 3.0) + hardness
        if chance.random() < 0.5:
            same = [lever]
        yield _tightened(instance, same, factor)


def _tightened(instance: Instance, levers: list[Lever | ShareLever], factor: float) -> tuple[str, Instance]:
    """The numbers times the factor, in whole steps; shares at most 100 %."""
    numbers = {}
    cells = {}
    for lever in levers:
        to = int(lever.now * factor) // lever.step * lever.step
        if lever.unit == "bp":
            to = min(to, 10_000)
        if lever.cell is None:
            numbers[f"{lever.rule}.{lever.field}"] = to
        else:
            cells[lever.cell.table, lever.cell.row, lever.cell.column] = to
    where = levers[0].group[1] if len(levers) > 1 or levers[0].cell is None else str(levers[0].cell)
    what = f"{levers[0].rule} {where} ({len(levers)}) times {factor:.3f}"
    return what, with_numbers(with_cells(instance, cells), numbers)


def _signed(instance: Instance, parts: ByRule, chance: random.Random, count: int) -> tuple[str, Instance]:
    """So many households signed for one thing that they may all choose."""
    rule = next(r for r in parts.model.rules if isinstance(r, Decided))
    choice = next(t for t in parts.model.tables.values() if t.set_column is not None)
    frame = choice.frame[[choice.set_column or "", *rule.match]].astype(str).drop_duplicates()
    target = chance.choice(sorted({tuple(row) for row in frame[list(rule.match)].itertuples(index=False)}))
    able = sorted(set(frame.loc[(frame[list(rule.match)] == list(target)).all(axis=1), choice.set_column]))
    names = chance.sample(able, min(count, len(able)))
    table = instance.tables[rule.decisions]
    rows = pd.DataFrame(dict.fromkeys(table.columns, ""), index=range(len(names)))
    rows[choice.set_column] = names
    rows["state"] = "signed"
    for column, value in zip(rule.match, target, strict=True):
        rows[column] = value
    tables = {
        **instance.tables,
        rule.decisions: pd.concat([table.astype(object), rows.astype(object)], ignore_index=True),
    }
    return f"{len(names)} signed for {' '.join(target)}", replace(instance, tables=tables, source="")


def touched(one: ByRule, other: ByRule) -> set[str]:
    """The rules whose part of the program differs."""
    return {r.id for r in one.model.rules if _differs(one, other, r.id)}


def _differs(one: ByRule, other: ByRule, name: str) -> bool:
    left, right = one.only([name]), other.only([name])
    if left.matrix.shape != right.matrix.shape or not np.array_equal(left.upper, right.upper):
        return True
    if not (np.array_equal(left.row_lower, right.row_lower) and np.array_equal(left.row_upper, right.row_upper)):
        return True
    return bool(sp.csr_array(left.matrix - right.matrix).count_nonzero())
