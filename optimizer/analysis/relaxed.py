"""A conflict of clauses and the ways out of it, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from optimizer.analysis.few_places import FewPlaces
from optimizer.analysis.levers import Lever
from optimizer.analysis.reach import OutOfReach
from optimizer.analysis.share_levers import ShareLever
from optimizer.analysis.variant import with_cells, with_numbers
from optimizer.instance import Instance
from optimizer.plan import Plan
from optimizer.program import Vector
from optimizer.rules import Rule, Violation
from optimizer.wording import Wording


@dataclass(frozen=True)
class Irreducible:
    """``rules`` (ids, in file order) exclude each other. ``without``: for each of them a plan that keeps all the others of
    the set. ``unproven``: those that may not be needed, because time ran out; ``proven``: whether the conflict itself is."""

    rules: tuple[str, ...]
    without: Mapping[str, Vector]
    unproven: tuple[str, ...]
    proven: bool


@dataclass(frozen=True)
class Move:
    """One number moved by ``steps``, so that it becomes ``to`` (base units)."""

    lever: Lever | ShareLever
    steps: int

    @property
    def to(self) -> int:
        """The number after the move."""
        return self.lever.moved(self.steps)

    @property
    def by(self) -> int:
        """By how much, base units."""
        return self.steps * self.lever.step

    @property
    def share(self) -> float:
        """By how much, relative to the number; a number of 0 is moved by all of it and more."""
        return self.by / abs(self.lever.now) if self.lever.now else 1.0 + self.by


@dataclass(frozen=True)
class Repair:
    """Numbers that must be moved together; ``least``: it is proven that less is not enough (of several together: that less
    in all, each measured by its own number, is not)."""

    moves: tuple[Move, ...]
    least: bool

    @property
    def order(self) -> tuple[int, bool, float]:
        """Few numbers first, limits before what is given, small changes before large ones."""
        return (len(self.moves), any(m.lever.given for m in self.moves), max(m.share for m in self.moves))

    def applied(self, instance: Instance) -> Instance:
        """The task with the numbers moved."""
        cells = {(m.lever.cell.table, m.lever.cell.row, m.lever.cell.column): m.to for m in self.moves if m.lever.cell}
        return with_numbers(with_cells(instance, cells), self.numbers)

    @property
    def numbers(self) -> Mapping[str, int]:
        """What is moved in the rules themselves: ``rule.field`` → number, as for ``set``."""
        return {f"{m.lever.rule}.{m.lever.field}": m.to for m in self.moves if m.lever.cell is None}


@dataclass(frozen=True)
class Tried:
    """A repair and what came of it: ``plan``, the best plan found with it (None: not asked for, or none in time);
    ``holds``: a plan was found that passes the audit with the changed numbers; ``violations`` of that first plan that only
    ordering among equals leaves (a solve to the end settles them)."""

    repair: Repair
    holds: bool
    violations: tuple[Violation, ...]
    plan: Plan | None


@dataclass(frozen=True)
class Crowded:
    """``rule`` asks for more than the places allow: the cut, and the codes of its ``sites`` in the column ``column``."""

    rule: Rule
    few: FewPlaces
    column: str
    sites: tuple[str, ...]


@dataclass(frozen=True)
class Relaxed:
    """The answer. ``status``: "legal" (there is a plan), "conflict", or "unknown" (time ran out before either was shown).

    ``contradictions``: clause and sentence, from the input alone; ``beyond``: limits that nothing could reach (rule, key, by
    how much); ``conflict``: the rules that exclude each other; ``crowded``: the reason in places, where it lies there;
    ``tried``: repairs, the cheapest first; ``complete``: nothing was cut short by time;
    ``text``: the whole answer."""

    instance: Instance
    status: str
    contradictions: tuple[tuple[str, Wording], ...]
    beyond: tuple[tuple[Rule, str, OutOfReach], ...]
    conflict: Irreducible | None
    crowded: Crowded | None
    tried: tuple[Tried, ...]
    protected: tuple[str, ...]
    complete: bool
    text: Wording = field(default_factory=lambda: Wording("", ""))
