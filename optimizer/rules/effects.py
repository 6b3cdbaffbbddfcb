"""Check side: what single rows of a decision table add to a rule's lines, and the room that a plan leaves on each line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from optimizer.decisions import DecisionTable
from optimizer.policy.terms import Term
from optimizer.program import Ints
from optimizer.rules.base import KEY_JOIN, Line, RuleData
from optimizer.rules.ledger import postings

ROOMY = 2**60
"""Room on a line without a limit on that side."""


@dataclass(frozen=True)
class Effects:
    """Row ``row[i]`` of a table adds ``amount[i]`` to the line ``key[line[i]]``; on that line the plan leaves ``below[line]``
    and ``above[line]``: by how much it may fall and rise."""

    row: Ints
    line: Ints
    amount: Ints
    key: Sequence[str]
    below: Ints
    above: Ints

    def rows_on(self, key: str) -> Ints:
        """The rows that add to the line of a key."""
        if key not in self.key:
            return self.row[:0]
        return np.unique(self.row[(self.line == self.key.index(key)) & (self.amount != 0)])

    def within(self, below: Mapping[str, int], above: Mapping[str, int], suffix: str = "") -> Effects:
        """The same with the room of each key (roomy where it has none), under keys with ``suffix`` behind."""
        return replace(
            self,
            key=[key + suffix for key in self.key],
            below=np.array([below.get(key, ROOMY) for key in self.key], dtype=np.int64),
            above=np.array([above.get(key, ROOMY) for key in self.key], dtype=np.int64),
        )

    def beside(self, lines: Sequence[Line], least: Limits, most: Limits, tolerance: int = 0) -> Effects:
        """The same with the room that a plan leaves. A key without a line has attained 0 of its ``least`` and ``most``
        (limits by key; None where there is no such limit)."""
        below = {} if least is None else {k: -v for k, v in zip(self.key, least(self.key), strict=True)}
        above = {} if most is None else dict(zip(self.key, most(self.key), strict=True))
        below |= {line.key: line.attained - (line.limit or 0) for line in lines if line.sense in (">=", "=")}
        above |= {line.key: (line.limit or 0) - line.attained for line in lines if line.sense in ("<=", "=")}
        found = self.within(below, above)
        return replace(found, below=found.below + tolerance, above=found.above + tolerance)


Limits = Callable[[Sequence[str]], Sequence[int]] | None


def effects(
    terms: Sequence[tuple[Term, int]], per: Sequence[str], table: DecisionTable, data: RuleData, balance: bool
) -> Effects:
    """What rows of ``table`` alone add to each key, roomy. ``terms`` come with a factor; ``balance`` adds each amount to every
    later money year as well."""
    alone = replace(data, tables={**data.tables, table.id: table})
    parts = [
        posted.assign(amount=posted["amount"] * factor)
        for term, factor in terms
        if term.table == table.id and len(posted := postings(term, per, alone))
    ]
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return Effects(none, none, none, [], none, none)
    posted = pd.concat(parts, ignore_index=True)
    if balance:
        posted = _later(posted, data.instance.policy.policy.money_years[1])
    line, keys = _lines(posted, per)
    row, line, amount = _summed(posted["row"].to_numpy(np.int64), line, posted["amount"].to_numpy(np.int64), len(keys))
    roomy = np.full(len(keys), ROOMY, dtype=np.int64)
    return Effects(row, line, amount, keys, roomy, roomy)


def _later(posted: pd.DataFrame, last: int) -> pd.DataFrame:
    """Each amount again in every later year up to the last."""
    year = posted["year"].to_numpy(np.int64)
    left = np.maximum(last - year + 1, 0)
    again = posted.iloc[np.repeat(np.arange(len(year)), left)]
    after = np.arange(len(again)) - np.repeat(np.cumsum(left) - left, left)
    return again.assign(year=again["year"].to_numpy(np.int64) + after)


def _lines(posted: pd.DataFrame, per: Sequence[str]) -> tuple[Ints, list[str]]:
    """The line of each amount, and the keys as texts, in the order in which they come first."""
    code = np.zeros(len(posted), dtype=np.int64)
    levels = []
    for key in per:
        found, values = pd.factorize(posted[key].to_numpy())
        code = code * len(values) + found
        levels.append(values)
    line, distinct = pd.factorize(code)
    texts: list[list[str]] = []
    rest = np.asarray(distinct, dtype=np.int64)
    for values in reversed(levels):
        texts.append([str(values[at]) for at in rest % len(values)])
        rest = rest // len(values)
    keys = [KEY_JOIN.join(reversed(parts)) for parts in zip(*texts, strict=True)] if per else [""] * len(distinct)
    return line.astype(np.int64), keys


def _summed(row: Ints, line: Ints, amount: Ints, lines: int) -> tuple[Ints, Ints, Ints]:
    """One entry a row and line."""
    cell = row * lines + line
    order = np.argsort(cell, kind="stable")
    cell = cell[order]
    first = np.flatnonzero(np.append(True, cell[1:] != cell[:-1])[: len(cell)])
    total = np.add.reduceat(amount[order], first) if len(first) else amount[:0]
    return cell[first] // lines, cell[first] % lines, total


def joined(parts: Sequence[Effects]) -> Effects:
    """Effects on different lines as one."""
    start = np.cumsum([0, *(len(part.key) for part in parts)])
    return Effects(
        np.concatenate([part.row for part in parts]),
        np.concatenate([part.line + at for part, at in zip(parts, start, strict=False)]),
        np.concatenate([part.amount for part in parts]),
        [key for part in parts for key in part.key],
        np.concatenate([part.below for part in parts]),
        np.concatenate([part.above for part in parts]),
    )
