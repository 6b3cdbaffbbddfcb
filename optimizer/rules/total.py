"""A total over rows of the plan, for each key, within limits."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pandas as pd
from pydantic import model_validator

from optimizer.decisions import DecisionTable
from optimizer.policy.filters import Number
from optimizer.policy.model import Title
from optimizer.policy.terms import Term
from optimizer.program import FREE, Builder
from optimizer.rules.base import Line, Rule, RuleData, judge
from optimizer.rules.ledger import effects, key_text, limit_for, postings, running, totals, with_room
from optimizer.rules.rows import KEY_JOIN, Entries, add_rows, carried, entries_of, limit_of, number_rows

TERM_FIELDS = ("table", "measure", "where", "schedule", "after", "spread", "spread_as", "keys", "times")


class Total(Rule):
    """Σ terms … ``per`` key … ``at_least`` / ``at_most`` / ``equal`` a number, a parameter or a table's column.

    A rule with one term may write the term's keys (table, measure, where …) on itself. ``running``
    makes a balance of it: the sum up to and including each year of the policy's money years, so that
    what is left over is carried forward (SJ-03) and what is borrowed stays owed (SJ-07).
    """

    kind: ClassVar[str] = "total"
    by_pieces: ClassVar[bool] = True

    terms: tuple[Term, ...]
    per: tuple[str, ...] = ()
    at_least: Number | Term | None = None
    at_most: Number | Term | None = None
    equal: Number | Term | None = None
    running: bool = False

    @model_validator(mode="before")
    @classmethod
    def _single_term(cls, entry: Any) -> Any:
        if isinstance(entry, dict) and "terms" not in entry and "table" in entry:
            own = {k: entry[k] for k in TERM_FIELDS if k in entry}
            rest = {k: v for k, v in entry.items() if k not in TERM_FIELDS}
            return {**rest, "terms": [own]}
        return entry

    @model_validator(mode="after")
    def _has_limit(self) -> Total:
        if self.at_least is None and self.at_most is None and self.equal is None:
            raise ValueError("one of at_least, at_most, equal is needed")
        if self.running and "year" not in self.per:
            raise ValueError("a running total needs 'year' in per")
        return self

    def add(self, builder: Builder, data: RuleData) -> None:
        """One row a key (and year)."""
        if self.stretch:
            return
        parts = [entries_of(term, self.per, data, builder.offset) for term in self.terms]
        if isinstance(self.at_least, Term):
            empty = entries_of(self.at_least, self.per, data, builder.offset)
            parts.append(Entries(empty.column, np.zeros_like(empty.value), empty.keys))
        if self.running:
            parts = [carried(p, data) for p in parts]
        keys, numbers = number_rows(parts, self.per)
        exact = limit_of(self.equal, keys, data, 0)
        lower = exact if self.equal is not None else limit_of(self.at_least, keys, data, -int(FREE))
        upper = exact if self.equal is not None else limit_of(self.at_most, keys, data, int(FREE))
        add_rows(builder, (self.id, self.clause), keys, numbers, parts, lower, upper)

    def lines(self, data: RuleData) -> list[Line]:
        """One line a key and limit."""
        sums = totals(self.terms, self.per, data)
        if isinstance(self.at_least, Term):
            wanted = totals([self.at_least], self.per, data)
            sums = sums.reindex(sums.index.union(wanted.index), fill_value=0)
        if self.running:
            first, last = data.instance.policy.policy.money_years
            sums = running(sums, self.per, first, last)
        found = []
        for sense, limit in ((">=", self.at_least), ("<=", self.at_most), ("=", self.equal)):
            limits = limit_for(limit, sums, self.per, data)
            if limits is None:
                continue
            for key, attained, bound in zip(sums.index, sums.to_numpy(), limits.to_numpy(), strict=True):
                status = judge(sense, int(bound), int(attained), self.stretch)
                found.append(Line(key_text(key), sense, int(bound), int(attained), status))  # type: ignore[arg-type]
        return found

    def footprint(self, table: DecisionTable, data: RuleData) -> pd.DataFrame | None:
        """What rows of ``table`` add to each key; a stretch aim leaves all room."""
        if self.stretch or all(term.table != table.id for term in self.terms):
            return None
        found = effects([(t, 1) for t in self.terms], self.per, table, data, self.running)
        least = self.at_least if self.equal is None else self.equal
        most = self.at_most if self.equal is None else self.equal
        lines = self.lines(data)
        return with_room(found, lines, self._untouched(found, least, data), self._untouched(found, most, data))

    def _untouched(self, found: pd.DataFrame, limit: Number | Term | None, data: RuleData) -> dict[str, int] | None:
        """The limit of every key that rows could reach, also of those that the plan does not touch."""
        texts = found["key"].drop_duplicates()
        index = pd.Index(texts)
        if len(self.per) > 1:
            index = pd.MultiIndex.from_tuples([tuple(text.split(KEY_JOIN)) for text in texts], names=list(self.per))
        limits = limit_for(limit, pd.Series(0, index=index, dtype="int64"), self.per, data)
        return None if limits is None else dict(zip(texts, map(int, limits), strict=True))

    def statement(self, data: RuleData) -> pd.DataFrame | None:
        """For a running total whose terms have titles: keys, item, item_zh, item_en, amount."""
        if not self.running or not all(term.title for term in self.terms):
            return None
        parts = []
        for number, term in enumerate(self.terms):
            title = term.title or Title(zh="", en="")
            posted = postings(term, self.per, data).groupby(list(self.per), observed=True)["amount"].sum().reset_index()
            item = f"{number + 1:02d}"
            parts.append(posted.assign(item=item, item_zh=title.zh, item_en=title.en))
        together = pd.concat(parts, ignore_index=True)
        return together[[*self.per, "item", "item_zh", "item_en", "amount"]]
