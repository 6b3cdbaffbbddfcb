"""A plan after the world has changed: fewest people told something new, then the policy's goals, or the other way round."""

from __future__ import annotations

import threading
import time as clock
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from optimizer import api
from optimizer.analysis.announced import (
    ANNOUNCED,
    Order,
    choice_of,
    held_to,
    kept_in,
    possible,
    where_all_stay,
    with_announced,
)
from optimizer.analysis.told_anew import told_anew
from optimizer.analysis.variant import with_numbers
from optimizer.asking.plan import asked, goals_of
from optimizer.errors import NoLegalPlan, StoppedBeforePlan
from optimizer.instance import Instance
from optimizer.plan import Plan
from optimizer.progress import Progress
from optimizer.reading.changed_tables import with_changes
from optimizer.reading.changes import Changes, changes_of, read_changes
from optimizer.report.replanned import replan_lines
from optimizer.wording import Wording

Given: TypeAlias = Changes | pd.DataFrame | str | Path | None


@dataclass(frozen=True)
class Replan:
    """``plan``: for ``instance`` (the changed task, with what was announced as a table and a rule). ``told``: people with an
    announced place; ``possible``: of them those whose place is still in the tables; ``kept``: those told nothing new; ``most``:
    proven, no legal plan keeps more (with the goals first: none that is as good on them). ``changes``: one row each who is told something new (see ``told_anew``). ``text``: the answer."""

    plan: Plan
    instance: Instance
    told: int
    possible: int
    kept: int
    most: int
    changes: pd.DataFrame
    text: Wording


def replan(
    plan: Plan | str | Path,
    changes: Given = None,
    *,
    set: Mapping[str, object] | None = None,
    order: Order | None = None,
    instance: api.Source | None = None,
    gap: float = 1e-3,
    time: float | None = None,
    solver: str | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Replan:
    """The plan for the changed task that follows ``plan``.

    ``changes``: a file (see ``read_changes``) or a frame with the columns table, row, column, value. ``set``: numbers of the policy
    changed. ``order``: what comes first (default: fewest people told something new). ``time``: seconds in all, half of them for
    the question whether everybody who can stay may. Raises ``InputError`` with every fault of the
    changes, ``PolicyError``, ``NoLegalPlan``, and ``OptimizerError`` where the plan's instance is not found.
    """
    order = order or Order()
    about = asked(plan, instance)
    task = changed_task(about.instance, changes, set or {})
    choice = choice_of(task)
    told = about.tables[choice.id][list(choice.keys)].reset_index(drop=True)
    wanted, run = with_announced(task, told, order), Run(gap, time, about.seed, solver, progress, stop)
    began, half = clock.perf_counter(), None if time is None else time / 2
    quick = _where_all_stay(wanted, replace(run, time=half)) if order.first == "kept" else None
    left = None if time is None else max(1.0, time - (clock.perf_counter() - began))
    made, final, most = quick or solved_holding(wanted, order, replace(run, time=left))
    anew = told_anew(final, made.tables, told, about.seed)
    counts = (len(told), int(possible(task, told).sum()), kept_in(final, made.tables[choice.id], False), most)
    lines = [
        "\n".join(replan_lines(final, anew, counts, goals_of(plan), made, order, language)) for language in ("zh", "en")
    ]  # fmt: skip
    return Replan(made, final, *counts, anew, Wording(*lines))


@dataclass(frozen=True)
class Run:
    """How to solve: as ``api.solve`` takes it."""

    gap: float
    time: float | None
    seed: int
    solver: str | None
    progress: Callable[[Progress], None] | None
    stop: threading.Event | None


def solved_holding(wanted: Instance, order: Order, run: Run) -> tuple[Plan, Instance, int]:
    """The plan for a task of ``with_announced``, the task with the rule that so many stay as they were told as in the plan, and
    how many can stay at most."""
    choice, held = choice_of(wanted), list[Instance]()

    def settled(found: Instance, tables: Mapping[str, pd.DataFrame]) -> Instance:
        held.append(held_to(found, kept_in(found, tables[choice.id], order.additions), order.additions))
        return held[-1]

    made = api.solve(wanted, **vars(run), settled=settled)
    return made, held[-1], next(s for s in made.stages if s.id == ANNOUNCED).bound


class _Enough(threading.Event):
    """Set when either is: by itself, or by whoever asked."""

    def __init__(self, asked: threading.Event | None) -> None:
        super().__init__()
        self.asked = asked

    def is_set(self) -> bool:
        """Whether to stop."""
        return super().is_set() or (self.asked is not None and self.asked.is_set())


def _where_all_stay(wanted: Instance, run: Run) -> tuple[Plan, Instance, int] | None:
    """The same where everybody who can stay does, a far smaller task; None where that is not legal, as the first stage shows."""
    fixed, count = where_all_stay(wanted)
    enough = _Enough(run.stop)

    def told(event: Progress) -> None:
        lost = event.bound is not None and event.bound < count
        if event.stage == 1 and (lost or (event.done and (event.incumbent or 0) < count)):
            enough.set()
        elif run.progress is not None and not enough.is_set():
            run.progress(event)

    try:
        made, final, _ = solved_holding(fixed, Order(), replace(run, progress=told, stop=enough))
    except (NoLegalPlan, StoppedBeforePlan):
        return None
    kept = kept_in(final, made.tables[choice_of(final).id], False)
    asked_to_stop = run.stop is not None and run.stop.is_set()
    return (made, final, count) if kept == count or asked_to_stop else None


def changed_task(instance: Instance, changes: Given, numbers: Mapping[str, object]) -> Instance:
    """The task with numbers of the policy and rows of its tables changed."""
    if changes is None:
        return with_numbers(instance, numbers)
    given = changes if isinstance(changes, Changes) else None
    if given is None:
        given = changes_of(changes) if isinstance(changes, pd.DataFrame) else read_changes(Path(str(changes)))
    return with_changes(with_numbers(instance, {**given.set, **numbers}), given).instance


def replan_record(found: Replan, folder: str) -> dict[str, Any]:
    """The answer for ``--json``; amounts are whole base units of the unit beside them."""
    return {
        "status": found.plan.status,
        "plan": folder,
        "told": found.told,
        "possible": found.possible,
        "kept": found.kept,
        "most_that_can_stay": found.most,
        "stages": [
            {"id": s.id, "value": s.value, "bound": s.bound, "gap": s.gap, "unit": s.unit} for s in found.plan.stages
        ],
        "changes": found.changes.to_dict("records"),
        "text": {"zh": found.text.zh, "en": found.text.en},
    }
