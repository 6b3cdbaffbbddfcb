"""Who has at least as much of every ground gets at least as much a head."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import gcd
from typing import Any, ClassVar

import networkx as nx
import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from optimizer.policy.filters import Number, resolve
from optimizer.policy.terms import Term
from optimizer.program import FREE, Builder, Ints
from optimizer.rules.base import Line, Rule, RuleData, judge
from optimizer.rules.ledger import key_text, totals
from optimizer.rules.rows import Entries, add_rows, entries_of
from optimizer.units import UNITS, display_unit, show
from optimizer.wording import Wording

Pair = tuple[int, int, bool]
"""Position of the one that comes first, of the other, and whether they are equal in every ground."""


class Ground(BaseModel):
    """One ground of the order: Σ ``terms`` (input tables), compared as it is or ``a_head``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    terms: tuple[Term, ...]
    a_head: bool = False


class Order(Rule):
    """In every group ``per``: where ``item`` a has at least as much as b of every ground in ``by``, its ``amount`` a head is
    at least b's: amount_a · head_b ≥ amount_b · head_a. Equals in every ground differ by less than one ``step`` a head:
    head_b·amount_a and head_a·amount_b are less than step·max(head) apart.

    Grounds and heads are sums of input tables; items without a head are not compared. The order is partial: rows stand for
    its transitive reduction only (over classes of equals, where every member stands above every member of the next), which
    says the same, since shares a head can be chained. Sources: TY-03 (absorption and gap), TY-06.
    """

    kind: ClassVar[str] = "order"

    amount: tuple[Term, ...]
    item: str
    per: tuple[str, ...] = ()
    head: Term
    by: tuple[Ground, ...] = Field(min_length=1)
    step: Number = 1

    @property
    def _keys(self) -> tuple[str, ...]:
        return (*self.per, self.item)

    def add(self, builder: Builder, data: RuleData) -> None:
        """One row a pair of the reduction; two for equals."""
        head = self._given([self.head], data)
        head = {key: value for key, value in head.items() if value > 0}
        grounds = [(self._given(g.terms, data), g.a_head) for g in self.by]
        groups: dict[tuple[Any, ...], list[Any]] = {}
        for key in sorted(head, key=str):
            groups.setdefault(key[:-1], []).append(key)
        pairs = [
            (members[a], members[b], equal)
            for members in groups.values()
            for a, b, equal in reduction(_scores(members, head, grounds))
        ]
        step = resolve(self.step, data.parameters)
        parts = [entries_of(t, self._keys, data, builder.offset) for t in self.amount]
        rows, values, low = [], [], np.zeros(len(pairs), dtype=np.int64)
        factor: dict[Any, list[tuple[int, int]]] = {}
        for number, (a, b, equal) in enumerate(pairs):
            common = gcd(head[a], head[b])
            factor.setdefault(a, []).append((number, head[b] // common))
            factor.setdefault(b, []).append((number, -head[a] // common))
            low[number] = -((step * max(head[a], head[b]) - 1) // common) if equal else 0
        for part in parts:
            used = [factor.get(key, []) for key in _rows(part.keys, self._keys)]
            at = np.repeat(np.arange(len(used)), [len(u) for u in used])
            flat = np.array([f for u in used for f in u], dtype=np.int64).reshape(-1, 2)
            values.append(Entries(part.column[at], part.value[at] * flat[:, 1], {}))
            rows.append(flat[:, 0])
        columns = [*self.per, self.item, "beside"]
        keys = pd.DataFrame([(*a, f"≥ {b[-1]}") for a, b, _ in pairs], columns=columns)
        add_rows(builder, (self.id, self.clause), keys, rows, values, low, np.full(len(pairs), int(FREE)))

    def _given(self, terms: Any, data: RuleData) -> dict[tuple[Any, ...], int]:
        """Σ of terms over input tables by key."""
        found: dict[tuple[Any, ...], int] = {}
        for term in terms:
            entries = entries_of(term, self._keys, data, {})
            for key, value in zip(_rows(entries.keys, self._keys), entries.value, strict=True):
                found[key] = found.get(key, 0) + int(value)
        return found

    def lines(self, data: RuleData) -> list[Line]:
        """One line a pair, all of them: ``limit`` is the least that the first may have beside the other."""
        frame = pd.DataFrame({"head": totals([self.head], self._keys, data)})
        frame["amount"] = totals(self.amount, self._keys, data).reindex(frame.index, fill_value=0)
        for number, ground in enumerate(self.by):
            frame[f"by{number}"] = totals(ground.terms, self._keys, data).reindex(frame.index, fill_value=0)
        frame = frame.loc[frame["head"] > 0].astype(object).rename_axis(list(self._keys)).reset_index()
        both = frame.merge(frame, how="cross") if not self.per else frame.merge(frame, on=list(self.per))
        both = both.loc[both[f"{self.item}_x"] != both[f"{self.item}_y"]]
        above, below = (pd.Series(True, index=both.index) for _ in range(2))
        for number, ground in enumerate(self.by):
            one, other = both[f"by{number}_x"], both[f"by{number}_y"]
            if ground.a_head:
                one, other = one * both["head_y"], other * both["head_x"]
            above &= one >= other
            below &= one <= other
        step = resolve(self.step, data.parameters)
        ordered = both.assign(equal=below).loc[above].to_dict("records")
        return [self._line(row, step) for row in ordered]

    def _line(self, row: dict[Any, Any], step: int) -> Line:
        first, second = row[f"{self.item}_x"], row[f"{self.item}_y"]
        has, other, own, its = (int(row[c]) for c in ("amount_x", "amount_y", "head_x", "head_y"))
        room = step * max(own, its) - 1 if row["equal"] else 0
        least = -((room - other * own) // its)
        key = " / ".join([*(key_text(row[p]) for p in self.per), str(first), f"≥ {second}"])
        status = judge(">=", least, has, self.stretch, step - 1)
        unit = UNITS[display_unit(self.unit)]
        mine, theirs = (show(round(amount / count), unit.id) for amount, count in ((has, own), (other, its)))
        text = Wording(
            zh=f"{self.clause} {self.title.zh}（{key}）：人均应不低于后者，前者 {mine} {unit.zh}，后者 {theirs} {unit.zh}。",
            en=f"{self.clause} {self.title.en} ({key}): at least as much a head; the first has {mine} {unit.en}, the other {theirs}.",
        )
        return Line(key, ">=", least, has, status, text)


def reduction(scores: list[tuple[Any, ...]]) -> Iterator[Pair]:
    """The pairs that stand for "at least as much in every score": equals among themselves, both ways, and of the
    transitive reduction over classes of equals every member above every member of the next."""
    members: dict[tuple[Any, ...], list[int]] = {}
    for at, score in enumerate(scores):
        members.setdefault(score, []).append(at)
    graph: nx.DiGraph = nx.DiGraph()
    graph.add_nodes_from(members)
    graph.add_edges_from(
        (a, b)
        for a in members
        for b in members
        if a != b and all(one >= other for one, other in zip(a, b, strict=True))
    )
    for equals in members.values():
        yield from ((a, b, True) for a in equals for b in equals if a != b)
    for above, below in nx.transitive_reduction(graph).edges:
        yield from ((a, b, False) for a in members[above] for b in members[below])


def _scores(members: list[Any], head: dict[Any, int], grounds: list[tuple[dict[Any, int], bool]]) -> list[Any]:
    """Each member's grounds as exact numbers that can be compared (a fraction of the head where it counts a head)."""
    return [
        tuple(Fraction(given.get(key, 0), head[key] if a_head else 1) for given, a_head in grounds) for key in members
    ]


def _rows(keys: dict[str, Ints], per: tuple[str, ...]) -> list[tuple[Any, ...]]:
    return list(pd.DataFrame(keys)[list(per)].astype(object).itertuples(index=False, name=None))
