"""Plans near the best one that differ most: each gives as many households as can be something that no earlier one gave."""

from __future__ import annotations

import threading
import time as clock
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import pandas as pd

from optimizer import api
from optimizer.analysis.differing import GOAL, Near, changes, choice_of, near
from optimizer.asking.plan import asked, audit_against
from optimizer.errors import NoLegalPlan, PlanBreaksClause, StoppedBeforePlan
from optimizer.instance import Instance
from optimizer.plan import Plan
from optimizer.progress import Progress
from optimizer.report.differing import Told, alternative_lines
from optimizer.wording import Wording


@dataclass(frozen=True)
class Alternative:
    """One plan near the best. ``differing``: households whose result neither they nor an equal one had in any earlier plan;
    ``most``: proven, no plan this near can have more. ``changes``: who has something else than in the best plan (the set column,
    keys before, keys after with ``_new``). ``within``: the share that each goal was allowed, by objective. ``task``: what the
    plan was solved for."""

    plan: Plan
    task: Instance
    differing: int
    most: int
    changes: pd.DataFrame
    within: Mapping[str, Fraction]


@dataclass(frozen=True)
class Alternatives:
    """``best``: the plan that all are near to (its tables, base units); ``task``: its instance; ``plans``: in the order in which
    they were found; ``exhausted``: no further plan gives anybody anything new, proven; ``text``: the answer."""

    task: Instance
    best: Mapping[str, pd.DataFrame]
    plans: tuple[Alternative, ...]
    exhausted: bool
    text: Wording


@dataclass(frozen=True)
class _Given:
    gap: float
    seconds: float | None
    seed: int
    progress: Callable[[Progress], None] | None
    stop: threading.Event | None
    began: float

    @property
    def left(self) -> float | None:
        return None if self.seconds is None else self.seconds - (clock.perf_counter() - self.began)

    @property
    def over(self) -> bool:
        return (self.left is not None and self.left <= 0) or (self.stop is not None and self.stop.is_set())

    def solve(self, task: Instance, note: Wording, start: Mapping[str, pd.DataFrame] | None = None) -> Plan:
        tell = self.progress
        hear = None if tell is None else (lambda event: tell(replace(event, note=note)))
        limit = None if self.left is None else max(1.0, self.left)
        return api.solve(task, gap=self.gap, time=limit, seed=self.seed, start=start, progress=hear, stop=self.stop)


def alternatives(
    about: Plan | api.Source,
    *,
    within: Fraction | float | str = "0.005",
    count: int = 5,
    instance: api.Source | None = None,
    set: Mapping[str, object] | None = None,
    gap: float = 1e-3,
    time: float | None = None,
    seed: int = 1,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Alternatives:
    """Up to ``count`` plans that are no more than the share ``within`` worse than the best in any goal and differ most.

    ``about``: a plan, its folder, or a planning task, which is solved first. Where plans so near break a clause that follows from
    the order of goals (nobody of a lower class before one of a higher), all goals but the last that choices are made for are
    held exactly. Raises as ``solve`` does.
    """
    given = _Given(gap, time, seed, progress, stop, clock.perf_counter())
    task, tables, drawn = _best(about, instance, set, given)
    given = replace(given, seed=drawn)
    ready = near(task, tables, drawn)
    share = Fraction(str(within)) if not isinstance(within, Fraction) else within
    found: list[Alternative] = []
    ladder = list(_ladder(ready, share))
    exhausted = False
    while len(found) < count and ladder and not given.over and not exhausted:
        note = Wording(f"相近方案 {len(found) + 1}/{count}", f"near plan {len(found) + 1}/{count}")
        try:
            one = _one(ready, tables, [tables, *(a.plan.tables for a in found)], ladder[0], given, note)
        except (PlanBreaksClause, NoLegalPlan):
            ladder.pop(0)
            continue
        except StoppedBeforePlan:
            break
        exhausted = one.most <= 0
        found += [one] if one.differing > 0 else []
        if one.differing <= 0 < one.most:
            break
    told = [_told(ready, a, tables) for a in found]
    lines = [
        "\n".join(alternative_lines(told, ready.task, share, exhausted, language)) for language in ("zh", "en")
    ]  # fmt: skip
    return Alternatives(task, tables, tuple(found), exhausted, Wording(*lines))


def _best(
    about: Plan | api.Source, instance: api.Source | None, set: Mapping[str, object] | None, given: _Given
) -> tuple[Instance, Mapping[str, pd.DataFrame], int]:
    """The task with the plan to start from and the seed of its lottery."""
    if isinstance(about, Plan) or (not isinstance(about, Instance) and (Path(about) / "plan.json").is_file()):
        plan = asked(about, instance)
        return plan.instance, plan.tables, plan.seed
    task = about if isinstance(about, Instance) else api.load(about, set)
    choice_of(task)
    made = given.solve(task, Wording("最好的方案", "the best plan"))
    return task, made.tables, made.seed


def _ladder(ready: Near, share: Fraction) -> Iterator[dict[str, Fraction]]:
    """What each goal may lose: all of them the share; then only the last one that choices are made for, and those behind it."""
    names = [goal.id for goal in ready.held]
    yield dict.fromkeys(names, share)
    chosen = [goal.id for goal in ready.held if not goal.given_choices]
    exact = {name: Fraction(0) for name in chosen[:-1]}
    if exact and share > 0:
        yield {name: exact.get(name, share) for name in names}


def _one(
    ready: Near, best: Mapping[str, pd.DataFrame], earlier: list[Mapping[str, pd.DataFrame]],
    within: Mapping[str, Fraction], given: _Given, note: Wording,
) -> Alternative:  # fmt: skip
    task = ready.asked(earlier, within)
    plan = given.solve(task, note, best)
    audit_against(ready.task, plan)
    stage = next(s for s in plan.stages if s.id == GOAL)
    base = ready.always_placed(earlier)
    return Alternative(
        plan, task, base + stage.value, base + stage.bound, changes(ready, best, plan.tables), dict(within)
    )  # fmt: skip


def _told(ready: Near, one: Alternative, best: Mapping[str, pd.DataFrame]) -> Told:
    """What the sentences are made from."""
    stages = {s.id: s for s in one.plan.stages}
    goals = []
    for goal in (*ready.held, *ready.loose):
        name = goal.goals(ready.task)[0].id
        goals.append((goal.title.wording, goal.unit, goal.sense, ready.reached[name], stages[name].value))
    table = ready.choice.id
    exact = [g.title.wording for g in ready.held if one.within[g.id] == 0]
    return Told(
        one.differing, one.most, len(one.changes), len(best[table]), len(one.plan.tables[table]), tuple(goals),
        tuple(exact), one.changes.head(SHOWN).to_dict("records"), ready.choice.set,
    )  # fmt: skip


SHOWN = 3
