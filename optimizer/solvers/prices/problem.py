"""One stage of a program as the price-directed method sees it: sets, amounts, joining rows."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import scipy.sparse as sp

from optimizer.program import FREE, Floats, Ints, Program, Stage, scale_of
from optimizer.solvers.prices.pricing import Answer, Pricing


class StageProblem:
    """maximise ``cost · x`` over the program's rows and the ``kept`` rows of earlier stages.

    ``kept`` are (stage, value) pairs: each earlier stage stays at least as good as its value.
    Rows are scaled (``scale``), so prices are per scaled unit.
    """

    def __init__(self, program: Program, stage: Stage, kept: list[tuple[Stage, int]], pricing: Pricing) -> None:
        self.program, self.stage, self.kept, self.pricing = program, stage, kept, pricing
        extra = [sp.csr_array(s.value.reshape(1, -1)) for s, _ in kept]
        self.matrix = sp.csr_array(sp.vstack([program.matrix, *extra], format="csr")) if extra else program.matrix
        low = [v if s.sign > 0 else -int(FREE) for s, v in kept]
        high = [int(FREE) if s.sign > 0 else v for s, v in kept]
        self.lower: Ints = np.append(program.row_lower, np.array(low, dtype=np.int64)).astype(np.int64)
        self.upper: Ints = np.append(program.row_upper, np.array(high, dtype=np.int64)).astype(np.int64)
        self.cost: Ints = stage.sign * stage.value
        self.scale = np.append(program.row_scale, scale_of(sp.vstack(extra))) if extra else program.row_scale
        self.by_column = sp.csr_array(self.matrix.T)
        self.columns_by_row = sp.csr_array(self.by_column.astype(np.float64) @ sp.diags_array(1.0 / self.scale))
        self.low: Floats = np.where(self.lower > -FREE, self.lower / self.scale, -np.inf)
        self.high: Floats = np.where(self.upper < FREE, self.upper / self.scale, np.inf)
        options = program.options
        amount = np.ones(program.columns - options, dtype=bool)
        amount[pricing.whole_column - options] = False
        self.amounts = options + np.flatnonzero(amount & (program.upper[options:] > 0))
        largest = float(np.abs(self.cost).max(initial=1))
        self.cost_scale = 10.0 ** np.floor(np.log10(max(largest, 1.0)))

    @cached_property
    def by_row(self) -> sp.csr_array:
        """The matrix by rows, for who opens single rows; a second copy where the program's is held by columns."""
        return sp.csr_array(self.matrix)

    def reduced(self, price: Floats, cost: Floats) -> Floats:
        """cost − λA, for every column."""
        return np.asarray(cost - self.columns_by_row @ price, dtype=np.float64)

    def answer(self, reduced: Floats) -> Answer:
        """The sets' best reply."""
        return self.pricing.answer(reduced[: self.program.options], reduced[self.pricing.whole_column])

    def limit_worth(self, price: Floats) -> float:
        """Σ λ·limit over the rows: upper limits for positive prices, lower for negative ones."""
        up = np.where(price > 0, price, 0.0)
        down = np.where(price < 0, price, 0.0)
        high = np.where(up > 0, np.where(np.isfinite(self.high), self.high, 0.0), 0.0)
        low = np.where(down < 0, np.where(np.isfinite(self.low), self.low, 0.0), 0.0)
        return float(up @ high + down @ low)

    def sign_correct(self, price: Floats) -> Floats:
        """The price with the sign that its row allows: no upper limit, no positive price; no lower, no negative."""
        clipped = np.where(np.isfinite(self.high), price, np.minimum(price, 0.0))
        return np.where(np.isfinite(self.low), clipped, np.maximum(clipped, 0.0))

    def bound(self, price: Floats, reduced: Floats, answer: Answer) -> float:
        """The Lagrangian bound at sign-correct prices (floating point; the certificate recomputes it exactly)."""
        amount = np.maximum(reduced[self.amounts], 0.0) @ self.program.upper[self.amounts].astype(np.float64)
        return float(answer.worth.sum() + amount + self.limit_worth(price))
