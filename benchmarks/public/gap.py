"""Generalized assignment: every job to exactly one machine, within the machines' capacities, at least cost."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.public.numbers import Numbers
from benchmarks.public.rows import Rows, each_once, minimise
from optimizer.program import FREE, Ints, Program


@dataclass(frozen=True)
class Assignment:
    """``cost`` and ``use`` (machines × jobs), ``capacity`` (machines)."""

    cost: Ints
    use: Ints
    capacity: Ints


def read(path: Path) -> Assignment:
    """``m n``, m rows of n costs, m rows of n resource uses, m capacities. Raises ``MalformedFile``."""
    numbers = Numbers(path)
    m, n = numbers.one("machines", least=1), numbers.one("jobs", least=1)
    cost = numbers.take(m * n, "costs").reshape(m, n)
    use = numbers.take(m * n, "resource uses").reshape(m, n)
    capacity = numbers.take(m, "capacities")
    numbers.end()
    return Assignment(cost, use, capacity)


def program(data: Assignment) -> Program:
    """Choice sets: the jobs over the machines (a machine that cannot hold a job is no option of it)."""
    m, n = data.cost.shape
    job, machine = np.nonzero((data.use <= data.capacity[:, None]).T)
    columns = np.arange(len(job))
    rows = Rows(len(job))
    each_once(rows, job, n)
    rows.add("capacity", machine, columns, data.use[machine, job], np.full(m, -FREE), data.capacity)
    return rows.program(job, n, minimise(data.cost[machine, job]), np.ones(len(job), np.int64))
