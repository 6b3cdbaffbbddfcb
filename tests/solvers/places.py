"""Random programs of several places: households, sites, money by place and by year, a task in common."""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy.sparse as sp

from optimizer.program import FREE, Program, Stage, scale_of
from optimizer.wording import Wording


def program_of_places(seed: int, places: int = 3, households: int = 40, pool: bool = False) -> Program:
    """Each household has up to six options (site × year) in its place; sites have room, places and all together have money
    by year, and there is a task that all places share. ``pool``: money may be moved between years by a common amount."""
    draw = np.random.default_rng(seed)
    sets, sites, years = places * households, 3, 2
    size = draw.integers(1, sites * years + 1, sets)
    start = np.append(0, np.cumsum(size)).astype(np.int64)
    options = int(start[-1])
    place = np.repeat(np.arange(places), households)
    owner = np.repeat(np.arange(sets), size)
    choice = np.concatenate([draw.permutation(sites * years)[:n] for n in size])
    site, year = choice // years, choice % years
    persons = draw.integers(1, 7, sets)[owner]
    cost = persons * draw.integers(30_000, 60_000, (places, sites))[place[owner], site]
    rows = [place[owner] * sites + site, places * sites + place[owner] * years + year]
    first = places * (sites + years)
    rows += [first + year, np.full(options, first + years)]
    entries = [np.ones(options, np.int64), cost, cost, persons]
    columns = [np.arange(options)] * 4
    many = options + (1 if pool else 0)
    if pool:  # one whole step of money moved from the second to the first year
        rows.append(first + np.arange(years))
        columns.append(np.full(years, options))
        entries.append(np.array([-50_000, 50_000]))
    shape = (first + years + 1, many)
    triple = (np.concatenate(entries), (np.concatenate(rows), np.concatenate(columns)))
    matrix = sp.csr_array(triple, shape=shape, dtype=np.int64)
    upper = np.full(shape[0], FREE)
    upper[: places * sites] = max(1, households // 4)
    money = cost.sum() / options * sets
    upper[places * sites : first] = int(money / places / years * 0.6)
    upper[first : first + years] = int(money / years * 0.5)
    lower = np.full(shape[0], -FREE)
    lower[-1] = int(persons.mean() * sets * 0.3)
    value = np.append(persons * 100 + draw.integers(1, 400, options), np.zeros(many - options)).astype(np.int64)
    keys = pd.DataFrame(
        {"rule": ["r"] * shape[0], "clause": ["T-1"] * shape[0], "key": [str(i) for i in range(shape[0])]}
    )
    stage = Stage("s", "T-1", Wording("", ""), 1, "1", value)
    most = np.append(np.ones(options, dtype=np.int64), [40] if pool else []).astype(np.int64)
    one = np.ones(shape[0], dtype=np.int64)
    names = tuple(f"h{i}" for i in range(sets))
    return Program(matrix, lower, upper, scale_of(matrix), one, keys, most, start, names, {}, None, (stage,), place)
