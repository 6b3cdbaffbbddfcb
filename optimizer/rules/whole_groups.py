"""All-or-nothing groups: a hamlet is cleared only where every household of it goes."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from optimizer.decisions import DecisionTable
from optimizer.program import Builder, Ints, WholeGroups
from optimizer.rules.base import Line, Mask, Rule, RuleData

NEVER = 10**6
"""A year after all years."""


class WholeGroup(Rule):
    """A row (group, year) of amount table ``cleared`` may be 1 only if every member of the group, as listed
    in ``members``, takes an option of ``table`` by that year; each group at most once. Source: SJ-21."""

    kind: ClassVar[str] = "whole_groups"

    table: str
    group: str
    cleared: str
    members: str

    def add(self, builder: Builder, data: RuleData) -> None:
        """One whole-group structure; groups with a member that has no option are forbidden."""
        table, cleared = data.tables[self.table], data.tables[self.cleared]
        sets = table.frame[table.set_column or ""].cat.codes.to_numpy()
        first = np.flatnonzero(np.append(True, sets[1:] != sets[:-1])[: len(sets)])
        group = table.frame[self.group].iloc[first].cat.remove_unused_categories().cat
        names, group_of_set = group.categories, group.codes.to_numpy().astype(np.int64)
        have = np.bincount(group_of_set, minlength=len(names))
        listed = data.instance.tables[self.members].groupby(self.group, observed=True).size()
        wanted = listed.reindex(names.astype(object), fill_value=0).to_numpy()
        groups = names.get_indexer(cleared.frame[self.group].astype(object))
        column = builder.offset[self.cleared] + np.arange(len(cleared.frame), dtype=np.int64)
        possible = (groups >= 0) & (wanted[groups] == have[groups]) & (have[groups] > 0)
        builder.forbidden.append(column[~possible])
        builder.groups = WholeGroups(
            group_of_set,
            table.frame["year"].to_numpy(dtype=np.int64),
            column[possible],
            groups[possible].astype(np.int64),
            cleared.frame["year"].to_numpy(dtype=np.int64)[possible],
        )

    def lines(self, data: RuleData) -> list[Line]:
        """One line a cleared group: its members, and how many have moved by then."""
        moves, cleared = data.tables[self.table].frame, data.tables[self.cleared]
        taken = cleared.frame.loc[(cleared.frame[cleared.quantity or ""] > 0).to_numpy()]
        size = data.instance.tables[self.members].groupby(self.group, observed=True).size()
        moved = moves.assign(_group=moves[self.group].astype(str)).groupby("_group")["year"]
        last, count = moved.max(), moved.size()
        again = taken[self.group].astype(str).value_counts()
        found = []
        for name, year in zip(taken[self.group].astype(str), taken["year"], strict=True):
            wanted, here = int(size.get(name, -1)), int(count.get(name, 0))
            if here == wanted and int(last[name]) > year:
                in_time = moves.loc[(moves[self.group].astype(str) == name).to_numpy(), "year"] <= year
                here = int(in_time.sum())
            bad = here != wanted or again[name] > 1
            found.append(Line(f"{name} / {year}", ">=", wanted, here, "violated" if bad else "met"))
        return found

    def anchored(self, taken: DecisionTable, data: RuleData) -> Mask | None:
        """Members of a cleared group cannot leave."""
        if taken.id != self.table:
            return None
        cleared = data.tables[self.cleared]
        names = set(cleared.frame.loc[(cleared.frame[cleared.quantity or ""] > 0).to_numpy(), self.group].astype(str))
        return taken.frame[self.group].astype(str).isin(names).to_numpy()

    def latest(self, taken: DecisionTable, data: RuleData) -> Ints | None:
        """A member of a cleared group has to go by the year in which it is cleared."""
        cleared = data.tables[self.cleared]
        done = cleared.frame.loc[(cleared.frame[cleared.quantity or ""] > 0).to_numpy()]
        year = done.assign(_group=done[self.group].astype(str)).groupby("_group")["year"].min()
        return taken.frame[self.group].astype(str).map(year).fillna(NEVER).to_numpy(dtype=np.int64)
