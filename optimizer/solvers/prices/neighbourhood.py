"""Large-neighbourhood search where the gap sits.

At prices λ the distance from a plan to the bound splits exactly into what each set loses against its
best reply, and what each row's unused limit is worth. Opening the sets that lose most, the rows whose
unused limits are worth most and the sets that could make room on those rows gives a small whole
program whose solution is at least as good as the plan.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from optimizer.program import FREE, Floats, Ints
from optimizer.solvers.prices.candidates import Candidates
from optimizer.solvers.prices.finish import Opening, possible_whole, rank_in_set
from optimizer.solvers.prices.pricing import Answer
from optimizer.solvers.prices.problem import StageProblem

FEW = 5
"""Options of an opened set: its best few, the one it holds, and none."""


def neighbourhood(
    problem: StageProblem, plan: Ints, price: Floats, reduced: Floats, sets: int, draw: np.random.Generator
) -> Opening:
    """An opening of about ``sets`` choice sets: half in the units that lose most, half that could make room."""
    program = problem.program
    owner, start = program.set_of_option(), program.set_start
    value = reduced[: program.options]
    answer = problem.answer(reduced)
    loss = losses(problem, plan, reduced, answer)
    near = _nearness(problem, price, loss, draw)
    opened = _sets_of(problem, _drawn(loss * near, sets, draw), sets // 2)
    rows = _worthwhile_rows(problem, plan, price, opened, max(6, sets // 60), draw)
    opened[_movers(problem, rows, near, sets - int(opened.sum()), draw)] = True
    wanted = (plan[: program.options] > 0) | (rank_in_set(value, owner, start) < FEW)
    wanted[answer.option[answer.option >= 0]] = True
    return _opened(problem, plan, opened, opened[owner] & wanted)


def all_losers(problem: StageProblem, plan: Ints, weights: Candidates, reduced: Floats, most: int) -> Opening:
    """The units that lose against their best reply, the largest losses first, at most ``most`` sets: free between what
    they hold, their best reply, and what carries weight in the master's mixture."""
    program = problem.program
    answer = problem.answer(reduced)
    loss = losses(problem, plan, reduced, answer)
    units = np.flatnonzero(loss > 1e-9 * max(1.0, float(np.abs(answer.worth).max(initial=1.0))))
    opened = _sets_of(problem, units[np.argsort(-loss[units])], most)
    wanted = (weights.option > 1e-6) | (plan[: program.options] > 0)
    wanted[answer.option[answer.option >= 0]] = True
    return _opened(problem, plan, opened, opened[program.set_of_option()] & wanted)


def losses(problem: StageProblem, plan: Ints, reduced: Floats, answer: Answer) -> Floats:
    """What each unit loses in the plan against its best reply at the prices; never negative but for rounding."""
    program, pricing = problem.program, problem.pricing
    held = np.bincount(
        pricing.unit[program.set_of_option()],
        weights=reduced[: program.options] * plan[: program.options],
        minlength=pricing.units,
    )
    if len(pricing.whole_column):
        whole = reduced[pricing.whole_column] * plan[pricing.whole_column]
        held += np.bincount(pricing.whole_group, weights=whole, minlength=pricing.units)
    return np.asarray(answer.worth - held, dtype=np.float64)


def _sets_of(problem: StageProblem, units: Ints, most: int) -> np.ndarray:  # type: ignore[type-arg]
    """The sets of the units, in order, until there are ``most`` (a mask over sets)."""
    unit = problem.pricing.unit
    size = np.bincount(unit, minlength=problem.pricing.units)
    chosen = units[np.cumsum(size[units]) <= max(most, int(size[units[:1]].sum()))]
    inside = np.zeros(problem.pricing.units, dtype=bool)
    inside[chosen] = True
    return np.asarray(inside[unit])


def _opened(problem: StageProblem, plan: Ints, opened: np.ndarray, keep: np.ndarray) -> Opening:  # type: ignore[type-arg]
    """The plan fixed but for the options ``keep`` of the sets ``opened``, the amounts, and the whole-group columns
    of groups with an opened set."""
    program, pricing = problem.program, problem.pricing
    owner = program.set_of_option()
    current = plan[: program.options] > 0
    fixed = plan.copy()
    fixed[: program.options][opened[owner]] = 0
    fixed[problem.amounts] = 0
    free = [np.flatnonzero(keep), problem.amounts]
    if len(pricing.whole_column):
        group_open = np.zeros(pricing.units, dtype=bool)
        group_open[pricing.unit[opened]] = True
        touched = group_open[pricing.whole_group]
        fixed[pricing.whole_column[touched]] = 0
        could = possible_whole(problem, keep | current)
        free.append(pricing.whole_column[touched & could])
    columns = np.unique(np.concatenate(free))
    return Opening(columns[program.upper[columns] > 0], fixed)


def _nearness(problem: StageProblem, price: Floats, loss: Floats, draw: np.random.Generator) -> Floats:
    """How much each unit shares priced rows with one unit drawn by its loss: places compete with their neighbours."""
    units = problem.pricing.units
    owner = problem.pricing.unit[problem.program.set_of_option()]
    priced = np.abs(price) > 1e-12
    touched = problem.columns_by_row[: problem.program.options].astype(bool)[:, priced]
    gather = sp.csr_array((np.ones(len(owner)), (owner, np.arange(len(owner)))), shape=(units, len(owner)))
    incidence = sp.csr_array((gather @ touched.astype(np.float64)) > 0).astype(np.float64)
    weight = np.maximum(loss, 0.0) + 1e-12
    centre = int(draw.choice(units, p=weight / weight.sum()))
    shared = incidence @ incidence[[centre]].toarray().ravel()
    return np.asarray(0.02 + (shared / max(1.0, float(shared.max(initial=0.0)))) ** 3)


def _drawn(weight: Floats, count: int, draw: np.random.Generator) -> Ints:
    """The heaviest, slightly shuffled so that repeated calls look elsewhere too."""
    positive = np.flatnonzero(weight > 1e-12)
    score = weight[positive] * draw.uniform(0.3, 1.0, len(positive))
    return positive[np.argsort(-score)[:count]]


def _worthwhile_rows(
    problem: StageProblem,
    plan: Ints,
    price: Floats,
    wanted: np.ndarray,  # type: ignore[type-arg]
    count: int,
    draw: np.random.Generator,
) -> Ints:
    """Rows whose unused limit is worth most at the prices, and the priced rows that the losers' options use."""
    activity = problem.matrix @ plan
    above = np.where(problem.upper < FREE, problem.upper - activity, 0) / problem.scale
    below = np.where(problem.lower > -FREE, activity - problem.lower, 0) / problem.scale
    worth = np.where(price > 0, price * above, np.where(price < 0, -price * below, 0.0))
    owner = problem.program.set_of_option()
    columns = np.flatnonzero(wanted[owner])
    used = np.unique(problem.columns_by_row[columns].indices)
    heard = np.zeros(len(price))
    heard[used] = np.abs(price[used]) > 1e-12
    return np.union1d(_drawn(worth, count, draw), _drawn(heard, count, draw))


def _movers(problem: StageProblem, rows: Ints, near: Floats, count: int, draw: np.random.Generator) -> Ints:
    """Sets with an option on one of the rows, spread over the rows, rather from units near the centre."""
    if not len(rows) or count <= 0:
        return np.zeros(0, dtype=np.int64)
    owner = problem.program.set_of_option()
    part = problem.by_row[rows]
    found = []
    for number in range(len(rows)):
        columns = part.indices[part.indptr[number] : part.indptr[number + 1]]
        sets = np.unique(owner[columns[columns < problem.program.options]])
        score = near[problem.pricing.unit[sets]] * draw.uniform(0.0, 1.0, len(sets))
        found.append(sets[np.argsort(-score)[: max(1, count // len(rows))]])
    return np.unique(np.concatenate(found))
