"""Between two goals: which levels to ask for next, what the answers prove, and which plans stand at the end.

Goals are turned so that more is better on both. A question holds one goal at a level and asks for the most of the other, then
for the most of the first (the epsilon constraint method: Haimes, Lasdon and Wismer 1971; lexicographic, so that an answer is
efficient). Between two neighbours lies a box in which everything still unknown must be; the next question goes through the
middle of the largest box (Hamacher, Pedersen and Ruzika, Operations Research Letters 35, 2007), so that the plans are spread
evenly along both goals, and with enough questions all efficient plans are found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

Pair = tuple[int, int]


@dataclass(frozen=True)
class Fact:
    """Proven: every legal plan with at least ``least`` of goal ``given`` (None: every legal plan) has at most ``most`` of the
    other goal."""

    given: int
    least: int | None
    most: int

    def excludes(self, pair: Pair) -> bool:
        """Whether no legal plan can have these values."""
        return (self.least is None or pair[self.given] >= self.least) and pair[1 - self.given] > self.most


@dataclass(frozen=True)
class Question:
    """Goal ``held`` at ``level`` or more (None: as it comes), then the most of the other goal."""

    held: int
    level: int | None


@dataclass(frozen=True)
class Box:
    """Where unknown efficient plans may be: strictly between ``low`` and ``high`` in both goals."""

    low: Pair
    high: Pair

    def size(self, goal: int) -> int:
        """How many whole values of the goal lie inside."""
        return self.high[goal] - self.low[goal] - 1


@dataclass
class Search:
    """The questions between two extremes. ``can_hold``: which goals may be held. ``finest``: a box that is no wider than this
    in either goal is left alone, since plans in it could not be told from its corners."""

    can_hold: tuple[bool, bool]
    finest: Pair
    boxes: list[Box] = field(default_factory=list)
    spread: Pair = (1, 1)

    def between(self, first: Pair, second: Pair) -> None:
        """Begin: ``first`` has the most of goal 0, ``second`` the most of goal 1."""
        self.spread = (max(1, first[0] - second[0]), max(1, second[1] - first[1]))
        self._take(Box((second[0], first[1]), (first[0], second[1])))

    def next(self) -> tuple[Box, Question] | None:
        """The largest box and the question through its middle; None where nothing is left to ask."""
        if not self.boxes:
            return None
        box = max(self.boxes, key=lambda b: max(self._wide(b, goal) for goal in (0, 1)))
        wide = 0 if self._wide(box, 0) > self._wide(box, 1) else 1
        held = wide if self.can_hold[wide] else 1 - wide
        return box, Question(held, (box.low[held] + box.high[held] + 1) // 2)

    def answered(self, box: Box, question: Question, found: Pair | None) -> None:
        """Put what is left of the box in its place; ``found``: None where the question had no answer that was any use."""
        self.boxes.remove(box)
        held, level = question.held, question.level or 0
        most = 1 - held
        if found is None or found[most] <= box.low[most]:
            self._take(_box(held, (box.low[held], level), (box.low[most], box.high[most])))
            return
        self._take(_box(held, (box.low[held], level), (found[most], box.high[most])))
        self._take(_box(held, (found[held], box.high[held]), (box.low[most], found[most])))

    def _wide(self, box: Box, goal: int) -> float:
        return (box.high[goal] - box.low[goal]) / self.spread[goal]

    def _take(self, box: Box) -> None:
        if all(box.size(goal) > self.finest[goal] for goal in (0, 1)):
            self.boxes.append(box)


def _box(held: int, of_held: Pair, of_other: Pair) -> Box:
    low, high = (of_held[0], of_other[0]), (of_held[1], of_other[1])
    return Box(low, high) if held == 0 else Box(low[::-1], high[::-1])


def efficient(pairs: Sequence[Pair]) -> list[int]:
    """Positions of the pairs that no other one is at least as good as in both goals (of equal ones the first), the most of
    goal 0 first."""
    order = sorted(range(len(pairs)), key=lambda at: (-pairs[at][0], -pairs[at][1], at))
    kept: list[int] = []
    for at in order:
        if not kept or pairs[at][1] > pairs[kept[-1]][1]:
            kept.append(at)
    return kept


def most_at(facts: Sequence[Fact], goal: int, level: int) -> int | None:
    """The most of goal 1 − ``goal`` that any legal plan with at least ``level`` of ``goal`` can have; None: nothing is known."""
    known = []
    for fact in facts:
        if fact.given == goal and (fact.least is None or fact.least <= level):
            known.append(fact.most)
        elif fact.given != goal and fact.most < level and fact.least is not None:
            known.append(fact.least - 1)  # as much of the other goal would leave less of this one
    return min(known, default=None)


def outline(facts: Sequence[Fact], first: int, last: int) -> list[Pair]:
    """Where no legal plan can be any more: (level of goal 1, the most of goal 0 there or beyond) at ``first`` and at each level
    up to ``last`` from which it is less."""
    steps = {f.least if f.given == 1 else f.most + 1 for f in facts} | {first}
    found: list[Pair] = []
    for level in sorted(s for s in steps if s is not None and first <= s <= last):
        most = most_at(facts, 1, level)
        if most is not None and (not found or most < found[-1][1]):
            found.append((level, most))
    return found
