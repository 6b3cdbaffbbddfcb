"""One stage of a large program: prices for all parts together with their exact bound, then a whole plan part by part."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from optimizer.lagrangian import exact_bound, whole_prices
from optimizer.program import FREE, Floats, Ints, Program, Stage, scale_of
from optimizer.solvers.base import StageOutcome, StageTeller
from optimizer.solvers.prices.layout import outer_part, part_of
from optimizer.solvers.prices.partition import Partition, partition
from optimizer.solvers.prices.price_path import PricePath
from optimizer.solvers.prices.rounding import Rounding
from optimizer.solvers.prices.row_limits import limits_of
from optimizer.solvers.prices.settings import Settings
from optimizer.solvers.prices.side_by_side import Workers
from optimizer.wording import Wording

BY_PARTS = Wording("价格导向法（定价后逐地取整）", "prices, then whole plans place by place")

ENTRIES_AT_ONCE = 4_000_000
"""Matrix entries looked at in one go, so that temporaries stay small."""


def fits(program: Program, settings: Settings) -> bool:
    """Whether the program is large and has no all-or-nothing groups."""
    return program.groups is None and not program.mixed and program.options > settings.closed_at_most


def solve_by_parts(
    program: Program, stage: Stage, kept: list[tuple[Stage, int]], cost: Floats, tell: StageTeller, settings: Settings
) -> tuple[Ints, StageOutcome] | None:  # fmt: skip
    """A plan within the gap (or the best found) with its exact bound; None where the parts are joined by too many rows or no
    plan was found, so that the flat method is to try.

    ``cost``: the stage's value to be maximised, with tie-breaks.
    """
    limits = tell.limits
    whole = with_kept(program, kept)
    by_column = sp.csr_array(whole.matrix.T)
    sets = len(program.set_start) - 1
    part_of_set = np.zeros(sets, dtype=np.int64) if program.part_of_set is None else program.part_of_set
    split = partition(whole, part_of_set, by_column)
    if max(len(rows) for rows in split.rows) + len(split.linking) > settings.rows_at_most:
        return None
    if len(split.sets) > 1 and not len(split.linking) and not len(split.outer):
        return _one_by_one(program, stage, split, cost, tell, settings)
    with Workers() as workers:
        parts = workers.each(lambda p: part_of(whole, split, p, by_column, cost), range(len(split.sets)))
        parts += [outer_part(whole, split, by_column, cost)] if len(split.outer) else []
        row_limits = limits_of(whole, _highest_prices(by_column, cost, settings))
        path = PricePath(parts, row_limits, workers, settings)
        end = path.follow(limits.gap * settings.lp_share, limits.seed, limits.over, lambda b: tell.hear(-np.inf, b))
        price_seconds = time.perf_counter() - tell.began
        if not end.met:
            return None
        multiples, shift = whole_prices(program, stage, kept, end.price)
        proven = exact_bound(program, stage, kept, multiples, shift)
        goal = limits.gap * settings.plan_ambition * abs(end.bound)
        plan = Rounding(whole, parts, end, limits, settings, workers).solve(goal)
    if whole.faults(plan):
        return None
    seconds = time.perf_counter() - tell.began
    return plan, StageOutcome(
        stage, int(stage.value @ plan), proven, seconds, BY_PARTS, multiples, shift, proven, price_seconds
    )  # fmt: skip


def _one_by_one(
    program: Program, stage: Stage, split: Partition, cost: Floats, tell: StageTeller, settings: Settings
) -> tuple[Ints, StageOutcome] | None:
    """Parts that no row joins are programs of their own: plans and prices side by side, the bound over all of them."""
    quiet = StageTeller(replace(tell.limits, report=lambda event: None), stage, tell.number, tell.count)

    def solved(number: int) -> tuple[Ints, StageOutcome] | None:
        part, own = alone(program, stage, split, number)
        return solve_by_parts(part, own, [], cost[split.columns[number]], quiet, settings)

    with Workers() as workers:
        found = workers.each(solved, range(len(split.sets)))
    plan, price = np.zeros(program.columns, dtype=np.int64), np.zeros(program.matrix.shape[0])
    for number, done in enumerate(found):
        if done is None or done[1].prices is None:
            return None
        plan[split.columns[number]] = done[0]
        price[split.rows[number]] = done[1].prices / 2.0 ** done[1].shift
    if program.faults(plan):
        return None
    multiples, shift = whole_prices(program, stage, [], price)
    proven = exact_bound(program, stage, [], multiples, shift)
    seconds = time.perf_counter() - tell.began
    return plan, StageOutcome(stage, int(stage.value @ plan), proven, seconds, BY_PARTS, multiples, shift, proven)


def alone(program: Program, stage: Stage, split: Partition, number: int) -> tuple[Program, Stage]:
    """One part as a program of its own, over its own columns and rows, and the stage over them."""
    columns, rows = split.columns[number], split.rows[number]
    size = np.diff(program.set_start)[split.sets[number]]
    start = np.append(0, np.cumsum(size)).astype(np.int64)
    mine = replace(stage, value=stage.value[columns])
    part = Program(
        sp.csc_array(sp.csc_array(program.matrix[:, columns])[rows]), program.row_lower[rows], program.row_upper[rows],
        program.row_scale[rows], program.row_unit[rows], program.rows.iloc[rows].reset_index(drop=True),
        program.upper[columns], start, [str(s) for s in split.sets[number]], {}, None, (mine,),
    )  # fmt: skip
    return part, mine


def _highest_prices(by_column: sp.csr_array, cost: Floats, settings: Settings) -> Floats:
    """Prices beyond which it would pay to break a row: many times what a typical option is worth, for its typical use."""
    worth = np.abs(cost[cost != 0])
    typical = float(np.median(worth)) if len(worth) else 1.0
    rows = by_column.shape[1]
    size, count = np.zeros(rows), np.zeros(rows, dtype=np.int64)
    for start in range(0, by_column.nnz, ENTRIES_AT_ONCE):
        part = slice(start, start + ENTRIES_AT_ONCE)
        size += np.bincount(by_column.indices[part], np.abs(by_column.data[part]), rows)
        count += np.bincount(by_column.indices[part], minlength=rows)
    return settings.highest_price * typical * np.maximum(1, count) / np.maximum(size, 1.0)


def with_kept(program: Program, kept: list[tuple[Stage, int]]) -> Program:
    """The program with the earlier stages' values as rows."""
    if not kept:
        return program
    extra = sp.csr_array(np.vstack([s.value for s, _ in kept]))
    low = np.array([v if s.sign > 0 else -int(FREE) for s, v in kept], dtype=np.int64)
    high = np.array([int(FREE) if s.sign > 0 else v for s, v in kept], dtype=np.int64)
    return replace(
        program,
        matrix=sp.csc_array(sp.vstack([program.matrix, extra], format="csc")),
        row_lower=np.append(program.row_lower, low),
        row_upper=np.append(program.row_upper, high),
        row_scale=np.append(program.row_scale, scale_of(extra)),
        row_unit=np.append(program.row_unit, np.ones(len(kept), dtype=np.int64)),
    )
