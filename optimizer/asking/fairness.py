"""Who gets how much of a plan, and what it would cost to put the worst-off first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

from optimizer import api
from optimizer.analysis.fairness import COVERAGE, Groups, Spread, asked_for, by_groups, usual_column
from optimizer.analysis.held import Entry
from optimizer.analysis.two_goals import two_goals
from optimizer.analysis.variant import varied
from optimizer.asking.frontier import Frontier, frontier
from optimizer.asking.plan import asked
from optimizer.decisions import decisions_of
from optimizer.errors import PlanBreaksClause
from optimizer.instance import Instance
from optimizer.plan import Plan
from optimizer.progress import Progress
from optimizer.report.fairness import Price, fairness_lines, price_lines, spread_table
from optimizer.wording import Language, Wording

TABLE = "fairness_groups"
GOAL = "worst-off"


@dataclass(frozen=True)
class Fairness:
    """``groups``: how everything is spread over groups; ``table``: the same, one row an item and group; ``curve``: plans from
    the most in all to the most for the worst-off (None: not asked for); ``fairest``: the plan that puts the worst-off first,
    then the second, and so on (None too where that would break a clause), and ``task``, which it was solved for. ``asked``: the instance of the plan. ``text``: the
    answer."""

    groups: Groups
    curve: Frontier | None
    fairest: Plan | None
    task: Instance | None
    asked: Instance
    text: Wording

    @property
    def table(self) -> pd.DataFrame:
        """Columns as ``report.fairness.COLUMNS``."""
        return spread_table(self.groups)


def fairness(
    plan: Plan | str | Path,
    by: str | None = None,
    instance: api.Source | None = None,
    *,
    against: str | None = None,
    points: int = 5,
    gap: float = 1e-3,
    time: float | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Fairness:
    """What the groups of column ``by`` (default: the policy's place) get of a plan.

    With ``against`` (a goal of the policy) also the price of fairness: ``points`` plans between that goal and the share of the
    worst-off group, and the fairest plan of all. Goals that the policy puts before ``against`` keep what they reach. Raises
    ``OptimizerError`` for an unknown column or goal, and as ``solve`` does.
    """
    about = asked(plan, instance)
    task = about.instance
    column = by or usual_column(task)
    groups = by_groups(task, about.tables, column, about.seed)
    texts: dict[Language, list[str]] = {"zh": [], "en": []}
    for language, lines in texts.items():
        lines += fairness_lines(groups, task, language)
    curve = fairest = fair_task = None
    if against is not None:
        prepared, entry = _with_goal(task, column)
        curve = frontier(
            prepared, (against, entry), points=points, gap=gap, time=time, seed=about.seed, start=about.tables,
            progress=progress, stop=stop,
        )  # fmt: skip
        fair_task = _fair_task(prepared, against, entry)
        try:
            fairest = api.solve(
                fair_task, gap=gap, time=time, seed=about.seed, start=about.tables, progress=progress, stop=stop
            )
        except PlanBreaksClause:  # what the curve refuses it names
            fairest = None
        now = next(spread for spread in groups.spreads if spread.id == COVERAGE)
        best = None if fairest is None else _coverage(task, fairest, column, about.seed)
        price = _price(curve, min(now.values), best)
        for language, lines in texts.items():
            lines += [*price_lines(price, groups, task, language), curve.text.to(language)]
    text = Wording("\n".join(texts["zh"]), "\n".join(texts["en"]))
    return Fairness(groups, curve, fairest, fair_task, task, text)


def _with_goal(task: Instance, by: str) -> tuple[Instance, dict[str, Any]]:
    """The task with the number of households of each group, and the goal of the worst-off group's share."""
    prepared = varied(task, tables={TABLE: asked_for(task, by)})
    choice = next(d.id for d in decisions_of(task.policy) if d.set_column is not None)
    entry = {
        "id": GOAL,
        "clause": "X-04",
        "kind": "leximin",
        "title": {"zh": "最低安置率", "en": "lowest share placed"},
        "served": [{"table": choice}],
        "need": [{"table": TABLE, "measure": "asked"}],
        "per": [by],
    }
    return prepared, entry


def _fair_task(prepared: Instance, against: str, entry: Entry) -> Instance:
    """Goals before ``against``, then every group from the worst-off on, then the rest."""
    two = two_goals(prepared, (against, entry))
    own = next(e for e in prepared.policy.objective if e["id"] == against)
    return varied(prepared, objectives=[*two.before, entry, own, *two.after])


def _coverage(task: Instance, plan: Plan, by: str, seed: int) -> Spread | None:
    found = by_groups(task, plan.tables, by, seed).spreads
    return next((s for s in found if s.id == COVERAGE), None)


def _price(curve: Frontier, now: Fraction, fairest: Spread | None) -> Price:
    """From the end with most in all to the end with most for the worst-off."""
    first, last = curve.points[0].values, curve.points[-1].values
    goal = curve.between.goals[0]
    return Price(goal.title.wording, goal.unit, (first[1], last[1]), (first[0], last[0]), now, fairest)
