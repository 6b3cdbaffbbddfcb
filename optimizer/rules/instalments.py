"""Instalments: what is granted is paid in parts over the years, to the last fen."""

from __future__ import annotations

from typing import ClassVar

import pandas as pd

from optimizer.policy.terms import Term
from optimizer.rules.base import Line, Rule, RuleData
from optimizer.rules.ledger import key_text, postings


class Instalments(Rule):
    """All parts that fall within the money years add up to what was granted (SJ-10), for each key.

    The statement lists key, year and amount paid.
    """

    kind: ClassVar[str] = "instalments"

    terms: tuple[Term, ...]
    per: tuple[str, ...]

    def lines(self, data: RuleData) -> list[Line]:
        """One line a key: granted against paid in time."""
        granted = pd.concat([postings(t.model_copy(update={"schedule": None}), self.per, data) for t in self.terms])
        paid = self._paid(data)
        first, last = data.instance.policy.policy.money_years
        in_time = paid.loc[paid["year"].between(first, last)].groupby(list(self.per), observed=True)["amount"].sum()
        found = []
        for key, amount in granted.groupby(list(self.per), observed=True)["amount"].sum().items():
            has = int(in_time.get(key, 0))
            found.append(Line(key_text(key), "=", int(amount), has, "met" if has == int(amount) else "violated"))
        return found

    def _paid(self, data: RuleData) -> pd.DataFrame:
        keys = [*self.per, "year"]
        return pd.concat([postings(t, keys, data) for t in self.terms], ignore_index=True)

    def statement(self, data: RuleData) -> pd.DataFrame | None:
        """Keys, year, item, amount paid."""
        parts = []
        for number, term in enumerate(self.terms):
            posted = postings(term, [*self.per, "year"], data)
            sums = posted.groupby([*self.per, "year"], observed=True)["amount"].sum().reset_index()
            zh, en = (term.title.zh, term.title.en) if term.title else (term.measure or "", term.measure or "")
            parts.append(sums.assign(item=f"{number + 1:02d}", item_zh=zh, item_en=en))
        return pd.concat(parts, ignore_index=True)[[*self.per, "year", "item", "item_zh", "item_en", "amount"]]
