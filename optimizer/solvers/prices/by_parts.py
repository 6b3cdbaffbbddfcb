"""One stage of a program of many parts: nested prices with their exact bound, then a whole plan part by part."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from optimizer.program import FREE, Floats, Ints, Program, Stage, scale_of
from optimizer.solvers.base import StageOutcome, StageTeller
from optimizer.solvers.prices.certificate import exact_bound, whole_prices
from optimizer.solvers.prices.nested import linking_of, make_parts, search_parts
from optimizer.solvers.prices.partition import partition
from optimizer.solvers.prices.pricing import Pricing
from optimizer.solvers.prices.settings import Settings
from optimizer.solvers.prices.whole_parts import WholeParts
from optimizer.wording import Wording

NESTED = Wording("价格导向法（逐县嵌套）", "prices, nested by place")


def fits(program: Program, settings: Settings) -> bool:
    """Whether the program is large, has enough places, and has no all-or-nothing groups."""
    if program.groups is not None or program.part_of_set is None or program.options < settings.nested_at_least:
        return False
    return int(program.part_of_set.max(initial=-1)) + 1 >= settings.parts_at_least


def solve_by_parts(
    program: Program, pricing: Pricing, stage: Stage, kept: list[tuple[Stage, int]], cost: Floats, tell: StageTeller,
    settings: Settings,
) -> tuple[Ints, StageOutcome] | None:  # fmt: skip
    """A plan within the gap (or the best found) with its exact bound; None where the parts are joined by too many rows or no
    plan was found, so that the flat method is to try.

    ``cost``: the stage's value to be maximised, with tie-breaks.
    """
    limits = tell.limits
    whole = with_kept(program, kept)
    by_column = sp.csr_array(whole.matrix.T)
    if program.part_of_set is None:
        return None
    split = partition(whole, program.part_of_set, by_column)
    if len(split.linking) > settings.linking_at_most:
        return None
    linking = linking_of(whole, split, by_column, cost)
    parts = make_parts(whole, stage, cost, split, by_column, settings)
    del by_column
    prices = search_parts(whole, parts, linking, limits.gap * settings.lp_share, settings, limits.over, tell.hear)
    if not prices.legal:
        return None
    multiples, shift = whole_prices(program, pricing, stage, kept, prices.price / whole.row_scale)
    proven = exact_bound(program, pricing, stage, kept, multiples, shift)
    goal = limits.gap * settings.nested_ambition * abs(prices.bound)
    plan = WholeParts(whole, split, parts, prices, linking, limits, settings).solve(goal)
    if plan is None or whole.faults(plan):
        return None
    seconds = time.perf_counter() - tell.began
    return plan, StageOutcome(
        stage, int(stage.value @ plan), proven, seconds, NESTED, multiples, shift, proven
    )  # fmt: skip


def with_kept(program: Program, kept: list[tuple[Stage, int]]) -> Program:
    """The program with the earlier stages' values as rows."""
    if not kept:
        return program
    extra = sp.csr_array(np.vstack([s.value for s, _ in kept]))
    low = np.array([v if s.sign > 0 else -int(FREE) for s, v in kept], dtype=np.int64)
    high = np.array([int(FREE) if s.sign > 0 else v for s, v in kept], dtype=np.int64)
    return replace(
        program,
        matrix=sp.csr_array(sp.vstack([program.matrix, extra], format="csr")),
        row_lower=np.append(program.row_lower, low),
        row_upper=np.append(program.row_upper, high),
        row_scale=np.append(program.row_scale, scale_of(extra)),
        row_unit=np.append(program.row_unit, np.ones(len(kept), dtype=np.int64)),
    )
