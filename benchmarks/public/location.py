"""Facility location with capacities, single-source: customers choose one open place each; also with exactly p places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.public.rows import Rows, each_once, minimise
from optimizer.program import FREE, Ints, Program


@dataclass(frozen=True)
class Location:
    """``capacity`` and ``opening`` cost (places), ``demand`` (customers), ``cost`` (customers × places) of serving the
    whole demand; costs in units of 10^−decimals. ``places``: exactly so many are opened (None: any number)."""

    capacity: Ints
    opening: Ints
    demand: Ints
    cost: Ints
    decimals: int = 0
    places: int | None = None


def program(data: Location) -> Program:
    """Choice sets: the customers over the places; columns y (0 or 1) behind them: the place is open.

    Rows: each customer once; demand at a place ≤ capacity · y; x ≤ y one by one (they follow for whole y, and make the
    continuous bound strong); with ``places``, Σ y = p. A place too small for a customer is no option of it.
    """
    customer, place = np.nonzero(data.demand[:, None] <= data.capacity[None, :])
    options, sites = len(customer), len(data.capacity)
    columns, opens = np.arange(options), options + np.arange(sites)
    rows = Rows(options + sites)
    each_once(rows, customer, len(data.demand))
    rows.add(
        "capacity",
        np.append(place, np.arange(sites)),
        np.append(columns, opens),
        np.append(data.demand[customer], -data.capacity),
        np.full(sites, -FREE),
        np.zeros(sites, np.int64),
    )
    rows.add(
        "only where open",
        np.append(columns, columns),
        np.append(columns, opens[place]),
        np.append(np.ones(options, np.int64), np.full(options, -1)),
        np.full(options, -FREE),
        np.zeros(options, np.int64),
    )
    if data.places is not None:
        p = np.array([data.places], np.int64)
        rows.add("places", np.zeros(sites, np.int64), opens, np.ones(sites, np.int64), p, p)
    stage = minimise(data.cost[customer, place], data.opening)
    return rows.program(customer, len(data.demand), stage, np.ones(options + sites, np.int64))
