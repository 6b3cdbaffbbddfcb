"""Whole units divided by need, as near to a named method as the other clauses allow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd

from optimizer.apportionment import Method
from optimizer.codes import as_codes
from optimizer.decisions import DecisionTable
from optimizer.errors import PolicyError
from optimizer.instance import Instance
from optimizer.objectives.base import Objective
from optimizer.policy.terms import Term
from optimizer.program import Builder, Ints
from optimizer.rules import RuleData, rules_of
from optimizer.rules.base import KEY_JOIN
from optimizer.rules.ledger import key_text, totals
from optimizer.rules.quota import Claims, Quota
from optimizer.rules.rows import Entries, add_at, add_rows, entries_of, labels, number_rows
from optimizer.wording import Wording

FINE = 1000
"""Costs are counted in thousandths."""
NEAR = 16
"""Single units on either side of the fair share; beyond them pieces get twice as long each time."""
FARTHEST = 2**31
"""How far the last piece goes: more than anything that is divided."""

Rate = Callable[[int, int, Fraction, Fraction], Fraction]
_RATES: Mapping[str, Rate] = {
    "largest_remainder": lambda k, w, q, mean: 2 * (k + Fraction(1, 2) - q),
    "webster": lambda k, w, q, mean: Fraction(2 * k + 1, 2 * w) - mean,
    "jefferson": lambda k, w, q, mean: Fraction(k + 1, w) - mean,
    "adams": lambda k, w, q, mean: Fraction(k, w) - mean,
    "huntington_hill": lambda k, w, q, mean: (Fraction(k * (k + 1), w * w) - mean**2) / mean,
}
"""What the unit after k costs a key of weight w and fair share q; ``mean``: units for one of weight, all together."""


@dataclass(frozen=True)
class Pieces:
    """The cost of each key's share as pieces that start at the fair share rounded down. One row a piece: key (a number),
    way (1 more, −1 less), length, rate (cost of one unit along it, not falling outwards)."""

    claims: Claims
    method: Method

    @cached_property
    def start(self) -> list[int]:
        """The fair shares rounded down."""
        return [q.numerator // q.denominator for q in self.claims.fair]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """All pieces; see the class."""
        rows = [row for i in range(len(self.start)) for way in (1, -1) for row in self._along(i, way)]
        frame = pd.DataFrame(rows, columns=["key", "way", "length", "exact"])
        frame["rate"] = _whole_rates(frame)
        return frame.drop(columns="exact")

    def _along(self, i: int, way: int) -> list[tuple[int, int, int, Fraction]]:
        """The pieces of one key outwards; downwards none below 0."""
        rate, claims, done, length = _RATES[self.method], self.claims, 0, 1
        found: list[tuple[int, int, int, Fraction]] = []
        mean, weight = Fraction(max(claims.total, 1), sum(claims.needs)), Fraction(1)
        if self.method != "largest_remainder":  # a unit of a key of mean need costs about as much as there
            weight = Fraction(2 * sum(claims.needs), len(claims.needs))
        reach = max(claims.total, 1) if way > 0 else self.start[i]
        while done < reach:
            length = 1 if len(found) < NEAR else min(length * 2, reach - done)
            unit = self.start[i] + done if way > 0 else self.start[i] - done - 1
            found.append((i, way, length, way * weight * rate(unit, claims.needs[i], claims.fair[i], mean)))
            done += length
        if way > 0:
            found[-1] = (*found[-1][:2], FARTHEST, found[-1][3])
        return found

    def cost(self, i: int, share: int) -> int:
        """What a share of key i costs: along its pieces."""
        away = share - self.start[i]
        mine = self.frame[(self.frame["key"] == i) & (self.frame["way"] == (1 if away > 0 else -1))]
        total, left = 0, abs(away)
        for length, rate in zip(mine["length"].tolist(), mine["rate"].tolist(), strict=True):
            total, left = total + rate * min(length, left), left - min(length, left)
            if not left:
                break
        return int(total)


def _whole_rates(frame: pd.DataFrame) -> Ints:
    """The rates in thousandths, rounded; different ones stay different and in order, equal ones equal, so that the cheapest
    division in whole numbers is the cheapest one."""
    exact = sorted(set(frame["exact"]) | {-value for value in frame["exact"]})
    whole: dict[Fraction, int] = {}
    last = -1 if 0 in exact else 0
    for value in (v for v in exact if v >= 0):
        last = max(round(value * FINE), last + 1)
        whole[value], whole[-value] = last, -last
    return np.array([whole[value] for value in frame["exact"]], dtype=np.int64)


class Division(Objective):
    """Divide as the ``quota`` rule ``rule`` says, by its method, as nearly as the other clauses allow.

    Minimised is the sum over keys of the method's own cost of a share x with need w and fair share q: (x − q)² for
    ``largest_remainder``; for divisor methods what each unit costs is its priority, (2k + 1)/2w for ``webster``, as a
    deviation from units over need of all. Units go where they cost least, so under nothing but total, floors and caps the
    plan is the method's own division (Balinski and Young 1982; Ibaraki and Katoh, *Resource Allocation Problems*, 1988).
    Costs are whole thousandths that keep the order of the exact ones (``_whole_rates``). They are exact for
    ``NEAR`` units on either side of the fair share; further away they grow in steps.
    """

    kind: ClassVar[str] = "division"
    by_pieces: ClassVar[bool] = True

    sense: Literal["max", "min"] = "min"
    unit: str = "points"
    rule: str

    def _quota(self, instance: Instance) -> Quota:
        for rule in rules_of(instance.policy):
            if isinstance(rule, Quota) and rule.id == self.rule:
                if rule.method in _RATES:
                    return rule
                break
        raise PolicyError(
            Wording(
                zh=f"{instance.policy.file}：目标“{self.id}”的 rule“{self.rule}”不是可用的 quota 规则（方法：{'、'.join(_RATES)}）。",
                en=f"{instance.policy.file}: rule '{self.rule}' of objective '{self.id}' is no quota rule with one of the methods "
                f"{', '.join(_RATES)}.",
            )
        )

    def _pieces(self, data: RuleData) -> tuple[Quota, Pieces]:
        quota = self._quota(data.instance)
        return quota, Pieces(quota.claims(data), quota.method)

    @property
    def _table(self) -> str:
        return f"objective/{self.id}/pieces"

    def auxiliary(self, instance: Instance) -> Sequence[DecisionTable]:
        """One amount a piece: how far the share goes along it."""
        quota, pieces = self._pieces(RuleData(instance, {}))
        frame = pieces.frame
        keys = frame["key"].map(dict(enumerate(pieces.claims.keys)))
        parts: Any = keys.str.split(KEY_JOIN, expand=True) if len(quota.per) > 1 else {0: keys}
        columns = {name: as_codes(parts[n]) for n, name in enumerate(quota.per)}
        shown = pd.DataFrame({**columns, "piece": frame.index, "way": frame["way"], "rate": frame["rate"]})
        shown["_step"] = np.int64(1)
        upper = frame["length"].to_numpy(dtype=np.int64)
        return [DecisionTable(self._table, shown, upper, (*quota.per, "piece"), None, "units", auxiliary=True)]

    def add(self, builder: Builder, data: RuleData) -> None:
        """One row a key: share − pieces up + pieces down = fair share rounded down."""
        quota, pieces = self._pieces(data)
        parts = [entries_of(term, quota.per, data, builder.offset) for term in quota.terms]
        parts.append(entries_of(Term(table=self._table, measure="way", times=-1), quota.per, data, builder.offset))
        asked = entries_of(quota.need, quota.per, data, builder.offset)
        parts.append(Entries(asked.column, np.zeros_like(asked.value), asked.keys))
        keys, numbers = number_rows(parts, quota.per)
        known = dict(zip(pieces.claims.keys, pieces.start, strict=True))
        names = labels(keys)
        free = np.array([name not in known for name in names])
        start = np.array([known.get(name, 0) for name in names], dtype=np.int64)
        lower, upper = np.where(free, -(2**62), start), np.where(free, 2**62, start)
        add_rows(builder, self.label, keys, numbers, parts, lower, upper)

    def values(self, data: RuleData, offset: Mapping[str, int], columns: int) -> list[Ints]:
        """Each piece's rate."""
        value = np.zeros(columns, dtype=np.int64)
        entries = entries_of(Term(table=self._table, measure="rate"), [], data, offset)
        add_at(value, entries.column, entries.value)
        return [value]

    def reached(self, data: RuleData) -> list[int]:
        """The cost of the plan's shares."""
        quota, pieces = self._pieces(data)
        has = {key_text(k): int(v) for k, v in totals(quota.terms, quota.per, data).items()}
        return [sum(pieces.cost(i, has.get(key, 0)) for i, key in enumerate(pieces.claims.keys))]
