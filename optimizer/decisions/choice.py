"""A choice: options of which each set (household) takes at most one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from optimizer.codes import as_codes, coded_by, index_of, positions
from optimizer.decisions.base import Decision, DecisionTable
from optimizer.decisions.joins import Looked, join
from optimizer.decisions.mixes import SLOTS, Mix, add_mixes
from optimizer.instance import Instance
from optimizer.measures import Measure, compute_measures
from optimizer.tables.schema import Table


class Choice(Decision):
    """Options = rows of ``source`` × years × mixes of homes; at most one for each ``set``.

    ``source`` is an input table keyed by the set and what it may choose, its columns ``key`` (consents: a
    household's mode and site; a parcel's later use). ``early`` names the measures that do not depend on year or mix: they are computed
    before the options multiply, and mixes may read them. ``first_year`` is an attribute: options
    start in that year.
    """

    kind: ClassVar[str] = "choice"

    set: str
    source: str
    key: tuple[str, ...] = ("mode", "site")
    first_year: str | None = None
    mix: tuple[Mix, ...] = ()
    early: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """What identifies an option in a plan."""
        return (self.set, *self.key, "year", *(SLOTS if self.mix else ()))

    @property
    def set_column(self) -> str | None:
        """The column that names the choice set."""
        return self.set

    def options(self, instance: Instance, measures: Sequence[Measure]) -> DecisionTable:
        """All options, sorted by set; codes are categories of the whole input table."""
        return self.pieces(instance, measures, None)[0]()

    def pieces(
        self, instance: Instance, measures: Sequence[Measure], at_once: int | None
    ) -> list[Callable[[], DecisionTable]]:
        """The options of about ``at_once`` rows of the source at a time, in order of their sets."""
        source = with_categories(instance.tables[self.source], instance.policy.table_named(self.source), instance)
        code = source[self.set].cat.codes.to_numpy()
        rows = None if (code[1:] >= code[:-1]).all() else np.argsort(code, kind="stable")
        ordered = code if rows is None else code[rows]
        wanted = np.arange(at_once, len(code), at_once) if at_once else np.zeros(0, dtype=np.int64)
        edges = np.unique(np.concatenate([[0], np.searchsorted(ordered, ordered[wanted]), [len(code)]]))
        edges = np.array([0, 0]) if len(edges) < 2 else edges
        looked = Looked()

        def piece(start: int, end: int) -> DecisionTable:
            part = source.iloc[start:end] if rows is None else source.iloc[rows[start:end]]
            return self._made(part.reset_index(drop=True), instance, measures, looked)

        return [partial(piece, int(a), int(b)) for a, b in pairwise(edges)]

    def _made(
        self, source: pd.DataFrame, instance: Instance, measures: Sequence[Measure], looked: Looked
    ) -> DecisionTable:
        """The options of some rows of the source: attributes, then mixes and years, then measures."""
        base = join(source, self.attribute, instance, looked)
        base["listed"] = True
        base = compute_measures(base, [m for m in measures if m.id in self.early], instance)
        if self.mix:
            base = add_mixes(base, self.mix, instance)
        frame = self._over_years(base, instance)
        code = frame[self.set].cat.codes.to_numpy()
        if (code[1:] < code[:-1]).any():
            frame = frame.iloc[np.argsort(code, kind="stable")].reset_index(drop=True)
        frame = compute_measures(frame, [m for m in measures if m.id not in self.early], instance)
        return DecisionTable(self.id, frame, np.ones(len(frame), dtype=np.int64), self.keys, self.set)

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
        source = instance.tables[self.source]
        rows = taken[list(self.keys)].reset_index(drop=True)
        for name in [k for k in self.keys if k != "year"]:
            rows[name] = index_of(rows[name])
        rows = with_categories(rows, schema, instance)
        at = _row_of(rows, source, schema.key)
        for column in schema.column:
            if not column.key:
                rows[column.name] = np.append(source[column.name].to_numpy(dtype=np.int64), 0)[at]
        rows["listed"] = at >= 0
        for slot in SLOTS if self.mix else ():
            rows[slot] = as_codes(rows[slot])
        return compute_measures(join(rows, self.attribute, instance), measures, instance)


def _row_of(rows: pd.DataFrame, source: pd.DataFrame, key: list[str]) -> npt.NDArray[np.int64]:
    """The row of ``source`` with the same key; −1 where there is none."""
    number, other = np.zeros(len(rows), dtype=np.int64), np.zeros(len(source), dtype=np.int64)
    there = np.ones(len(source), dtype=bool)
    for name in key:
        if isinstance(rows[name].dtype, pd.CategoricalDtype):
            known = rows[name].cat.categories
            mine, code, size = rows[name].cat.codes.to_numpy(), positions(source[name], known), len(known)
        else:
            known = pd.Index(source[name].unique())
            mine, code, size = known.get_indexer(rows[name]), known.get_indexer(source[name]), len(known)
        there &= code >= 0
        number, other = number * (size + 1) + mine, other * (size + 1) + code
    listed = pd.Index(other[there])
    at = np.append(np.flatnonzero(there), -1)
    if not listed.is_unique:
        first = ~listed.duplicated()
        listed, at = listed[first], np.append(at[:-1][first], -1)
    return np.asarray(at[listed.get_indexer(pd.Index(number))], dtype=np.int64)


def with_categories(frame: pd.DataFrame, schema: Table, instance: Instance) -> pd.DataFrame:
    """Code columns as categories, in the order of the table that they refer to."""
    done = frame.copy(deep=False)
    for column in schema.column:
        if column.type != "code":
            continue
        values = frame[column.name]
        if column.refers:
            known = instance.tables[column.refers][instance.policy.table_named(column.refers).key[0]]
            done[column.name] = coded_by(values, known)
        else:
            done[column.name] = as_codes(values)
    return done
