"""The engine for hard pure problems: its programs against PuLP, its fixing against brute force, its values against both."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pulp
import pytest

from benchmarks.public import cflp, gap, location
from benchmarks.public.cflp import Splittable
from benchmarks.public.gap import Assignment
from benchmarks.public.location import Location
from optimizer.program import Program
from optimizer.solvers.base import Limits
from optimizer.solvers.cores.ascent import Top, climb, refine, second_cheapest
from optimizer.solvers.cores.engine import solve_cores
from optimizer.solvers.cores.fixing import narrowed
from optimizer.solvers.cores.lagrangian import Lagrangian
from optimizer.solvers.cores.relaxed import relaxed_prices
from optimizer.solvers.cores.shape import Bins, bins_of


def assignment(seed: int, m: int = 3, n: int = 7) -> Assignment:
    rng = np.random.default_rng(seed)
    use = rng.integers(1, 15, (m, n))
    return Assignment(rng.integers(1, 30, (m, n)), use, np.full(m, int(0.9 * use.sum() / m / m) + 5))


def places(seed: int, sites: int = 4, customers: int = 6, count: int | None = None) -> Location:
    rng = np.random.default_rng(seed)
    demand = rng.integers(1, 9, customers)
    capacity = rng.integers(8, 20, sites)
    opening = np.zeros(sites, np.int64) if count else rng.integers(5, 60, sites)
    return Location(capacity, opening, demand, rng.integers(1, 40, (customers, sites)), 0, count)


def bins_cost(program: Program) -> Bins:
    bins = bins_of(program, program.stages[0].value)
    assert bins is not None
    return bins


def everything(program: Program) -> tuple[int | None, np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """All legal plans (one a row) and their costs, by brute force over options and sets of bins; the least cost."""
    bins = bins_cost(program)
    options = [np.flatnonzero(bins.item == j) for j in range(bins.items)]
    opens = program.columns - program.options
    plans = []
    for choice in itertools.product(*options):
        for pattern in itertools.product((0, 1), repeat=opens):
            x = np.zeros(program.columns, np.int64)
            x[list(choice)] = 1
            x[program.options :] = pattern
            plans.append(x)
    x = np.array(plans)
    activity = x @ program.matrix.T.toarray()
    legal = ((activity >= program.row_lower) & (activity <= program.row_upper)).all(axis=1)
    x = x[legal]
    cost = x @ program.stages[0].value
    return (int(cost.min()) if len(cost) else None), x, cost


def pulp_value(model: pulp.LpProblem) -> int | None:
    model.solve(pulp.PULP_CBC_CMD(msg=False))
    return round(pulp.value(model.objective)) if pulp.LpStatus[model.status] == "Optimal" else None


def by_pulp_assignment(data: Assignment) -> int | None:
    m, n = data.cost.shape
    model = pulp.LpProblem("gap", pulp.LpMinimize)
    x = [[pulp.LpVariable(f"x{i}_{j}", cat="Binary") for j in range(n)] for i in range(m)]
    model += pulp.lpSum(int(data.cost[i, j]) * x[i][j] for i in range(m) for j in range(n))
    for j in range(n):
        model += pulp.lpSum(x[i][j] for i in range(m)) == 1
    for i in range(m):
        model += pulp.lpSum(int(data.use[i, j]) * x[i][j] for j in range(n)) <= int(data.capacity[i])
    return pulp_value(model)


def by_pulp_places(data: Location) -> int | None:
    n, m = data.cost.shape
    model = pulp.LpProblem("places", pulp.LpMinimize)
    x = [[pulp.LpVariable(f"x{j}_{i}", cat="Binary") for i in range(m)] for j in range(n)]
    y = [pulp.LpVariable(f"y{i}", cat="Binary") for i in range(m)]
    model += pulp.lpSum(int(data.cost[j, i]) * x[j][i] for j in range(n) for i in range(m)) + pulp.lpSum(
        int(data.opening[i]) * y[i] for i in range(m)
    )
    for j in range(n):
        model += pulp.lpSum(x[j]) == 1
    for i in range(m):
        model += pulp.lpSum(int(data.demand[j]) * x[j][i] for j in range(n)) <= int(data.capacity[i]) * y[i]
    if data.places is not None:
        model += pulp.lpSum(y) == data.places
    return pulp_value(model)


def by_pulp_flows(data: Splittable) -> int | None:
    n, m = data.unit_cost.shape
    model = pulp.LpProblem("flows", pulp.LpMinimize)
    x = [[pulp.LpVariable(f"x{j}_{i}", 0) for i in range(m)] for j in range(n)]
    y = [pulp.LpVariable(f"y{i}", cat="Binary") for i in range(m)]
    model += pulp.lpSum(int(data.unit_cost[j, i]) * x[j][i] for j in range(n) for i in range(m)) + pulp.lpSum(
        int(data.opening[i]) * y[i] for i in range(m)
    )
    for j in range(n):
        model += pulp.lpSum(x[j]) == int(data.demand[j])
    for i in range(m):
        model += pulp.lpSum(x[j][i] for j in range(n)) <= int(data.capacity[i]) * y[i]
    return pulp_value(model)


def by_cores(program: Program) -> tuple[int, int] | None:
    outcome = solve_cores(program, Limits(gap=0.0, seconds=20.0))
    if outcome is None:
        return None
    assert not program.faults(outcome.x)
    stage = outcome.stages[0]
    assert stage.value == stage.stage.value @ outcome.x
    return int(stage.value), int(stage.bound)


@pytest.mark.parametrize("seed", range(6))
def test_assignment_agrees_with_pulp(seed: int) -> None:
    data = assignment(seed, 3 + seed % 3, 8 + 2 * seed)
    value, found = by_pulp_assignment(data), by_cores(gap.program(data))
    assert found == (None if value is None else (value, value))


@pytest.mark.parametrize("count", [None, 2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_places_agree_with_pulp(seed: int, count: int | None) -> None:
    data = places(seed, 5, 8 + seed, count)
    value, found = by_pulp_places(data), by_cores(location.program(data))
    assert found == (None if value is None else (value, value))


@pytest.mark.parametrize("seed", range(4))
def test_split_demand_agrees_with_pulp(seed: int) -> None:
    rng = np.random.default_rng(seed)
    data = Splittable(
        rng.integers(8, 25, 5), rng.integers(5, 90, 5), rng.integers(1, 9, 7), rng.integers(1, 9, (7, 5)), 0
    )
    value, found = by_pulp_flows(data), by_cores(cflp.program(data))
    assert found == (None if value is None else (value, value))


@pytest.mark.parametrize("kind", ["assignment", "places", "count"])
@pytest.mark.parametrize("seed", range(8))
def test_bounds_and_fixing_never_cut_a_plan(seed: int, kind: str) -> None:
    rng = np.random.default_rng(seed)
    if kind == "assignment":
        program = gap.program(assignment(seed, 3, 6))
    else:
        program = location.program(places(seed, 4, 5, 3 if kind == "count" else None))
    best, plans, cost = everything(program)
    if best is None:
        pytest.skip("no legal plan")
    bins = bins_cost(program)
    problem = Lagrangian(bins)
    top = Top(second_cheapest(bins))
    climb(problem, top, 60, lambda: False)
    refine(problem, top, np.inf, lambda: 5.0, 1)
    assert top.bound <= best
    reach = problem.reach(top.price).joined(problem.reach(top.price + rng.normal(0, 3, bins.items)))
    assert reach.bound <= best
    for most in (best, best + 3, best + 10):
        small = narrowed(bins, reach, most)
        allowed = np.zeros(program.columns, dtype=bool)
        allowed[small.column] = True
        allowed[small.open_column[small.open_column >= 0]] = (small.state != 0)[small.open_column >= 0]
        within = plans[cost <= most]
        assert not within[:, ~allowed].any()
        sure = small.open_column[(small.open_column >= 0) & (small.state == 1)]
        assert within[:, sure].all()


def test_fixing_fixes_something() -> None:
    program = gap.program(assignment(3, 4, 30))
    found = by_cores(program)
    assert found is not None
    bins = bins_cost(program)
    problem = Lagrangian(bins)
    top = Top(relaxed_prices(bins, lambda: 5.0))
    climb(problem, top, 100, lambda: False, 0.003)
    assert len(narrowed(bins, problem.reach(top.price), found[0] - 1).item) < len(bins.item) / 2


def test_a_program_of_another_shape_is_no_bins() -> None:
    rng = np.random.default_rng(1)
    data = Splittable(
        rng.integers(8, 25, 3), rng.integers(5, 90, 3), rng.integers(1, 9, 4), rng.integers(1, 9, (4, 3)), 0
    )
    program = cflp.program(data)
    assert bins_of(program, program.stages[0].value) is None


def test_the_limit_is_kept_and_said(tmp_path: Path) -> None:
    import time

    rng = np.random.default_rng(5)
    use = rng.integers(1, 100, (15, 120))
    cost = 111 - use + rng.integers(-10, 11, use.shape)  # type D: costs against resource uses
    program = gap.program(Assignment(cost, use, (0.8 * use.sum(axis=1) / 15).astype(np.int64)))
    began = time.perf_counter()
    outcome = solve_cores(program, Limits(gap=0.0, seconds=3.0))
    assert time.perf_counter() - began < 8.0  # a loaded machine; in quiet it is within a second
    assert outcome is None or "best plan by" in outcome.stages[0].engine.en
