"""The nearest legal plan to one made by hand: fewest rows changed, then the policy's goals."""

from __future__ import annotations

import threading
import time as clock
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from optimizer import api
from optimizer.analysis.announced import ANNOUNCED, Order, choice_of, with_announced
from optimizer.analysis.told_anew import told_anew
from optimizer.asking.handmade import FIRST_LINE, Broken, broken_lines, handmade_rows
from optimizer.asking.replan import Run, solved_holding
from optimizer.check import audit
from optimizer.instance import Instance
from optimizer.plan import Plan
from optimizer.progress import Progress
from optimizer.report.repaired import repair_lines
from optimizer.rules import Violation
from optimizer.wording import Wording


@dataclass(frozen=True)
class Repair:
    """``broken``: what the hand-made table breaks, with lines. ``plan``: the repair, for ``instance`` (the task with the table's rows
    as a table and a rule). ``rows``: of the table; ``changed``: rows altered, removed or added by the repair; ``fewest``: proven, no
    legal plan changes fewer. ``changes``: see ``told_anew``, with ``line`` (0: added). ``goals``: goal → hand-made, repaired, best value and
    the bound of the best. ``left``: orders among households (a class before another, the lottery) that the repair, keeping the
    table's rows, leaves broken. ``text``: the answer."""

    broken: tuple[Broken, ...]
    plan: Plan
    instance: Instance
    rows: int
    changed: int
    fewest: int
    changes: pd.DataFrame
    goals: Mapping[str, tuple[int, int, int, int]]
    left: tuple[Violation, ...]
    text: Wording


def repair(
    instance: api.Source,
    table: str | Path | Mapping[str, pd.DataFrame],
    *,
    set: Mapping[str, object] | None = None,
    gap: float = 1e-3,
    time: float | None = None,
    seed: int = 1,
    solver: str | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Repair:
    """Audits a table made by hand (``read_handmade``: a CSV of the choice table, or a folder; or tables by name), and finds the legal plan that
    changes fewest of its rows. Where the table states moves alone, amounts (homes built, quota) are the repair's. Raises ``InputError``, ``NoLegalPlan``, ``OptimizerError``.
    """
    task = api.load(instance, set) if not isinstance(instance, Instance) else instance
    choice, order = choice_of(task), Order(additions=True)
    if isinstance(table, Mapping):
        given, rows = dict(table), table[choice.id][list(choice.keys)]
    else:
        given, rows = handmade_rows(task, Path(table))
    rows = rows.reset_index(drop=True)
    began = clock.perf_counter()
    run = Run(gap, None if time is None else 0.6 * time, seed, solver, progress, stop)
    made, final, most = solved_holding(with_announced(task, rows, order), order, run)
    left = None if time is None else max(0.1, time - (clock.perf_counter() - began))
    best = api.solve(task, gap=gap, time=left, seed=seed, solver=solver, progress=progress, stop=stop)
    whole = {**made.tables, **given}
    reached = audit(task, whole, seed).reached
    again = audit(task, made.tables, seed)
    stage = next(s for s in made.stages if s.id == ANNOUNCED)
    goals = {s.id: (reached[s.id], again.reached[s.id], s.value, s.bound) for s in best.stages}
    changes = told_anew(final, made.tables, rows, seed)
    changes = changes.assign(line=np.where(changes["row"] < 0, 0, changes["row"] + FIRST_LINE)).drop(columns="row")
    answer = Repair(
        tuple(broken_lines(task, whole, seed)), made, final, len(rows), len(rows) - stage.value, len(rows) - most,
        changes, goals, again.violations, Wording("", ""),
    )  # fmt: skip
    alone = len(given) < len(made.tables)
    zh, en = ("\n".join(repair_lines(task, _told(answer), best, alone, language)) for language in ("zh", "en"))
    return Repair(**{**vars(answer), "text": Wording(zh, en)})


def _told(found: Repair) -> dict[str, Any]:
    """What the sentences need."""
    return {
        "broken": [(b.violation, b.lines) for b in found.broken], "rows": found.rows, "changed": found.changed,
        "fewest": found.fewest, "changes": found.changes, "goals": found.goals, "left": found.left,
    }  # fmt: skip


def repair_record(found: Repair, folder: str | None) -> dict[str, Any]:
    """The answer for ``--json``; values are whole base units."""
    return {
        "status": found.plan.status,
        "plan": folder,
        "rows": found.rows,
        "violations": [
            {"clause": b.violation.clause, "rule": b.violation.rule, "key": b.violation.key, "lines": list(b.lines)}
            for b in found.broken
        ],
        "changed": found.changed,
        "fewest": found.fewest,
        "changes": found.changes.to_dict("records"),
        "goals": {
            g: dict(zip(("handmade", "repaired", "best", "bound"), values, strict=True))
            for g, values in found.goals.items()
        },
        "left": [{"clause": v.clause, "rule": v.rule, "key": v.key} for v in found.left],
        "text": {"zh": found.text.zh, "en": found.text.en},
    }
