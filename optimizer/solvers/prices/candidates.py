"""What the last master leaves open: the options that carry weight, set by set."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.program import Floats, Ints
from optimizer.solvers.prices.master import Master
from optimizer.solvers.prices.problem import StageProblem


@dataclass(frozen=True)
class Candidates:
    """Weights of a master's mixture: ``option`` a column of the program, ``none`` a set, ``whole`` a
    whole-group column (in ``groups`` order)."""

    option: Floats
    none: Floats
    whole: Floats


def candidates(problem: StageProblem, master: Master) -> Candidates:
    """The mixture spelled out over options."""
    pricing = problem.pricing
    sets_of_block = np.argsort(master.block_of_set, kind="stable")
    edges = np.searchsorted(master.block_of_set[sets_of_block], np.arange(master.blocks + 1))
    option = np.zeros(problem.program.options)
    none = np.zeros(pricing.sets)
    whole = np.zeros(len(pricing.whole_column))
    _, mixture = master.mixture()
    for owner, weight in mixture:
        answer = master.answers[owner.answer]
        sets = sets_of_block[edges[owner.block] : edges[owner.block + 1]]
        taken = answer.option[sets]
        np.add.at(option, taken[taken >= 0], weight)
        none[sets[taken < 0]] += weight
        if len(answer.whole):
            mine = answer.whole[master.block_of_unit[pricing.whole_group[answer.whole]] == owner.block]
            whole[mine] += weight
    return Candidates(option, none, whole)


def open_sets(problem: StageProblem, weights: Candidates) -> Ints:
    """Sets whose mixture is not one whole option (or none)."""
    start = problem.program.set_start
    heaviest = np.maximum.reduceat(np.append(weights.option, 0.0), start[:-1]) if problem.pricing.sets else np.zeros(0)
    return np.flatnonzero(np.maximum(heaviest, weights.none) < 1 - 1e-6)
