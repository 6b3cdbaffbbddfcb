"""Small random programs of whole amounts in places, joined by a budget, with every legal plan at hand."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import scipy.sparse as sp

from optimizer.program import FREE, Ints, Program, Stage, scale_of
from optimizer.wording import Wording

PLACES, EACH, MOST = 3, 2, 3


def placed(seed: int, budget_share: float, grouped: bool) -> Program:
    """Two amounts 0 … 3 at each of three places under a limit of the place, a budget over all, and three stages (two of
    one objective where ``grouped``). ``budget_share``: of what everything would cost."""
    draw = np.random.default_rng(seed)
    columns = PLACES * EACH
    own = np.zeros((PLACES, columns), dtype=np.int64)
    for place in range(PLACES):
        own[place, place * EACH : (place + 1) * EACH] = draw.integers(1, 5, EACH)
    budget = draw.integers(1, 6, columns)
    matrix = sp.csr_array(np.vstack([own, budget]))
    limits = np.append(draw.integers(4, 12, PLACES), int(budget_share * MOST * budget.sum()))
    values = draw.integers(-2, 9, (3, columns))
    objective = ["a", "a", "b"] if grouped else ["", "", ""]
    stages = tuple(
        Stage(
            f"s{n}", "T-1", Wording("", ""), int(draw.choice([1, 1, -1])), "1", values[n] * (n + 1), objective=objective[n]
        )
        for n in range(3)
    )  # fmt: skip
    rows = len(limits)
    keys = pd.DataFrame({"rule": ["r"] * rows, "clause": ["T-1"] * rows, "key": list(map(str, range(rows)))})
    return Program(
        sp.csc_array(matrix), np.full(rows, -FREE), limits.astype(np.int64), scale_of(matrix), np.ones(rows, np.int64), keys,
        np.full(columns, MOST, dtype=np.int64), np.zeros(1, dtype=np.int64), (), {"amounts": (0, columns)}, None, stages,
        place_of_amount=np.repeat(np.arange(PLACES), EACH),
    )  # fmt: skip


def plans(program: Program) -> Ints:
    """Every legal plan, one a row."""
    every = np.array(list(product(*(range(u + 1) for u in program.upper))), dtype=np.int64)
    return every[[not program.faults(x) for x in every]]


def in_order(program: Program) -> list[int]:
    """The best value of each stage among plans that are best in the stages before."""
    legal, best = plans(program), []
    for stage in program.stages:
        worth = legal @ stage.value
        best.append(int(stage.sign * (stage.sign * worth).max()))
        legal = legal[worth == best[-1]]
    return best
