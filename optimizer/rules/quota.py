"""Fair shares: each key gets its fair share of a whole number of units, rounded down or up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import numpy as np

from optimizer.apportionment import Method, divide, fair_shares
from optimizer.policy.filters import Number, resolve
from optimizer.policy.terms import Term
from optimizer.program import FREE, Builder
from optimizer.rules.base import Line, Rule, RuleData, judge
from optimizer.rules.ledger import key_text, totals
from optimizer.rules.rows import Entries, add_rows, entries_of, labels, number_rows
from optimizer.wording import Wording

NEXT = Wording("总数加1时得数减少的", "with less at a total of 1 more")
NEXT_BUT = Wording("总数减1时得数增加的", "with more at a total of 1 less")


@dataclass(frozen=True)
class Claims:
    """What is to be divided: keys (as texts), their needs (above 0), floors, caps and fair shares of ``total``."""

    keys: tuple[str, ...]
    needs: tuple[int, ...]
    floors: tuple[int, ...]
    caps: tuple[int, ...]
    total: int
    fair: tuple[Fraction, ...]

    def shares(self, total: int, method: Method) -> tuple[int, ...]:
        """The method's own division of another total, between the same floors and caps (kept within what they allow)."""
        within = min(max(total, sum(self.floors)), sum(self.caps))
        return divide(within, self.needs, method, self.floors, self.caps).shares


class Quota(Rule):
    """Σ terms of each key is its fair share of ``total`` by ``need``, rounded down or up (the quota property).

    ``need``, ``floor``, ``cap``: terms over input tables; a key without need has no fair share and no limit. The fair share
    is λ · need held between floor and cap, with one λ for all (``apportionment.fair_shares``). As a ``stretch`` rule it
    reports where other clauses, or the method, give more or less. ``method`` names how whole units are divided; two records
    say whether that method is house-monotone here: how many keys get less when there is one unit more, and more when
    there is one less. Source: M. L. Balinski and H. P. Young, *Fair Representation*, 1982; HN-01, HN-02.
    """

    kind: ClassVar[str] = "quota"
    by_pieces: ClassVar[bool] = True

    terms: tuple[Term, ...]
    per: tuple[str, ...]
    total: Number
    need: Term
    floor: Term | None = None
    cap: Term | None = None
    method: Method = "largest_remainder"

    def claims(self, data: RuleData) -> Claims:
        """What the input tables say is to be divided. A total that the floors or caps do not allow is taken as near as
        they do: the clauses that set them then say what is wrong."""
        needs = {key_text(k): int(v) for k, v in totals([self.need], self.per, data).items() if v > 0}
        keys, total = tuple(needs), resolve(self.total, data.parameters)
        floors = _limits(self.floor, self.per, keys, [0] * len(keys), data)
        caps = _limits(self.cap, self.per, keys, [total] * len(keys), data)
        caps = [max(low, high) for low, high in zip(floors, caps, strict=True)]
        within = min(max(total, sum(floors)), sum(caps))
        fair = fair_shares(within, list(needs.values()), floors, caps)
        return Claims(keys, tuple(needs.values()), tuple(floors), tuple(caps), total, fair)

    def add(self, builder: Builder, data: RuleData) -> None:
        """One row a key: from the lower to the upper quota."""
        if self.stretch:
            return
        parts = [entries_of(term, self.per, data, builder.offset) for term in self.terms]
        asked = entries_of(self.need, self.per, data, builder.offset)
        parts.append(Entries(asked.column, np.zeros_like(asked.value), asked.keys))
        keys, numbers = number_rows(parts, self.per)
        claims = self.claims(data)
        low = dict(zip(claims.keys, map(_down, claims.fair), strict=True))
        high = dict(zip(claims.keys, map(_up, claims.fair), strict=True))
        names = labels(keys)
        lower = np.array([low.get(name, -int(FREE)) for name in names], dtype=np.int64)
        upper = np.array([high.get(name, int(FREE)) for name in names], dtype=np.int64)
        add_rows(builder, (self.id, self.clause), keys, numbers, parts, lower, upper)

    def lines(self, data: RuleData) -> list[Line]:
        """Two lines a key, and two records of the method."""
        claims = self.claims(data)
        has = {key_text(k): int(v) for k, v in totals(self.terms, self.per, data).items()}
        found = []
        for key, fair in zip(claims.keys, claims.fair, strict=True):
            attained = has.get(key, 0)
            for sense, limit in ((">=", _down(fair)), ("<=", _up(fair))):
                status = judge(sense, limit, attained, self.stretch)
                text = self._sentence(key, fair, attained)
                found.append(Line(key, sense, limit, attained, status, text))  # type: ignore[arg-type]
        return [*found, *self._records(claims)]

    def _records(self, claims: Claims) -> list[Line]:
        now = claims.shares(claims.total, self.method)
        less = _fewer(now, claims.shares(claims.total + 1, self.method))
        more = _fewer(claims.shares(claims.total - 1, self.method), now) if claims.total else 0
        return [Line(NEXT.zh, "record", None, less, "record"), Line(NEXT_BUT.zh, "record", None, more, "record")]

    def _sentence(self, key: str, fair: Fraction, attained: int) -> Wording:
        low, high, exact = _down(fair), _up(fair), f"{float(fair):,.2f}"
        return Wording(
            zh=f"{self.clause} {self.title.zh}（{key}）：应得份额 {exact}，应为 {low:,} 或 {high:,}，实际 {attained:,}。",
            en=f"{self.clause} {self.title.en} ({key}): the fair share is {exact}, to be {low:,} or {high:,}; "
            f"the plan has {attained:,}.",
        )


def _limits(
    term: Term | None, per: tuple[str, ...], keys: Sequence[str], otherwise: list[int], data: RuleData
) -> list[int]:
    """The limit of each key: what the term gives it (0 where it says nothing of the key), ``otherwise`` without a term."""
    if term is None:
        return otherwise
    known = {key_text(k): int(v) for k, v in totals([term], per, data).items()}
    return [known.get(key, 0) for key in keys]


def _down(share: Fraction) -> int:
    return share.numerator // share.denominator


def _up(share: Fraction) -> int:
    return -(-share.numerator // share.denominator)


def _fewer(now: Sequence[int], more: Sequence[int]) -> int:
    """How many keys get less of the larger total."""
    return sum(y < x for x, y in zip(now, more, strict=True))
