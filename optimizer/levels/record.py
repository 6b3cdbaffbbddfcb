"""What happened round by round, in plain arrays: shares, what was used, what was missing, prices, and who fell short."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from optimizer.levels.county import Answer
from optimizer.levels.split import Place, Split
from optimizer.program import FREE, Floats, Ints, Stage

BINDING = 3
"""So many rows are named that hold a place back."""

Kind = Literal["prices", "plans", "agreed"]
"""prices: places answer with parts of households allowed; plans: with whole plans; agreed: shares are what whole plans use."""


@dataclass(frozen=True)
class Shortfall:
    """A place could not keep to its share of ``row``: ``missing`` base units; ``binding``: its own rows that hold it, the dearest
    first."""

    place: int
    row: int
    sign: int
    missing: int
    binding: tuple[int, ...]


@dataclass(frozen=True)
class Round:
    """One round. ``shares``, ``used``, ``missing``, ``price``: one a side (see ``Sides``), the first three in base units, as
    ``sign · use`` has them; ``bound``, ``value``: of the stage without its base (None: not known)."""

    stage: Stage
    kind: Kind
    bound: int | None
    value: int | None
    shares: Ints
    used: Ints
    missing: Ints
    price: Floats
    outer: Ints
    shortfalls: tuple[Shortfall, ...]

    @property
    def short(self) -> int:
        """How many places fell short."""
        return len({s.place for s in self.shortfalls})


@dataclass
class Record:
    """All rounds of a run, each with its split. ``fallback``: the levels found no plan, and the joint program was solved
    instead."""

    rounds: list[Round] = field(default_factory=list)
    splits: list[Split] = field(default_factory=list)
    fallback: bool = False

    def add(self, split: Split, end: Round) -> None:
        """One more round."""
        self.splits.append(split)
        self.rounds.append(end)


def used_of(split: Split, uses: list[Floats] | list[Ints]) -> Ints:
    """What every side uses: ``sign · use``; parts of base units are rounded to the next whole one."""
    sides = split.sides
    used = np.zeros(len(sides.row), dtype=np.int64)
    for place, use in zip(split.places, uses, strict=True):
        mine = sides.place == place.number
        used[mine] = sides.sign[mine] * np.rint(use[sides.at[mine]]).astype(np.int64)
    return used


def shortfalls(split: Split, answers: list[Answer], missing: Ints) -> tuple[Shortfall, ...]:
    """The shares that places could not keep to, with the rows of their own that hold them."""
    sides, found = split.sides, []
    for k in np.flatnonzero(missing > 0):
        place = split.places[int(sides.place[k])]
        row = int(sides.row[k])
        binding = _binding(place, answers[place.number], row)
        found.append(Shortfall(place.number, row, int(sides.sign[k]), int(missing[k]), binding))
    return tuple(found)


def _binding(place: Place, answer: Answer, row: int) -> tuple[int, ...]:
    """The rows (of the whole program) with the dearest limits in an answer that misses something of ``row``; a joining row
    among them means the place's share of it."""
    program = place.program
    limit = np.where(answer.price > 0, program.row_upper, program.row_lower)
    worth = np.abs(answer.price * np.where(np.abs(limit) < FREE // 2, limit, program.row_scale))
    order = np.argsort(-worth, kind="stable")
    rows = [int(place.rows[r]) for r in order if worth[r] > 1e-9 * max(1.0, float(worth.max()))]
    return tuple(r for r in rows if r != row)[:BINDING]
