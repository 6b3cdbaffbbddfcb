"""Capacitated p-median: p of n points become medians, every point goes to one median, capacities hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.public.location import Location
from benchmarks.public.numbers import Numbers
from optimizer.program import Ints


def read(path: Path) -> Location:
    """``number best``, ``n p Q``, n lines ``id x y demand``; the cost is floor(Euclidean distance). Raises
    ``MalformedFile``."""
    numbers = Numbers(path)
    numbers.take(2, "heading numbers (instance, best known)")
    points, medians, capacity = numbers.one("points", least=1), numbers.one("medians", least=1), numbers.one("capacity")
    if medians > points:
        raise numbers.fault(numbers.at - 2, f"{medians} medians among {points} points")
    table = numbers.take(4 * points, "numbers of the points (id x y demand)").reshape(points, 4)
    wrong = np.flatnonzero(table[:, 0] != np.arange(1, points + 1))
    if len(wrong):
        raise numbers.fault(numbers.at - 4 * points + 4 * int(wrong[0]), f"point {wrong[0] + 1} has another id")
    numbers.end()
    nothing = np.zeros(points, np.int64)
    return Location(np.full(points, capacity), nothing, table[:, 3], floor_distance(table[:, 1:3]), 0, medians)


def floor_distance(point: Ints) -> Ints:
    """The Euclidean distance of every pair, cut to the whole number below; exact (whole-number square root)."""
    square = ((point[:, None, :] - point[None, :, :]) ** 2).sum(axis=2)
    root = np.floor(np.sqrt(square.astype(np.float64))).astype(np.int64)
    root -= root * root > square
    root += (root + 1) * (root + 1) <= square
    return root
