"""Rounds in which the upper level divides and places answer with prices, until no division can be much better."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.levels.county import Answer, County
from optimizer.levels.division import UpperLevel
from optimizer.levels.record import Record, Round, Shortfall, used_of
from optimizer.levels.shares import whole_division
from optimizer.levels.split import Split
from optimizer.program import FREE, Floats, Ints, Program
from optimizer.solvers.base import StageTeller
from optimizer.solvers.conflict import Conflict, find_conflict
from optimizer.solvers.prices.side_by_side import Workers

MOST_ROUNDS = 60
SHARE = 0.1
"""Share of the gap that the division may leave open."""
MIXED = 0.5
"""Every second division is this part of the way from the best one so far to the one that the cuts ask for: without it the
divisions jump between extremes (Ben-Ameur, Neto 2007)."""
BINDING = 3


@dataclass(frozen=True)
class Divided:
    """The end of the rounds: the best ``shares`` with the places' ``answers``, the upper level's amounts, the best bound that
    prices prove (without base) with these prices as whole multiples of 2^−shift."""

    shares: Ints
    answers: list[Answer]
    outer: Floats
    bound: int
    prices: Ints
    shift: int


def limits_of_place(split: Split, place: int, shares: Ints) -> tuple[Ints, Ints]:
    """A place's shares as lower and upper limits of its joining rows."""
    sides = split.sides
    count = len(split.places[place].joining)
    low, high = np.full(count, -FREE), np.full(count, FREE)
    for sign, limit in ((1, high), (-1, low)):
        mine = np.flatnonzero((sides.place == place) & (sides.sign == sign))
        limit[sides.at[mine]] = sign * shares[mine]
    return low, high


def divide_by_prices(
    split: Split, counties: list[County], shares: Ints, tell: StageTeller, record: Record
) -> Divided | Conflict | None:
    """From the first division ``shares``; the conflict where no division satisfies every place; None where time ran out
    before a division that every place can keep to, or where no proof holds."""
    upper = UpperLevel(split, tell.stage)
    outer = np.zeros(len(split.outer))
    best: tuple[float, Ints, list[Answer], Floats] | None = None
    proven: tuple[Ints, int, int] | None = None
    sign, limits = tell.stage.sign, tell.limits
    with Workers() as workers:
        for number in range(MOST_ROUNDS):
            here = shares
            answers = workers.each(lambda p: counties[p].answer(*limits_of_place(split, p, here), limits.stop), range(len(counties)))  # fmt: skip
            if any(a is None for a in answers):
                return None if limits.stop() else _own_conflict(split, answers, tell)
            heard = [a for a in answers if a is not None]
            for place, answer in enumerate(heard):
                upper.hear(place, here, answer)
            own = sign * float(tell.stage.value[split.outer] @ outer)
            value = sum(a.value for a in heard) + own if all(a.legal for a in heard) else None
            if value is not None and _fits(split, here, outer) and (best is None or value > best[0]):
                best = (value, here, heard, outer)
            wanted = upper.divide()
            if wanted is None:
                record.rounds.append(_round(split, tell, here, heard, outer, proven, value))
                return upper.conflict()
            found = upper.bound(wanted.price)
            if found is not None and (proven is None or sign * (found[2] - proven[2]) < 0):
                proven = found
            record.rounds.append(_round(split, tell, here, heard, outer, proven, value))
            if proven is not None:
                tell.hear(-np.inf, sign * proven[2])
            if limits.over() or (best is not None and proven is not None and _near(best[0], proven[2], tell)):
                break
            part = MIXED if best is not None and number % 2 else 1.0
            target, outer = wanted.shares, wanted.outer
            if best is not None:
                target = part * target + (1 - part) * best[1]
                outer = part * outer + (1 - part) * best[3]
            shares = whole_division(split, target, outer)
    if best is None or proven is None:
        return None
    return Divided(best[1], best[2], best[3], proven[2], proven[0], proven[1])


def _near(value: float, bound: int, tell: StageTeller) -> bool:
    stage = tell.stage
    return stage.sign * bound - value <= SHARE * tell.limits.gap * max(1.0, abs(value + stage.sign * stage.base))


def _fits(split: Split, shares: Ints, outer: Floats) -> bool:
    """Whether the shares and the upper level's own amounts are within every joining limit (but for the solver's tolerance)."""
    program = split.program
    use = np.zeros(program.matrix.shape[0])
    use[split.joining] = split.outer_use() @ outer
    for sign in (1, -1):
        total = sign * use
        mine = split.sides.sign == sign
        np.add.at(total, split.sides.row[mine], shares[mine].astype(np.float64))
        row = split.joining
        limit = split.limit(row, np.full(len(row), sign))
        known = np.abs(limit) < FREE // 2
        if (total[row] - limit > 1e-6 * program.row_scale[row] + 1.0)[known].any():
            return False
    return True


def _round(
    split: Split, tell: StageTeller, shares: Ints, answers: list[Answer], outer: Floats,
    proven: tuple[Ints, int, int] | None, value: float | None,
) -> Round:  # fmt: skip
    sides = split.sides
    uses = [np.asarray(_use(split, p, a), dtype=np.float64) for p, a in enumerate(answers)]
    price, missing = np.zeros(len(sides.row)), np.zeros(len(sides.row), dtype=np.int64)
    used = used_of(split, uses)
    for place, answer in enumerate(answers):
        mine = np.flatnonzero(sides.place == place)
        own = split.places[place].own
        if answer.legal:
            price[mine] = np.maximum(answer.price[own:][sides.at[mine]] * sides.sign[mine], 0.0)
        else:
            missing[mine] = np.maximum(used[mine] - shares[mine], 0)
    bound = None if proven is None else proven[2]
    whole = None if value is None else tell.stage.sign * int(np.floor(value + 1e-6))
    return Round(
        tell.stage, "prices", bound, whole, shares, used, missing, price, np.rint(outer).astype(np.int64),
        shortfalls(split, answers, missing),
    )  # fmt: skip


def _use(split: Split, place: int, answer: Answer) -> Floats:
    program = split.places[place].program
    return np.asarray((program.matrix @ answer.x)[split.places[place].own :], dtype=np.float64)


def shortfalls(split: Split, answers: list[Answer], missing: Ints) -> tuple[Shortfall, ...]:
    """The shares that places could not keep to, with the rows of their own that hold them."""
    sides, found = split.sides, []
    for k in np.flatnonzero(missing > 0):
        place = split.places[int(sides.place[k])]
        answer = answers[place.number]
        found.append(
            Shortfall(place.number, int(sides.row[k]), int(sides.sign[k]), int(missing[k]), _binding(place.program, place.rows, answer, int(sides.row[k])))
        )  # fmt: skip
    return tuple(found)


def _binding(program: Program, rows: Ints, answer: Answer, row: int) -> tuple[int, ...]:
    """The rows (of the whole program) with the dearest limits in an answer that misses something, but for ``row`` itself; a
    joining row among them means the place's share of it."""
    if answer.legal:
        return ()
    limit = np.where(answer.price > 0, program.row_upper, program.row_lower)
    worth = np.abs(answer.price * np.where(np.abs(limit) < FREE // 2, limit, 1))
    order = np.argsort(-worth, kind="stable")
    return tuple(int(rows[r]) for r in order if abs(answer.price[r]) > 1e-9 and int(rows[r]) != row)[:BINDING]


def _own_conflict(split: Split, answers: list[Answer | None], tell: StageTeller) -> Conflict | None:
    """A place whose own rows exclude each other under any shares."""
    for place, answer in zip(split.places, answers, strict=True):
        if answer is None and (found := find_conflict(place.program, tell.limits)) is not None:
            return Conflict([int(place.rows[r]) for r in found.rows], found.limit, found.attainable)
    return None
