"""Nested budgets: the plan for all of the money extends the plan for a part of it, and what insisting on that costs."""

from __future__ import annotations

import threading
import time as clock
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

from optimizer import api
from optimizer.analysis.announced import choice_of
from optimizer.analysis.nested import Keep, scaled, with_nested
from optimizer.errors import NoLegalPlan, OptimizerError
from optimizer.instance import Instance
from optimizer.plan import Plan
from optimizer.progress import Progress
from optimizer.report.nested import nest_lines
from optimizer.wording import Language, Wording


@dataclass(frozen=True)
class Step:
    """One budget: ``percent`` of it, the plan that extends the smaller budgets' plans with the task that it is for, and the
    best plan ``free`` of them."""

    percent: int
    plan: Plan
    instance: Instance
    free: Plan


@dataclass(frozen=True)
class Nest:
    """``steps``: from the smallest budget to the largest; ``text``: what each places and what nesting costs."""

    steps: tuple[Step, ...]
    text: Wording


def nest(
    instance: api.Source,
    budgets: Sequence[str],
    steps: Sequence[int] = (80, 90, 100),
    *,
    keep: Keep = "place",
    gap: float = 1e-3,
    time: float | None = None,
    seed: int = 1,
    solver: str | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Nest:
    """A plan for each share of the budgets (``table.column``, ``rule.field`` or ``parameter.value``; see ``scaled``), each extending the one
    before: nobody loses a place (``keep``: or the very option) when the money grows. The smallest budget's plan is the best for
    it; what nesting costs falls on the larger ones. ``time``: seconds in all. Raises ``OptimizerError``, ``NoLegalPlan`` (naming the budget).
    """
    task = api.load(instance) if not isinstance(instance, Instance) else instance
    choice = choice_of(task)
    percents = sorted(dict.fromkeys(steps))
    if not percents or not budgets or percents[0] <= 0:
        raise OptimizerError(
            Wording("没有说明资金或比例。", "No budget or no share of it was named."),
            Wording("Maybe（也许）用 --steps 80,90,100。", "Maybe use --steps 80,90,100."),
        )
    ends = None if time is None else clock.perf_counter() + time
    solves = 2 * len(percents) - 1

    def solved(wanted: Instance, percent: int, number: int) -> Plan:
        left = None if ends is None else max(0.1, (ends - clock.perf_counter()) / (solves - number))
        try:
            return api.solve(wanted, gap=gap, time=left, seed=seed, solver=solver, progress=progress, stop=stop)
        except NoLegalPlan as none:
            raise NoLegalPlan(_at(percent, none.fact), none.conflict, none.maybe) from None

    done: list[Step] = []
    for percent in percents:
        part: Instance = reduce(lambda t, budget: scaled(t, budget, percent), budgets, task)
        free = solved(part, percent, max(0, 2 * len(done) - 1))
        if not done:
            done.append(Step(percent, free, part, free))
            continue
        extended = with_nested(part, done[-1].plan.tables[choice.id], keep)
        done.append(Step(percent, solved(extended, percent, 2 * len(done)), extended, free))
    return Nest(tuple(done), Wording(*(_text(done, choice.id, language) for language in ("zh", "en"))))


def _text(steps: Sequence[Step], choice: str, language: Language) -> str:
    rows = [(s.percent, s.plan, s.free) for s in steps]
    return "\n".join(nest_lines(rows, choice, language))


def _at(percent: int, fact: Wording) -> Wording:
    return Wording(f"资金为 {percent}% 时：{fact.zh}", f"With {percent} % of the budget: {fact.en}")


def write_nest(found: Nest, out: Path, language: Language) -> list[Path]:
    """A plan folder for each budget below ``out``, with the task that it is for: 080, 090, 100."""
    folders = [out / f"{step.percent:03d}" for step in found.steps]
    for step, folder in zip(found.steps, folders, strict=True):
        api.write(step.plan, step.instance, folder, language, carried=True)
    return folders


def nest_record(found: Nest) -> dict[str, Any]:
    """The answer for ``--json``: values are whole base units of the unit beside them."""
    steps = []
    for step in found.steps:
        pairs = zip(step.plan.stages, step.free.stages, strict=True)
        goals = [
            {"id": s.id, "unit": s.unit, "sense": s.sense, "nested": s.value, "free": f.value, "bound": f.bound}
            for s, f in pairs
        ]
        steps.append({"percent": step.percent, "status": step.plan.status, "goals": goals})
    return {"status": "ok", "steps": steps, "text": {"zh": found.text.zh, "en": found.text.en}}
