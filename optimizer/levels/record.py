"""What happened round by round, in plain arrays: shares, what was used, what was missing, prices, and who fell short."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from optimizer.levels.split import Split
from optimizer.program import Floats, Ints, Stage

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
    """All rounds of a run; ``split`` is the same for all but for kept values, whose rows come last. ``fallback``: the levels
    found no plan, and the joint program was solved instead."""

    splits: dict[str, Split] = field(default_factory=dict)
    rounds: list[Round] = field(default_factory=list)
    fallback: bool = False


def used_of(split: Split, uses: list[Floats] | list[Ints]) -> Ints:
    """What every side uses: ``sign · use``; parts of base units are rounded to the next whole one."""
    sides = split.sides
    used = np.zeros(len(sides.row), dtype=np.int64)
    for place, use in zip(split.places, uses, strict=True):
        mine = sides.place == place.number
        used[mine] = sides.sign[mine] * np.rint(use[sides.at[mine]]).astype(np.int64)
    return used
