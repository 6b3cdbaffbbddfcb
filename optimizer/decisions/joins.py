"""Attributes along references: ``household.hamlet.village.town``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from optimizer.codes import as_codes, index_of, positions, texts
from optimizer.instance import Instance
from optimizer.tables.schema import Column, Table


class Attribute(BaseModel):
    """A column ``name`` read along ``path``: a column of the options, then columns of the tables
    that each refers to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    path: str


class Looked(dict[str, tuple["pd.Index[Any]", Any]]):
    """What each attribute is for every code that it is read from: looked up once for all pieces of a table."""


def join(
    frame: pd.DataFrame, attributes: Sequence[Attribute], instance: Instance, looked: Looked | None = None
) -> pd.DataFrame:
    """``frame`` with one more column an attribute. A code that is not found gives "", 0 or False."""
    done = frame.copy(deep=False)
    for attribute in attributes:
        first, *rest = attribute.path.split(".")
        codes = as_codes(done[first])
        known = codes.cat.categories
        if looked is None or attribute.name not in looked or looked[attribute.name][0] is not known:
            found = (known, _along(known, first, rest, instance))
            if looked is not None:
                looked[attribute.name] = found
        else:
            found = looked[attribute.name]
        done[attribute.name] = pd.Series(found[1].take(codes.cat.codes.to_numpy()), index=codes.index)
    return done


def _along(known: pd.Index[Any], first: str, rest: list[str], instance: Instance) -> Any:
    """The attribute of each code in ``known``, and of a missing code after them; codes and texts as a Categorical."""
    values: Any = pa.concat_arrays([texts(known), pa.nulls(1, pa.large_string())])
    table = _table_of(first, instance)
    for step in rest:
        column = table.column_named(step)
        values = _look_up(values, table, column, instance)
        if column.refers:
            table = instance.policy.table_named(column.refers)
    if column.type not in ("code", "text"):
        return values
    return as_codes(pd.Series(index_of(values))).array


def _table_of(key: str, instance: Instance) -> Table:
    for table in instance.policy.table:
        if table.key == [key]:
            return table
    raise KeyError(key)


def _look_up(values: pa.Array, table: Table, column: Column, instance: Instance) -> Any:
    source = instance.tables[table.name]
    position = positions(values, source[table.key[0]])
    found = source[column.name]
    if column.type in ("code", "text"):
        padded = pa.concat_arrays([texts(found), pa.array([""], pa.large_string())])
        return padded.take(pa.array(np.where(position < 0, len(found), position)))
    kind = bool if column.type == "flag" else np.int64
    return np.append(found.to_numpy().astype(kind), kind(0))[position]
