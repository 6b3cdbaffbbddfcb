"""What loosening a limit is worth, as measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.analysis.line_levers import LineLever
from optimizer.program import Stage
from optimizer.units import UNITS


@dataclass(frozen=True)
class Point:
    """With the limit loosened by ``steps`` the goal gains at least ``least`` and at most ``most`` (base units of the goal; the
    same where both solves were closed)."""

    steps: int
    least: int
    most: int

    @property
    def known(self) -> bool:
        """Whether the gain is exact."""
        return self.least == self.most


@dataclass(frozen=True)
class PriceRange:
    """One line's limit: the first goal in order that changes when it is loosened, and by how much.

    ``goal``: its stage (None: loosening the limit however far changes no goal, proven where ``proven``). ``first``: the least
    loosening with any gain; ``round``: a round amount of it; ``last``: the least loosening with the most that can be gained,
    beyond which more brings nothing for this goal. ``solves``: how many programs were solved for it."""

    lever: LineLever
    goal: Stage | None
    first: Point | None
    round: Point | None
    last: Point | None
    proven: bool
    solves: int

    def amount(self, point: Point) -> int:
        """The loosening in base units of the limit."""
        return point.steps * self.lever.step


ROUND = {"fen": (10**6, 10**7, 10**8, 10**9, 10**10), "dm2": (100, 1000, 10**4, 10**5, 10**6)}
"""Round amounts that a planner would speak of: 1, 10, 100 万元 …; 1, 10, 100 m² …"""


def round_steps(lever: LineLever, first: int, last: int) -> int:
    """The smallest round loosening with a gain (in steps), if it lies before the end of the range; else the range's end."""
    for amount in _amounts(UNITS[lever.unit].base):
        steps = -(-amount // lever.step)
        if first <= steps <= last:
            return steps
    return last


def _amounts(base: str) -> Sequence[int]:
    return ROUND.get(base, (1, 10, 100, 1000, 10_000, 100_000))
