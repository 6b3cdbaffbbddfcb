"""One objective of a policy: one goal or several, reached in order, each keeping what the earlier ones reached."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, Literal

from optimizer.decisions import DecisionTable
from optimizer.instance import Instance
from optimizer.kinds import Catalogue, Kind
from optimizer.policy import Policy, Title
from optimizer.program import Builder, Ints
from optimizer.rules import RuleData
from optimizer.wording import Wording


@dataclass(frozen=True)
class Goal:
    """What one stage of the program is called: ``id`` (of its own in the policy) and title."""

    id: str
    title: Wording


class Objective(Kind):
    """One or several stages; the value of each is a whole number of ``unit``. ``given_choices``: decided over the amounts
    alone, the choices staying as the earlier stages left them.

    A goal that is no plain sum of decisions brings ``auxiliary`` amounts and the rows that tie them to the decisions. Those
    rows must hold for some values of the auxiliary amounts whatever legal plan is chosen: they define, they never forbid.
    """

    id: str
    clause: str
    title: Title
    sense: Literal["max", "min"]
    unit: str = "1"
    given_choices: bool = False

    by_pieces: ClassVar[bool] = False
    """Whether ``values`` and ``add`` may see the choice table piece by piece, as ``Rule.by_pieces`` says."""

    def goals(self, instance: Instance) -> Sequence[Goal]:
        """The stages, in order."""
        return (Goal(self.id, self.title.wording),)

    def auxiliary(self, instance: Instance) -> Sequence[DecisionTable]:
        """Amount tables of the objective's own (``auxiliary`` set, ids of their own, a ``_step`` column): columns of the
        program, never part of a plan."""
        return ()

    def add(self, builder: Builder, data: RuleData) -> None:
        """Rows that tie the auxiliary amounts to the decisions, labelled with ``label``."""

    @abstractmethod
    def values(self, data: RuleData, offset: Mapping[str, int], columns: int) -> Sequence[Ints]:
        """For each goal what one of each column is worth: int64, dense over all columns."""

    def bases(self, data: RuleData) -> Sequence[int]:
        """For each goal what stands beside the decisions: a constant part of its value."""
        return [0] * len(self.goals(data.instance))

    @abstractmethod
    def reached(self, data: RuleData) -> Sequence[int]:
        """For each goal what a finished plan reaches, from its tables alone: with the best auxiliary amounts for it."""

    @property
    def label(self) -> tuple[str, str]:
        """Rule and clause of the objective's own rows; no rule of a policy has such an id."""
        return f"objective/{self.id}", self.clause


@cache
def _catalogue() -> Catalogue[Objective]:
    return Catalogue("optimizer.objectives", Objective)  # type: ignore[type-abstract]


def objectives_of(policy: Policy) -> list[Objective]:
    """The policy's objectives, in order. Raises ``PolicyError``."""
    return [_catalogue().make(entry, policy.file) for entry in policy.objective]


def reached_goals(policy: Policy, data: RuleData) -> dict[str, int]:
    """Goal id → what a finished plan reaches of it."""
    return {
        goal.id: value
        for objective in objectives_of(policy)
        for goal, value in zip(objective.goals(data.instance), objective.reached(data), strict=True)
    }
