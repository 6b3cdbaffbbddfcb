"""Whole shares that add up exactly: largest remainders within each place's reach (X-02)."""

from __future__ import annotations

import numpy as np

from optimizer.levels.split import Split
from optimizer.program import Floats, Ints

HALVINGS = 200


def apportion(total: int, weight: Floats, least: Floats, most: Floats) -> Ints:
    """Whole numbers in proportion to ``weight`` that sum to ``total``, each within its bounds: the water level that fills
    ``total``, then largest remainders (ties to the earlier place). Where the bounds do not allow it: the nearest to it."""
    if total < 0:
        return -apportion(-total, weight, -most, -least)
    low, high = np.ceil(np.clip(least, -1e18, 1e18)), np.floor(np.clip(most, -1e18, 1e18))
    given = np.where(weight > 0, weight, 0.0)
    given = given if given.any() else np.ones(len(weight))
    level, top = 0.0, 1.0
    while np.clip(top * given, low, high).sum() < total and top < 1e30:
        top *= 2
    for _ in range(HALVINGS):
        middle = (level + top) / 2
        level, top = (middle, top) if np.clip(middle * given, low, high).sum() < total else (level, middle)
    return summing(np.clip(top * given, low, high), total)


def summing(share: Floats, total: int) -> Ints:
    """Whole numbers next to ``share`` whose sum is ``total``, or, where the shares come to less than that by more than one
    each, their sum rounded up: largest remainders, ties to the earlier place."""
    down = np.floor(share).astype(np.int64)
    wanted = min(total, int(sum(down.tolist())) + int(np.ceil((share - down).sum() - 1e-9)))
    if total - wanted <= len(share):
        wanted = total
    missing = wanted - int(sum(down.tolist()))
    order = np.lexsort((np.arange(len(share)), -(share - down)))
    each, rest = divmod(missing, len(share))
    done = down + each
    done[order[:rest]] += 1
    return done


def first_division(split: Split) -> Ints:
    """Every side in proportion to needs: what a place's choice sets would use at the mean of their options."""
    sides = split.sides
    shares = np.zeros(len(sides.row), dtype=np.int64)
    for index, total in totals(split, np.zeros(len(split.outer))):
        if sides.sign[index[0]] > 0:
            shares[index] = apportion(total, sides.need[index], sides.least[index], sides.most[index])
        else:  # a task: minus what is to be done
            shares[index] = -apportion(-total, sides.need[index], -sides.most[index], -sides.least[index])
    return _uncrossed(split, shares)


def whole_division(split: Split, wanted: Floats, outer: Floats) -> Ints:
    """The shares ``wanted`` in whole numbers, never more together than the upper level has beside its own amounts."""
    shares = np.zeros(len(wanted), dtype=np.int64)
    for index, total in totals(split, outer):
        shares[index] = summing(wanted[index], total)
    return _uncrossed(split, shares)


def _uncrossed(split: Split, shares: Ints) -> Ints:
    """Of a row with two limits no place's lower share above its upper one: what is too much goes to places with room."""
    sides, done = split.sides, shares.copy()
    for row in np.intersect1d(sides.row[sides.sign > 0], sides.row[sides.sign < 0]):
        above = np.flatnonzero((sides.row == row) & (sides.sign > 0))
        below = np.flatnonzero((sides.row == row) & (sides.sign < 0))  # the same places, in the same order
        room = done[above] + done[below]
        over = int(np.maximum(-room, 0).sum())
        done[below] += np.maximum(-room, 0)
        for at in np.argsort(-room, kind="stable"):
            moved = min(over, max(int(room[at]), 0))
            done[below[at]] -= moved
            over -= moved
    return done


def totals(split: Split, outer: Floats) -> list[tuple[Ints, int]]:
    """Each side of a joining row: its shares, and what there is to divide beside the upper level's own amounts."""
    sides = split.sides
    use = np.zeros(split.program.matrix.shape[0])
    use[split.joining] = split.outer_use() @ outer
    found = []
    for sign in (1, -1):
        mine = np.flatnonzero(sides.sign == sign)
        for row in np.unique(sides.row[mine]):
            index = mine[sides.row[mine] == row]
            limit = int(split.limit(np.array([row]), np.array([sign]))[0])
            found.append((index, limit - int(np.ceil(sign * use[row] - 1e-6))))
    return found
