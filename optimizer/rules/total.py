"""A total over rows of the plan, for each key, within limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from pydantic import model_validator

from optimizer.decisions import DecisionTable
from optimizer.policy.filters import Number, resolve
from optimizer.policy.model import Title
from optimizer.policy.terms import Term
from optimizer.program import FREE, Builder
from optimizer.rules.base import KEY_JOIN, Line, Rule, RuleData, judge
from optimizer.rules.effects import Effects, effects
from optimizer.rules.ledger import key_text, limit_for, postings, running, totals
from optimizer.rules.rows import Entries, add_rows, carried, entries_of, limit_of, number_rows
from optimizer.units import UNITS, display_unit, show
from optimizer.wording import Wording

TERM_FIELDS = ("table", "measure", "where", "schedule", "after", "spread", "spread_as", "keys", "times")


class Total(Rule):
    """Σ terms … ``per`` key … ``at_least`` / ``at_most`` / ``equal`` a number, a parameter or a table's column.

    A rule with one term may write the term's keys (table, measure, where …) on itself. ``running``
    makes a balance of it: the sum up to and including each year of the policy's money years, so that
    what is left over is carried forward (SJ-03) and what is borrowed stays owed (SJ-07). ``tolerance``: how far
    an ``equal`` may be missed on either side, because what is summed comes in indivisible pieces (GX-02: whole
    households); the line still says exactly by how much.
    """

    kind: ClassVar[str] = "total"
    by_pieces: ClassVar[bool] = True

    terms: tuple[Term, ...]
    per: tuple[str, ...] = ()
    at_least: Number | Term | None = None
    at_most: Number | Term | None = None
    equal: Number | Term | None = None
    tolerance: Number = 0
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
        if self.tolerance != 0 and self.equal is None:
            raise ValueError("a tolerance belongs to 'equal'")
        return self

    def add(self, builder: Builder, data: RuleData) -> None:
        """One row a key (and year)."""
        if self.stretch:
            return
        parts = [entries_of(term, self.per, data, builder.offset) for term in self.terms]
        wanted = self._wanted(data)
        if wanted is not None:
            empty = entries_of(wanted, self.per, data, builder.offset)
            parts.append(Entries(empty.column, np.zeros_like(empty.value), empty.keys))
        if self.running:
            parts = [carried(p, data) for p in parts]
        keys, numbers = number_rows(parts, self.per)
        exact = limit_of(self.equal, keys, data, 0)
        slack = resolve(self.tolerance, data.parameters)
        lower = exact - slack if self.equal is not None else limit_of(self.at_least, keys, data, -int(FREE))
        upper = exact + slack if self.equal is not None else limit_of(self.at_most, keys, data, int(FREE))
        add_rows(builder, (self.id, self.clause), keys, numbers, parts, lower, upper)

    def lines(self, data: RuleData) -> list[Line]:
        """One line a key and limit."""
        sums = totals(self.terms, self.per, data)
        wanted = self._wanted(data)
        if wanted is not None:
            sums = sums.reindex(sums.index.union(totals([wanted], self.per, data).index), fill_value=0)
        if self.running:
            first, last = data.instance.policy.policy.money_years
            sums = running(sums, self.per, first, last)
        found = []
        for sense, limit in ((">=", self.at_least), ("<=", self.at_most), ("=", self.equal)):
            limits = limit_for(limit, sums, self.per, data)
            if limits is None:
                continue
            for key, attained, bound in zip(sums.index, sums.to_numpy(), limits.to_numpy(), strict=True):
                found.append(self._line(key_text(key), sense, int(bound), int(attained), data))
        return found

    def _wanted(self, data: RuleData) -> Term | None:
        """The table that asks for something at each key of the rule, also where the plan has nothing."""
        asked = self.at_least if self.equal is None else self.equal
        if not isinstance(asked, Term):
            return None
        columns = data.instance.tables[asked.table].columns
        return asked if all(asked.keys.get(key, key) in columns for key in self.per) else None

    def _line(self, key: str, sense: str, limit: int, attained: int, data: RuleData) -> Line:
        slack = resolve(self.tolerance, data.parameters)
        if sense != "=" or not slack:
            return Line(key, sense, limit, attained, judge(sense, limit, attained, self.stretch))  # type: ignore[arg-type]
        missed = abs(limit - attained)
        status = judge("<=", slack, missed, self.stretch)
        if not missed:
            return Line(key, "=", limit, attained, "met")
        line = Line(key, "=", limit, attained, status)
        unit = display_unit(self.unit)
        zh, en = self.explain(line).zh.rstrip("。"), self.explain(line).en.rstrip(".")
        text = Wording(
            zh=f"{zh}，允许误差 {show(slack, unit)} {UNITS[unit].zh}。",
            en=f"{en}; {show(slack, unit)} {UNITS[unit].en} are allowed.",
        )
        return replace(line, text=text)

    def footprint(self, table: DecisionTable, data: RuleData) -> Effects | None:
        """What rows of ``table`` add to each key; a stretch aim leaves all room."""
        if self.stretch or all(term.table != table.id for term in self.terms):
            return None
        found = effects([(t, 1) for t in self.terms], self.per, table, data, self.running)
        least = self.at_least if self.equal is None else self.equal
        most = self.at_most if self.equal is None else self.equal
        return found.beside(
            data.lines_of(self),
            None if least is None else lambda keys: self._untouched(keys, least, data),
            None if most is None else lambda keys: self._untouched(keys, most, data),
            resolve(self.tolerance, data.parameters),
        )

    def _untouched(self, keys: Sequence[str], limit: Number | Term, data: RuleData) -> list[int]:
        """The limit of every key that rows could reach, also of those that the plan does not touch."""
        index = pd.Index(list(keys), dtype=object)
        if len(self.per) > 1:
            index = pd.MultiIndex.from_tuples([tuple(text.split(KEY_JOIN)) for text in keys], names=list(self.per))
        limits = limit_for(limit, pd.Series(0, index=index, dtype="int64"), self.per, data)
        return [] if limits is None else limits.tolist()

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
