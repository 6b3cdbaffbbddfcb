"""What one stage hands to the next: columns worth starting from."""

from __future__ import annotations

import numpy as np

from optimizer.program import Ints
from optimizer.solvers.prices.master import Master
from optimizer.solvers.prices.pricing import Answer, Pricing


def carried(master: Master, pricing: Pricing, plan: Ints) -> list[Answer]:
    """Answers worth taking to the next stage: the last ones with weight, and the plan itself."""
    _, mixture = master.mixture()
    used = sorted({owner.answer for owner, _ in mixture})[-12:]
    return [*(master.answers[i] for i in used if i > 0), plan_answer(pricing, plan)]


def plan_answer(pricing: Pricing, plan: Ints) -> Answer:
    """A plan as an answer of all sets."""
    option = np.full(pricing.sets, -1, dtype=np.int64)
    taken = np.flatnonzero(plan[: pricing.set_start[-1]])
    owner = np.searchsorted(pricing.set_start, taken, side="right") - 1
    option[owner] = taken
    whole = np.flatnonzero(plan[pricing.whole_column]) if len(pricing.whole_column) else np.zeros(0, np.int64)
    return Answer(option, whole, np.zeros(pricing.units))
