"""From a solver's outcome to certificate.json; where its prices prove less than it claims, small programs get better ones."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from optimizer.instance import Instance
from optimizer.lagrangian.bound import Kept, exact_bound, exact_total, whole_prices
from optimizer.lagrangian.branches import Case
from optimizer.lagrangian.given import Given, given
from optimizer.lagrangian.record import CaseCertificate, Certificate, KeptValue, StageCertificate, stated_prices
from optimizer.program import Program, Stage
from optimizer.solvers.base import Limits, Outcome, StageOutcome
from optimizer.solvers.branching import CASES, SECONDS, lp_prices, split_into_cases

PRICED = 12_000
"""Up to this many columns the LP of a stage is solved for its prices alone."""

SPLIT = 3_000
"""Up to this many columns a bound that prices do not prove is sought by cases."""

TOGETHER = 3.0
"""Seconds that the cases of all stages may take together; one stage may take half of what is left."""


def with_prices(program: Program, outcome: Outcome, limits: Limits) -> Outcome:
    """The outcome with the prices of its LPs for small stages whose bound is not proven by prices, and with cases where
    these do not prove it either. A price bound that is better than the solver's takes its place. After a stop the LPs still
    have ``GRACE`` seconds each."""
    stages: list[StageOutcome] = []
    left = TOGETHER
    for number, solved in enumerate(outcome.stages):
        kept = [(s.stage, s.value) for s in outcome.stages[:number]]
        proven = solved.bound == solved.price_bound
        if not proven:
            solved, spent = _proven(program, outcome, solved, kept, limits, left / 2)
            left -= spent
        stages.append(solved)
    return replace(outcome, stages=tuple(stages))


def _left(program: Program, outcome: Outcome, stage: Stage) -> Given | None:
    """What is left of the program where the stage is over the amounts alone."""
    return given(program, outcome.x[: program.options]) if stage.given_choices else None


def _proven(
    program: Program, outcome: Outcome, solved: StageOutcome, kept: Kept, limits: Limits, seconds: float
) -> tuple[StageOutcome, float]:
    """The stage with what prices, or cases within ``seconds``, prove of it, and the seconds that cases took."""
    stage, fixed = solved.stage, 0
    left = _left(program, outcome, stage)
    if left is not None:
        program = left.program
        stage, kept, fixed = left.problem(stage, kept)
    began = time.perf_counter()
    found = lp_prices(program, stage, kept, limits) if program.columns <= PRICED else None
    slow = time.perf_counter() - began > 2 * SECONDS / CASES
    if found is None or found[1] is None:
        return solved, 0.0
    try:
        prices, shift = whole_prices(program, stage, kept, found[0])
        bound = exact_bound(program, stage, kept, prices, shift) + fixed
    except OverflowError:
        return solved, 0.0
    if solved.price_bound is None or stage.sign * (bound - solved.price_bound) < 0:
        solved = replace(solved, prices=prices, shift=shift, price_bound=bound)
    if stage.sign * (bound - solved.bound) <= 0:
        return replace(solved, bound=bound), 0.0
    if program.columns > SPLIT or slow or limits.over():  # so many LPs would not be done in time
        return solved, 0.0
    began = time.perf_counter()
    cases = split_into_cases(program, stage, kept, solved.bound - fixed, limits, seconds)
    if left is not None:  # columns of the whole program
        cases = [replace(c, where=tuple((int(left.columns[j]), s, k) for j, s, k in c.where)) for c in cases]
    return replace(solved, cases=tuple(cases)), time.perf_counter() - began


def certificate_of(
    program: Program, outcome: Outcome, reached: Mapping[str, int], instance: Instance
) -> Certificate:  # fmt: skip
    """The certificate of a finished plan; ``reached`` are the values that its audit found."""
    stages = []
    for number, solved in enumerate(outcome.stages):
        kept = [(s.stage, s.value) for s in outcome.stages[:number]]
        stages.append(_stage(program, outcome, solved, kept, reached[solved.stage.id]))
    last = stages[-1] if stages else None
    return Certificate(
        instance=instance.name,
        policy=instance.policy.id,
        policy_sha256=instance.policy.fingerprint(),
        bound=last.bound if last else None,
        prices=last.prices if last else (),
        stages=tuple(stages),
    )


def _stage(program: Program, outcome: Outcome, solved: StageOutcome, kept: Kept, value: int) -> StageCertificate:
    stage, base = solved.stage, solved.stage.base
    priced = solved.bound == solved.price_bound
    plain = StageCertificate(
        stage=stage.id,
        sense="max" if stage.sign > 0 else "min",
        value=value,
        bound=solved.bound + base,
        proof="prices" if priced else "cases" if solved.cases else "solver",
        given_choices=stage.given_choices,
    )
    if solved.prices is None or solved.price_bound is None:
        return plain
    prices, rows = solved.prices, len(program.rows)
    left = _left(program, outcome, stage)
    here, (mine, small) = program, (stage, kept)
    if left is not None:
        here = left.program
        mine, small, _ = left.problem(stage, kept)
    total = exact_total(here, mine, small, prices, solved.shift)
    keeps = [
        KeptValue(stage=s.id, value=v + s.base, price=int(p)) for (s, v), p in zip(kept, prices[rows:], strict=True)
    ]
    found = {"price_bound": solved.price_bound + base, "total": total, "shift": solved.shift}
    cases = () if priced else tuple(_case(program, case, len(kept)) for case in solved.cases)
    prices_of_rows = stated_prices(program, prices)
    return plain.model_copy(update={**found, "prices": prices_of_rows, "keeps": tuple(keeps), "cases": cases})


def _case(program: Program, case: Case, kept: int) -> CaseCertificate:
    rows = len(program.rows)
    rest = [int(p) for p in case.prices[rows:]]
    return CaseCertificate(
        where=tuple((*_named(program, column), sense, k) for column, sense, k in case.where),
        shift=case.shift,
        prices=stated_prices(program, case.prices),
        keeps=tuple(rest[:kept]),
        splits=tuple(rest[kept:]),
    )


def _named(program: Program, column: int) -> tuple[str, int]:
    """A column as decision table and number in it."""
    return next((n, column - first) for n, (first, many) in program.tables.items() if first <= column < first + many)
