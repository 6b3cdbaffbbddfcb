"""One objective stage; stages are solved in order, each keeping what the earlier ones reached."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from functools import cache
from typing import ClassVar, Literal

from optimizer.kinds import Catalogue, Kind
from optimizer.policy import Policy, Title
from optimizer.program import Ints
from optimizer.rules import RuleData


class Objective(Kind):
    """One stage: its value is a whole number of ``unit``. ``given_choices``: decided over the amounts alone, the
    choices staying as the earlier stages left them."""

    id: str
    clause: str
    title: Title
    sense: Literal["max", "min"]
    unit: str = "1"
    given_choices: bool = False

    by_pieces: ClassVar[bool] = False
    """Whether ``value`` may see the choice table piece by piece, as ``Rule.by_pieces`` says."""

    @abstractmethod
    def value(self, data: RuleData, offset: Mapping[str, int], columns: int) -> Ints:
        """What one of each column is worth: int64, dense over all columns."""

    def base(self, data: RuleData) -> int:
        """What stands beside the decisions: a constant part of the stage's value."""
        return 0

    @abstractmethod
    def reached(self, data: RuleData) -> int:
        """What a finished plan reaches, from its tables alone."""


@cache
def _catalogue() -> Catalogue[Objective]:
    return Catalogue("optimizer.objectives", Objective)  # type: ignore[type-abstract]


def objectives_of(policy: Policy) -> list[Objective]:
    """The policy's stages, in order. Raises ``PolicyError``."""
    return [_catalogue().make(entry, policy.file) for entry in policy.objective]
