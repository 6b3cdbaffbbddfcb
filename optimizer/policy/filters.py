"""Structured row filters: ``where = { mode = "town", year = { at_most = 2022 } }``.

A filter is data, never evaluated text. All its tests must hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, RootModel

Number = int | str
"""A whole number of base units, or the id of a parameter."""


def resolve(value: Number, parameters: Mapping[str, int]) -> int:
    """The number itself, or the parameter's value; ``KeyError`` for an unknown parameter."""
    return parameters[value] if isinstance(value, str) else value


class Comparison(BaseModel):
    """Tests on one column: with numbers (or parameters), or with another column of the row."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at_least: Number | None = None
    at_most: Number | None = None
    below: Number | None = None
    same_as: str | None = None
    differs_from: str | None = None
    at_most_column: str | None = None
    isnt: str | bool | None = Field(default=None, alias="not")


class Where(RootModel[dict[str, Comparison | bool | int | str | list[int] | list[str]]]):
    """A filter: column → a value, a list of values, or a comparison."""

    model_config = ConfigDict(frozen=True)

    @property
    def columns(self) -> set[str]:
        """Every column that the filter reads."""
        read = set(self.root)
        for test in self.root.values():
            if isinstance(test, Comparison):
                read |= {c for c in (test.same_as, test.differs_from, test.at_most_column) if c}
        return read

    def mask(self, frame: pd.DataFrame, parameters: Mapping[str, int]) -> npt.NDArray[np.bool_]:
        """Which rows of ``frame`` pass. Raises ``KeyError`` for a column that is not there."""
        keep = np.ones(len(frame), dtype=bool)
        for name, test in self.root.items():
            column = frame[name]
            if isinstance(test, Comparison):
                keep &= _compare(column, test, frame, parameters)
            elif isinstance(test, list):
                keep &= column.isin(test).to_numpy()
            else:
                keep &= (column == test).to_numpy(dtype=bool)
        return keep


def _compare(
    column: pd.Series[Any], test: Comparison, frame: pd.DataFrame, parameters: Mapping[str, int]
) -> npt.NDArray[np.bool_]:
    keep = np.ones(len(frame), dtype=bool)
    if test.at_least is not None:
        keep &= column.to_numpy() >= resolve(test.at_least, parameters)
    if test.at_most is not None:
        keep &= column.to_numpy() <= resolve(test.at_most, parameters)
    if test.below is not None:
        keep &= column.to_numpy() < resolve(test.below, parameters)
    if test.isnt is not None:
        keep &= (column != test.isnt).to_numpy(dtype=bool)
    if test.same_as is not None:
        keep &= _same(column, frame[test.same_as])
    if test.differs_from is not None:
        keep &= ~_same(column, frame[test.differs_from])
    if test.at_most_column is not None:
        keep &= column.to_numpy() <= frame[test.at_most_column].to_numpy()
    return keep


def _same(left: pd.Series[Any], right: pd.Series[Any]) -> npt.NDArray[np.bool_]:
    if isinstance(left.dtype, pd.CategoricalDtype) and isinstance(right.dtype, pd.CategoricalDtype):
        position = right.cat.categories.get_indexer(left.cat.categories)
        here = np.append(position, -2)[left.cat.codes.to_numpy()]
        return np.asarray(here == right.cat.codes.to_numpy(), dtype=bool)
    return (left.astype(object) == right.astype(object)).to_numpy(dtype=bool)
