"""A choice: options of which each set (household) takes at most one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pandas as pd

from optimizer.decisions.base import Decision, DecisionTable
from optimizer.decisions.joins import as_codes, join
from optimizer.decisions.mixes import SLOTS, Mix, add_mixes
from optimizer.instance import Instance
from optimizer.measures import Measure, compute_measures
from optimizer.tables.schema import Table


class Choice(Decision):
    """Options = rows of ``source`` × years × mixes of homes; at most one for each ``set``.

    ``source`` is an input table keyed by the set and what it may choose (consents: household, mode,
    site, rank). ``early`` names the measures that do not depend on year or mix: they are computed
    before the options multiply, and mixes may read them. ``first_year`` is an attribute: options
    start in that year.
    """

    kind: ClassVar[str] = "choice"

    set: str
    source: str
    first_year: str | None = None
    mix: tuple[Mix, ...] = ()
    early: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """What identifies an option in a plan."""
        return (self.set, "mode", "site", "year", *(SLOTS if self.mix else ()))

    @property
    def set_column(self) -> str | None:
        """The column that names the choice set."""
        return self.set

    def options(self, instance: Instance, measures: Sequence[Measure]) -> DecisionTable:
        """All options, sorted by set; codes are categories of the whole input table."""
        base = self._base(instance, measures)
        if self.mix:
            base = add_mixes(base, self.mix, instance)
        frame = self._over_years(base, instance)
        frame = frame.iloc[np.argsort(frame[self.set].cat.codes.to_numpy(), kind="stable")].reset_index(drop=True)
        frame = compute_measures(frame, [m for m in measures if m.id not in self.early], instance)
        return DecisionTable(self.id, frame, np.ones(len(frame), dtype=np.int64), self.keys, self.set)

    def _base(self, instance: Instance, measures: Sequence[Measure]) -> pd.DataFrame:
        schema = instance.policy.table_named(self.source)
        base = _with_categories(instance.tables[self.source], schema, instance)
        base = join(base, self.attribute, instance)
        base["listed"] = True
        return compute_measures(base, [m for m in measures if m.id in self.early], instance)

    def _over_years(self, base: pd.DataFrame, instance: Instance) -> pd.DataFrame:
        first, last = instance.policy.policy.years
        years = np.arange(first, last + 1)
        rows = np.repeat(np.arange(len(base)), len(years))
        frame = base.iloc[rows].reset_index(drop=True)
        frame["year"] = np.tile(years, len(base)).astype(np.int64)
        if self.first_year is not None:
            frame = frame.loc[(frame["year"] >= frame[self.first_year]).to_numpy()].reset_index(drop=True)
        return frame

    def complete(self, taken: pd.DataFrame, instance: Instance, measures: Sequence[Measure]) -> pd.DataFrame:
        """Attributes and measures of plan rows; ``rank`` is looked up in the source (0: not listed)."""
        schema = instance.policy.table_named(self.source)
        source = instance.tables[self.source].astype(dict.fromkeys(schema.key, object))
        rows = taken[list(self.keys)].astype(dict.fromkeys([k for k in self.keys if k != "year"], object))
        rest = [c.name for c in schema.column if not c.key]
        rows = rows.merge(source, on=schema.key, how="left", indicator="listed")
        rows["listed"] = (rows["listed"] == "both").to_numpy()
        rows[rest] = rows[rest].fillna(0).astype(np.int64)
        rows = _with_categories(rows, schema, instance)
        for slot in SLOTS if self.mix else ():
            rows[slot] = as_codes(rows[slot])
        return compute_measures(join(rows, self.attribute, instance), measures, instance)


def _with_categories(frame: pd.DataFrame, schema: Table, instance: Instance) -> pd.DataFrame:
    """Code columns as categories, in the order of the table that they refer to."""
    done = frame.copy(deep=False)
    for column in schema.column:
        if column.type != "code":
            continue
        values = frame[column.name].astype(object)
        if column.refers:
            known = instance.tables[column.refers][instance.policy.table_named(column.refers).key[0]].astype(object)
            extra = list(pd.unique(values[~values.isin(known)]))
            done[column.name] = pd.Categorical(values, categories=[*known, *extra])
        else:
            done[column.name] = values.astype("category")
    return done
