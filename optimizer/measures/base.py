"""What every measure kind offers, and computing a policy's measures in order."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from optimizer.errors import PolicyError
from optimizer.instance import Instance
from optimizer.kinds import Catalogue, Kind, nearest
from optimizer.policy import Policy, Title
from optimizer.wording import Wording

Ints = npt.NDArray[np.int64]


class Measure(Kind):
    """A whole number for every row of the decision table ``on``, in base unit ``unit``."""

    id: str
    clause: str
    unit: str = "1"
    on: str = "moves"
    title: Title | None = None

    @abstractmethod
    def compute(self, frame: pd.DataFrame, instance: Instance) -> Ints:
        """One int64 a row of ``frame``; reads columns of the frame, earlier measures included. A row's number depends on that
        row and the input tables alone: ``frame`` may hold a piece of the options, or only what a plan takes."""


@cache
def _catalogue() -> Catalogue[Measure]:
    return Catalogue("optimizer.measures", Measure)  # type: ignore[type-abstract]


def measures_of(policy: Policy) -> list[Measure]:
    """The policy's measures, in file order. Raises ``PolicyError``."""
    return [_catalogue().make(entry, policy.file) for entry in policy.measure]


def compute_measures(frame: pd.DataFrame, measures: Iterable[Measure], instance: Instance) -> pd.DataFrame:
    """``frame`` with one more int64 column for each measure, computed in order."""
    done = frame.copy(deep=False)
    for measure in measures:
        try:
            done[measure.id] = measure.compute(done, instance)
        except KeyError as error:
            raise _unknown_column(measure.id, str(error.args[0]), done, instance) from None
    return done


def _unknown_column(owner: str, name: str, frame: pd.DataFrame, instance: Instance) -> PolicyError:
    file = instance.policy.file
    return PolicyError(
        Wording(
            zh=f"{file}：“{owner}”要用的列或参数“{name}”不存在。",
            en=f"{file}: '{owner}' needs a column or parameter '{name}' that does not exist.",
        ),
        nearest(name, [*map(str, frame.columns), *instance.parameters]),
    )


def numbers(value: int | str, frame: pd.DataFrame, instance: Instance) -> Ints:
    """A constant, a parameter or a column, as one int64 a row."""
    if isinstance(value, str):
        if value in frame.columns:
            return frame[value].to_numpy(dtype=np.int64)
        value = instance.parameters[value]
    return np.full(len(frame), value, dtype=np.int64)
