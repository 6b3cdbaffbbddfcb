"""Decision tables: all options of one kind, one row each."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd

from optimizer.decisions.joins import Attribute
from optimizer.instance import Instance
from optimizer.kinds import Catalogue, Kind
from optimizer.measures import Measure
from optimizer.measures.base import Ints
from optimizer.policy import Policy, Title


@dataclass(frozen=True)
class DecisionTable:
    """All options of one kind.

    ``frame``: one row an option: keys, attributes, measures (codes as categories, numbers int64).
    ``upper``: the most that may be taken of each row (1 for a choice). ``set_column`` names the
    choice set of a choice table, whose rows are sorted by it; None for amounts. ``quantity`` is the
    column that an amount table carries in a plan, in base units of ``unit``. ``auxiliary``: columns of an objective's own,
    no part of a plan.
    """

    id: str
    frame: pd.DataFrame
    upper: Ints
    keys: tuple[str, ...]
    set_column: str | None = None
    quantity: str | None = None
    unit: str = "1"
    auxiliary: bool = False

    def only(self, keep: np.ndarray) -> DecisionTable:  # type: ignore[type-arg]
        """The same table with the rows where ``keep`` is true."""
        if keep.all():
            return self
        frame = self.frame.loc[keep].reset_index(drop=True)
        return replace(self, frame=frame, upper=self.upper[keep])


class Decision(Kind):
    """One decision table of a policy. ``attribute`` joins columns of the tables that the keys refer to."""

    id: str
    clause: str
    title: Title
    attribute: tuple[Attribute, ...] = ()
    unit: str = "1"

    @property
    @abstractmethod
    def keys(self) -> tuple[str, ...]:
        """The columns that identify a row in a plan."""

    @property
    def set_column(self) -> str | None:
        """The choice set's column; None for amounts."""
        return None

    quantity: str | None = None

    @abstractmethod
    def options(self, instance: Instance, measures: Sequence[Measure]) -> DecisionTable:
        """Every option with its attributes and measures, before any rule admits it."""

    def pieces(
        self, instance: Instance, measures: Sequence[Measure], at_once: int | None
    ) -> Sequence[Callable[[], DecisionTable]]:
        """The same table in pieces, each made when it is called: their rows, one piece after the other, are those of
        ``options``, and no choice set is cut. ``at_once``: about how many rows of input a piece is made of (None: all).
        """
        return [lambda: self.options(instance, measures)]

    @abstractmethod
    def complete(self, taken: pd.DataFrame, instance: Instance, measures: Sequence[Measure]) -> pd.DataFrame:
        """Attributes and measures for rows of a plan (its keys and quantity), for checking.

        Unknown codes give empty attributes, never an error: the rules then find the fault.
        """


@cache
def _catalogue() -> Catalogue[Decision]:
    return Catalogue("optimizer.decisions", Decision)  # type: ignore[type-abstract]


def decisions_of(policy: Policy) -> list[Decision]:
    """The policy's decisions, in file order. Raises ``PolicyError``."""
    return [_catalogue().make(entry, policy.file) for entry in policy.decision]


def make_tables(
    decisions: Sequence[Decision], instance: Instance, measures: Sequence[Measure]
) -> dict[str, DecisionTable]:
    """Every decision table by id, each with the measures declared ``on`` it."""
    return {d.id: d.options(instance, [m for m in measures if m.on == d.id]) for d in decisions}
