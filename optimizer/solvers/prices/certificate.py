"""The exact bound as the price-directed method asks for it; the arithmetic is in ``optimizer.lagrangian``."""

from __future__ import annotations

from optimizer import lagrangian
from optimizer.program import Floats, Ints, Program, Stage
from optimizer.solvers.prices.pricing import Pricing


def whole_prices(
    program: Program, pricing: Pricing, stage: Stage, kept: list[tuple[Stage, int]], price: Floats
) -> tuple[Ints, int]:
    """See ``optimizer.lagrangian.whole_prices``."""
    return lagrangian.whole_prices(program, stage, kept, price)


def exact_bound(
    program: Program, pricing: Pricing, stage: Stage, kept: list[tuple[Stage, int]], prices: Ints, shift: int
) -> int:
    """See ``optimizer.lagrangian.exact_bound``."""
    return lagrangian.exact_bound(program, stage, kept, prices, shift)
