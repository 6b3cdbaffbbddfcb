"""A program while its choices are made one by one: what each limit has left, and which options still fit. Whole numbers only.

A side of a limit is *held* once the plan so far keeps it: no later choice may break it. A target (a side that an empty plan
breaks) is not held before it is reached. A share may be off by one household until it could bear any one household more: the
first household of all would break it whatever it took.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from optimizer.program import FREE, Bools, Ints, Program
from optimizer.rules import Rule
from optimizer.rules.share import Share

NEVER = 2**62
"""A limit that holds nothing back yet."""


@dataclass(frozen=True)
class Offer:
    """The options of a program as choices come: ``use`` (options × rows, in row units) and ``start`` (set s owns options
    start[s] … start[s + 1]). ``open``: options that anybody may take at all. ``asked``: rows with a lower limit that an
    empty plan breaks. ``off``: by how much each row may be off at first (shares: one household's largest entry; else 0)."""

    use: sp.csr_array
    start: Ints
    low: Ints
    high: Ints
    open: Bools
    asked: Bools
    off: Ints

    @classmethod
    def of(cls, program: Program, rules: Sequence[Rule]) -> Offer:
        """The choices of a program; its amounts stay apart. ``rules``: those that its rows are of; rows of goals limit nothing."""
        many, rows = program.options, program.matrix.shape[0]
        use = sp.csr_array(sp.csc_array(program.matrix)[:, :many].T)
        largest = np.zeros(rows, dtype=np.int64)
        np.maximum.at(largest, use.indices, np.abs(use.data))
        ours = program.rows["rule"].isin([rule.id for rule in rules]).to_numpy()
        low, high = np.where(ours, program.row_lower, -FREE), np.where(ours, program.row_upper, FREE)
        shares = program.rows["rule"].isin([rule.id for rule in rules if rule.kind == Share.kind]).to_numpy()
        return cls(
            use, program.set_start, low, high, program.upper[:many] > 0, low > 0, np.where(shares, largest, 0)
        )  # fmt: skip

    def options_of(self, household: int) -> slice:
        """The options of one choice set."""
        return slice(int(self.start[household]), int(self.start[household + 1]))


class Standing:
    """What is used of every row by the choices so far and by the amounts as they are, and the limits that are held."""

    def __init__(self, offer: Offer, amounts: Ints | None = None, choices: Ints | None = None) -> None:
        """What ``amounts`` and ``choices`` use of each row to begin with (None: nothing)."""
        self.offer = offer
        self.choices = np.zeros(len(offer.low), dtype=np.int64) if choices is None else choices
        self.amounts = np.zeros(len(offer.low), dtype=np.int64) if amounts is None else amounts
        first = offer.off > 0
        self.low = np.where(first & (offer.low > -FREE // 2), offer.low - offer.off, -NEVER)
        self.high = np.where(first & (offer.high < FREE // 2), offer.high + offer.off, NEVER)
        self.hold(np.arange(len(offer.low)))

    @property
    def used(self) -> Ints:
        """Activity of every row."""
        return self.choices + self.amounts

    def hold(self, rows: Ints) -> None:
        """Hold the sides of these rows that are reached by now; what is held stays so."""
        offer, used = self.offer, self.choices[rows] + self.amounts[rows]
        low = rows[(used - offer.off[rows] >= offer.low[rows]) & (offer.low[rows] > -FREE // 2)]
        high = rows[(used + offer.off[rows] <= offer.high[rows]) & (offer.high[rows] < FREE // 2)]
        self.low[low], self.high[high] = offer.low[low], offer.high[high]

    def fits(self, options: slice) -> Bools:
        """Which of these options break nothing that is held."""
        offer = self.offer
        first, last = int(offer.use.indptr[options.start]), int(offer.use.indptr[options.stop])
        row, add = offer.use.indices[first:last], offer.use.data[first:last]
        after = self.choices[row] + self.amounts[row] + add
        bad = ((after > self.high[row]) & (add > 0)) | ((after < self.low[row]) & (add < 0))
        count = np.diff(offer.use.indptr[options.start : options.stop + 1])
        owner = np.repeat(np.arange(len(count)), count)
        return np.asarray((np.bincount(owner[bad], minlength=len(count)) == 0) & offer.open[options])

    def take(self, option: int) -> None:
        """One option is taken, for ever."""
        use = self.offer.use
        part = slice(int(use.indptr[option]), int(use.indptr[option + 1]))
        rows = use.indices[part]
        self.choices[rows] += use.data[part]
        self.hold(rows)

    def add(self, rows: Ints, use: Ints) -> bool:
        """One more amount that uses this of some rows; whether what is held allows it, and it was added."""
        after = self.choices[rows] + self.amounts[rows] + use
        if (((after > self.high[rows]) & (use > 0)) | ((after < self.low[rows]) & (use < 0))).any():
            return False
        self.amounts[rows] += use
        self.hold(rows)
        return True

    def settle(self, amounts: Ints) -> None:
        """Other amounts, under which everything that is held still holds."""
        self.amounts = amounts
        self.hold(np.arange(len(amounts)))

    def short(self) -> Ints:
        """By how much each row's targets are missed by now (0: none, or reached)."""
        offer = self.offer
        return np.where(offer.low > -FREE // 2, np.maximum(offer.low - self.used, 0), 0)

    def broken(self) -> Ints:
        """Rows whose upper side does not hold, or whose lower one does not and is no target."""
        offer, used = self.offer, self.used
        over = (offer.high < FREE // 2) & (used > offer.high)
        under = (offer.low > -FREE // 2) & (used < offer.low) & ~offer.asked
        return np.asarray(np.flatnonzero(over | under), dtype=np.int64)
