"""Attributes along references: ``household.hamlet.village.town``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from optimizer.instance import Instance
from optimizer.tables.schema import Column, Table


class Attribute(BaseModel):
    """A column ``name`` read along ``path``: a column of the options, then columns of the tables
    that each refers to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    path: str


def as_codes(values: pd.Series) -> pd.Series:  # type: ignore[type-arg]
    """A code column as categories (fast to compare, group and join); empty is a category too."""
    return values if isinstance(values.dtype, pd.CategoricalDtype) else values.astype(object).astype("category")


def join(frame: pd.DataFrame, attributes: Sequence[Attribute], instance: Instance) -> pd.DataFrame:
    """``frame`` with one more column an attribute. A code that is not found gives "", 0 or False."""
    done = frame.copy(deep=False)
    for attribute in attributes:
        first, *rest = attribute.path.split(".")
        done[attribute.name] = _follow(done[first], first, rest, instance)
    return done


def _follow(start: pd.Series, first: str, rest: list[str], instance: Instance) -> pd.Series:  # type: ignore[type-arg]
    """Values along the path, looked up once for each distinct code."""
    codes = as_codes(start)
    values = pd.Series(codes.cat.categories.astype(object))
    table = _table_of(first, instance)
    for step in rest:
        column = table.column_named(step)
        values = _look_up(values, table, column, instance)
        if column.refers:
            table = instance.policy.table_named(column.refers)
    taken = values.take(codes.cat.codes.to_numpy()).reset_index(drop=True)
    taken.index = start.index
    return as_codes(taken) if column.type in ("code", "text") else taken


def _table_of(key: str, instance: Instance) -> Table:
    for table in instance.policy.table:
        if table.key == [key]:
            return table
    raise KeyError(key)


def _look_up(values: pd.Series, table: Table, column: Column, instance: Instance) -> pd.Series:  # type: ignore[type-arg]
    source = instance.tables[table.name]
    position = pd.Index(source[table.key[0]].astype(object)).get_indexer(pd.Index(values))
    found = source[column.name].to_numpy()
    if column.type in ("code", "text"):
        padded = np.append(found.astype(object), "")
    elif column.type == "flag":
        padded = np.append(found.astype(bool), False)
    else:
        padded = np.append(found.astype(np.int64), 0)
    return pd.Series(padded[position])
