"""What is settled already: households that have signed, are barred from something, or must be placed."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import ClassVar

import numpy as np
import pandas as pd

from optimizer.codes import positions
from optimizer.decisions import DecisionTable, decisions_of
from optimizer.decisions.choice import Choice
from optimizer.decisions.joins import join
from optimizer.program import FREE, Builder
from optimizer.rules.base import Line, Mask, Rule, RuleData, judge
from optimizer.rules.rows import Entries, add_rows, number_rows
from optimizer.wording import Wording

BARRED = "barred"
"""The state of a row that says what a household may not get; with any other (signed, to be placed) it must get it."""


class Decided(Rule):
    """Decisions taken outside the plan stand: a row of the input table ``decisions`` says of one choice set that it has
    ``signed`` for what it names, is ``barred`` from it, or must be ``placed``.

    ``match``: the columns that a row of ``decisions`` names an option by; one that is left empty means any. What is signed
    (or to be placed) must be in the plan: of all rows of a household every one. ``per``: attributes of the household under
    which the report counts (its town). The program has one row a key: the options of those who must have one add up to their number.
    """

    kind: ClassVar[str] = "decided"
    by_pieces: ClassVar[bool] = True

    table: str
    decisions: str
    match: tuple[str, ...]
    per: tuple[str, ...] = ()

    def admit(self, table: DecisionTable, data: RuleData) -> Mask | None:
        """Options that differ from what is signed, or that are barred, are out."""
        decided = data.instance.tables[self.decisions]
        if table.id != self.table or decided.empty:
            return None
        who = table.set_column or ""
        rows = np.flatnonzero(self._rows_of(table, decided[who]))
        theirs = table.frame.iloc[rows][[who, *self.match]].astype(str).assign(_row=rows)
        pairs = theirs.merge(decided.astype(str), on=who, suffixes=("", "_said"))
        same = _covers(pairs, [f"{c}_said" for c in self.match], self.match)
        out = np.where((pairs["state"] == BARRED).to_numpy(), same, ~same)
        keep = np.ones(len(table.frame), dtype=bool)
        keep[pairs["_row"].to_numpy()[out]] = False
        return keep

    def singled_out(self, table: DecisionTable, data: RuleData) -> Mask | None:
        """A household of which something is settled is no equal of one that merely has the same options."""
        if table.id != self.table:
            return None
        return self._rows_of(table, data.instance.tables[self.decisions][table.set_column])

    def anchored(self, taken: DecisionTable, data: RuleData) -> Mask | None:
        """Rows of those who must have one: they may change within it, never go."""
        must = self._wanted(data)
        if must.empty:
            return None
        return taken.frame[taken.set_column].astype(str).isin(set(must[taken.set_column])).to_numpy(dtype=bool)

    def _rows_of(self, table: DecisionTable, sets: pd.Series) -> Mask:  # type: ignore[type-arg]
        """The options of some choice sets."""
        codes = table.frame[table.set_column].cat
        return np.asarray((positions(codes.categories, sets.unique()) >= 0)[codes.codes.to_numpy()], dtype=bool)

    def add(self, builder: Builder, data: RuleData) -> None:
        """Σ options of those who must have one ≥ how many they are; as each has at most one, each has one."""
        table, wanted = data.tables[self.table], self._wanted(data)
        if wanted.empty:
            return
        rows = np.flatnonzero(self._rows_of(table, wanted[table.set_column]))
        keys = {key: table.frame[key].array[rows] for key in self.per}
        options = Entries(builder.offset[self.table] + rows, np.ones(len(rows), np.int64), keys)
        constant = np.full(len(wanted), -1, dtype=np.int64)
        asked = Entries(constant, constant, {key: wanted[key].to_numpy(dtype=object) for key in self.per})
        labels, numbers = number_rows([options, asked], self.per)
        low, high = np.zeros(len(labels), np.int64), np.full(len(labels), int(FREE), np.int64)
        add_rows(builder, (self.id, self.clause), labels, numbers, [options, asked], low, high)

    def _decision(self, data: RuleData) -> Choice:
        return next(d for d in decisions_of(data.instance.policy) if isinstance(d, Choice) and d.id == self.table)

    def _wanted(self, data: RuleData) -> pd.DataFrame:
        """Who must have an option: the set and its attributes ``per``, one row each."""
        decision = self._decision(data)
        decided = data.instance.tables[self.decisions]
        must = decided.loc[decided["state"] != BARRED, [decision.set_column or ""]].drop_duplicates()
        wanted = [a for a in decision.attribute if a.name in self.per]
        return join(must.reset_index(drop=True), wanted, data.instance).astype(str)

    def lines(self, data: RuleData) -> list[Line]:
        """One line a key of those who must have something, and one for what is barred."""
        decided = data.instance.tables[self.decisions].astype(str)
        if decided.empty:
            return [Line("", ">=", 0, 0, "met")]
        table, who = data.tables[self.table], data.tables[self.table].set_column or ""
        taken = table.frame[[who, *self.match]].astype(str)
        both = decided.merge(taken, on=who, how="left", suffixes=("", "_has"), indicator=True)
        has = both["_merge"] == "both"
        agrees = pd.concat([has, *((both[c] == "") | (both[c] == both[f"{c}_has"]) for c in self.match)], axis=1).all(
            axis=1
        )
        barred = both["state"] == BARRED
        missed = set(both.loc[~barred & ~agrees, who])
        wanted = self._wanted(data)
        keys = [" / ".join(row) for row in wanted[list(self.per)].itertuples(index=False)]
        found = []
        for key, group in wanted.groupby(np.array(keys, dtype=object), sort=True):
            names = [h for h in group[who] if h in missed]
            limit, attained = len(group), len(group) - len(names)
            text = self._told(names, "没有按已定的办理", "do not get what is settled for them") if names else None
            found.append(Line(str(key), ">=", limit, attained, judge(">=", limit, attained, self.stretch), text))
        broken = sorted(set(both.loc[barred & agrees, who]))
        text = self._told(broken, "得到了不得安排的", "get what they are barred from") if broken else None
        found.append(Line("", "<=", 0, len(broken), judge("<=", 0, len(broken), self.stretch), text))
        return found

    def _told(self, names: list[str], zh: str, en: str) -> Wording:
        some = " ".join(names[:5]) + (" …" if len(names) > 5 else "")
        return Wording(
            zh=f"{self.clause} {self.title.zh}：{len(names)} 户{zh}：{some}。",
            en=f"{self.clause} {self.title.en}: {len(names)} households {en}: {some}.",
        )

    def contradictions(self, data: RuleData) -> list[Wording]:
        """Settled decisions that cannot stand together, or that name what the household may not choose at all."""
        decided = data.instance.tables[self.decisions].astype(str)
        if decided.empty:
            return []
        decision = self._decision(data)
        who = decision.set_column or ""
        not_wanted = decided["state"] == BARRED
        signed, barred = (decided.loc[mask, [who, *self.match]] for mask in (~not_wanted, not_wanted))
        return [
            *self._both_ways(signed, barred, who),
            *self._two_things(signed, who),
            *self._not_on_offer(signed, who, data.instance.tables[decision.source].astype(str)),
        ]

    def _both_ways(self, signed: pd.DataFrame, barred: pd.DataFrame, who: str) -> Iterator[Wording]:
        """Signed for something that every option of which is barred."""
        pairs = signed.merge(barred, on=who, suffixes=("", "_not"))
        covered = _covers(pairs, [f"{c}_not" for c in self.match], self.match)
        for row in pairs.loc[covered].to_dict("records"):
            one, two = self._named(row), self._named(row, "_not")
            yield self._clash(
                row[who], f"既要安排{one.zh}，又不得安排{two.zh}", f"is to get {one.en} and is barred from {two.en}"
            )

    def _two_things(self, signed: pd.DataFrame, who: str) -> Iterator[Wording]:
        """Signed for two things of which only one can be had."""
        numbered = signed.reset_index(drop=True).reset_index(names="_at")
        pairs = numbered.merge(numbered, on=who, suffixes=("", "_too"))
        pairs = pairs.loc[pairs["_at"] < pairs["_at_too"]]
        differ = np.zeros(len(pairs), dtype=bool)
        for column in self.match:
            one, two = pairs[column], pairs[f"{column}_too"]
            differ |= ((one != "") & (two != "") & (one != two)).to_numpy()
        for row in pairs.loc[differ].to_dict("records"):
            one, two = self._named(row), self._named(row, "_too")
            yield self._clash(
                row[who],
                f"同时要安排{one.zh}和{two.zh}，每户只能有一种",
                f"is to get {one.en} and {two.en}, and can have one only",
            )

    def _not_on_offer(self, signed: pd.DataFrame, who: str, source: pd.DataFrame) -> Iterator[Wording]:
        """Signed for what the household has not agreed to."""
        columns = [c for c in self.match if c in source.columns]
        numbered = signed.reset_index(drop=True).reset_index(names="_at")
        pairs = numbered.merge(source[[who, *columns]], on=who, suffixes=("", "_of"))
        found = set(pairs.loc[_covers(pairs, columns, [f"{c}_of" for c in columns]), "_at"])
        for row in numbered.loc[~numbered["_at"].isin(found)].to_dict("records"):
            it = self._named(row)
            yield self._clash(
                row[who],
                f"已定{it.zh}，但不在该户可选之列",
                f"is settled for {it.en}, which is not among what it may choose",
            )

    def _named(self, row: Mapping[Hashable, object], suffix: str = "") -> Wording:
        """What a row of decisions names."""
        words = " ".join(word for c in self.match if (word := str(row[f"{c}{suffix}"])))
        return Wording(f"“{words}”", f"'{words}'") if words else Wording("任一方案", "anything")

    def _clash(self, household: object, zh: str, en: str) -> Wording:
        return Wording(
            zh=f"{self.clause} {self.title.zh}：{household} {zh}。",
            en=f"{self.clause} {self.title.en}: {household} {en}.",
        )


def _covers(pairs: pd.DataFrame, said: Sequence[str], of: Sequence[str]) -> Mask:
    """Rows where each column ``said`` is empty or equals its column ``of``."""
    found = np.ones(len(pairs), dtype=bool)
    for left, right in zip(said, of, strict=True):
        found &= ((pairs[left] == "") | (pairs[left] == pairs[right])).to_numpy()
    return found
