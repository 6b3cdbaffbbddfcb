"""Capacitated facility location: opening and shipping at least cost; a customer's demand may be split."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.public.numbers import Numbers
from benchmarks.public.rows import Rows, minimise
from optimizer.program import FREE, Ints, Program

FINEST = 9
"""Costs of one unit of demand are kept to at most so many decimals."""


@dataclass(frozen=True)
class Splittable:
    """``capacity`` and ``opening`` cost (places), ``demand`` (customers), ``unit_cost`` (customers × places) of one
    unit of demand; costs in units of 10^−decimals."""

    capacity: Ints
    opening: Ints
    demand: Ints
    unit_cost: Ints
    decimals: int


def read(path: Path) -> Splittable:
    """``m n``, m pairs ``capacity fixed_cost``, then for each customer its demand and the m costs of all of it. Raises
    ``MalformedFile``."""
    numbers = Numbers(path)
    sites, customers = numbers.one("places", least=1), numbers.one("customers", least=1)
    place = [(numbers.one("capacity"), numbers.take(1, "fixed cost", scaled=True)[0]) for _ in range(sites)]
    demand, cost = np.zeros(customers, np.int64), np.zeros((customers, sites), np.int64)
    for j in range(customers):
        demand[j] = numbers.one("demand", least=1)
        cost[j] = numbers.take(sites, "costs", scaled=True)
    numbers.end()
    capacity, opening = (np.array(side, dtype=np.int64) for side in zip(*place, strict=True))
    more, unit_cost = per_unit(cost, demand, FINEST - numbers.decimals)
    return Splittable(capacity, opening * 10**more, demand, unit_cost, numbers.decimals + more)


def per_unit(cost: Ints, demand: Ints, most: int) -> tuple[int, Ints]:
    """Costs of one unit of demand, and how many more decimals make them exact (``most`` where none do; then rounded)."""
    for more in range(most + 1):
        scaled = cost * 10**more
        if more == most or not (scaled % demand[:, None]).any():
            return more, (scaled + demand[:, None] // 2) // demand[:, None]
    raise AssertionError("unreachable: the last round returns")


def program(data: Splittable) -> Program:
    """Amounts shipped x (in units of demand) and columns y (0 or 1) behind them.

    Rows: every demand met; shipped from a place ≤ capacity · y; x ≤ min(demand, capacity) · y one by one. For given y
    it is a transport problem with whole demands and capacities: its best amounts are whole by themselves.
    """
    customers, sites = data.unit_cost.shape
    customer, place = (k.reshape(-1) for k in np.indices((customers, sites)))
    flows = customers * sites
    columns, opens = np.arange(flows), flows + np.arange(sites)
    most = np.minimum(data.demand[customer], data.capacity[place])
    rows = Rows(flows + sites)
    ones = np.ones(flows, np.int64)
    rows.add("demand", customer, columns, ones, data.demand, np.full(customers, FREE))
    rows.add(
        "capacity",
        np.append(place, np.arange(sites)),
        np.append(columns, opens),
        np.append(ones, -data.capacity),
        np.full(sites, -FREE),
        np.zeros(sites, np.int64),
    )
    rows.add(
        "only where open",
        np.append(columns, columns),
        np.append(columns, opens[place]),
        np.append(ones, -most),
        np.full(flows, -FREE),
        np.zeros(flows, np.int64),
    )
    stage = minimise(data.unit_cost.reshape(-1), data.opening)
    none = np.zeros(0, np.int64)
    return rows.program(none, 0, stage, np.append(most, np.ones(sites, np.int64)))
