"""From a solver's outcome to certificate.json; stages that came without prices get those of their LP where it is small."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import highspy
import numpy as np

from optimizer.instance import Instance
from optimizer.lagrangian.bound import Kept, exact_bound, exact_total, whole_prices
from optimizer.lagrangian.given import given
from optimizer.lagrangian.record import Certificate, KeptValue, StageCertificate, stated_prices
from optimizer.program import Floats, Program, Stage
from optimizer.solvers.base import Outcome, StageOutcome
from optimizer.solvers.direct import written_out
from optimizer.solvers.highs import passed, run

SMALL = 12_000
"""Up to this many columns the LP of a stage is solved for its prices alone."""

SECONDS = 20.0


def with_prices(program: Program, outcome: Outcome) -> Outcome:
    """The outcome with prices for stages that have none: over the amounts alone where the choices were given, over the
    whole program where it is small. A price bound that is better than the solver's takes its place."""
    stages: list[StageOutcome] = []
    for number, stage in enumerate(outcome.stages):
        kept = [(s.stage, s.value) for s in outcome.stages[:number]]
        stages.append(_priced(program, outcome, stage, kept) if stage.prices is None else stage)
    return replace(outcome, stages=tuple(stages))


def _priced(program: Program, outcome: Outcome, solved: StageOutcome, kept: Kept) -> StageOutcome:
    stage, fixed = solved.stage, 0
    if stage.given_choices:
        left = given(program, outcome.x[: program.options])
        program = left.program
        stage, kept, fixed = left.problem(stage, kept)
    price = lp_prices(program, stage, kept) if program.columns <= SMALL else None
    if price is None:
        return solved
    try:
        prices, shift = whole_prices(program, stage, kept, price)
        proven = exact_bound(program, stage, kept, prices, shift) + fixed
    except OverflowError:
        return solved
    bound = min(solved.bound, proven) if stage.sign > 0 else max(solved.bound, proven)
    return replace(solved, bound=bound, prices=prices, shift=shift, price_bound=proven)


def lp_prices(program: Program, stage: Stage, kept: Kept) -> Floats | None:
    """The dual solution of the stage's LP: one price for one base unit of each row and kept stage; None where HiGHS ends
    without an optimum."""
    whole = written_out(program, list(kept), (stage.sign * stage.value).astype(np.float64))
    highs = passed(whole, whole.low, whole.high, np.zeros(program.columns, dtype=bool))
    run(highs, SECONDS, lambda: False)
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    dual = np.asarray(highs.getSolution().row_dual) / whole.scale
    first = len(dual) - len(kept)
    return np.asarray(np.append(dual[: program.matrix.shape[0]], dual[first:]), dtype=np.float64)


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
    plain = StageCertificate(
        stage=stage.id,
        sense="max" if stage.sign > 0 else "min",
        value=value,
        bound=solved.bound + base,
        proof="prices" if solved.bound == solved.price_bound else "solver",
        given_choices=stage.given_choices,
    )
    if solved.prices is None or solved.price_bound is None:
        return plain
    prices, rows = solved.prices, len(program.rows)
    if stage.given_choices:
        left = given(program, outcome.x[: program.options])
        mine, small, _ = left.problem(stage, kept)
        total = exact_total(left.program, mine, small, prices, solved.shift)
    else:
        total = exact_total(program, stage, kept, prices, solved.shift)
    keeps = [
        KeptValue(stage=s.id, value=v + s.base, price=int(p)) for (s, v), p in zip(kept, prices[rows:], strict=True)
    ]
    found = {"price_bound": solved.price_bound + base, "total": total, "shift": solved.shift}
    return plain.model_copy(update={**found, "prices": stated_prices(program, prices), "keeps": tuple(keeps)})
