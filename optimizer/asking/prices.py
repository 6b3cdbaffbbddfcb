"""What loosening each limit of a plan is worth, and how far: measured by solving again."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from optimizer.analysis.by_rule import ByRule
from optimizer.analysis.line_levers import LineLever, hints_of, line_levers, untouched
from optimizer.analysis.matching import taken_options
from optimizer.analysis.priced import Point, PriceRange, round_steps
from optimizer.api import Source
from optimizer.asking.plan import asked
from optimizer.build import build
from optimizer.check import audit
from optimizer.errors import OptimizerError
from optimizer.plan import Plan
from optimizer.program import Ints, Number, Program, Stage
from optimizer.progress import Progress
from optimizer.report.folder import read_head
from optimizer.report.price_ranges import price_lines
from optimizer.solvers.base import Limits
from optimizer.solvers.least_move import furthest, least_move, wider, with_moves
from optimizer.wording import Wording


@dataclass(frozen=True)
class Prices:
    """``ranges``: one a line looked at, the largest gain of the earliest goal first, then those without effect; ``left``:
    lines that were not looked at (``top``, time); ``text``: the answer."""

    ranges: tuple[PriceRange, ...]
    left: int
    text: Wording = field(default_factory=lambda: Wording("", ""))


def price_ranges(
    plan: Plan | str | Path,
    clause: str | None = None,
    instance: Source | None = None,
    *,
    top: int = 10,
    time: float | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Prices:
    """For the lines of the clause report that hold the plan (of one clause or rule, or the ``top`` most promising): the first
    goal that changes when the line's limit is loosened, by how much, and up to where.

    Prices of the relaxed program only say where to look; every number told comes from solving again at both ends of the range.
    Raises ``OptimizerError`` where the plan or its instance is not found, or no line of ``clause`` holds the plan.
    """
    about = asked(plan, instance)
    limits = Limits(0.0, time, about.seed, stop.is_set if stop else (lambda: False), progress or (lambda event: None))
    parts = ByRule(build(about.instance, all_options=True))
    clauses = audit(about.instance, about.tables, about.seed).clauses
    certificate = _certificate(plan)
    levers = line_levers(parts.model, clauses, hints_of(certificate))
    if clause is not None:
        levers = [x for x in levers if clause in (x.rule.id, x.rule.clause, x.rule.clause.split()[0])]
        if not levers:
            raise OptimizerError(
                Wording(
                    f"“{clause}”没有用满、又能放宽的条款行。",
                    f"No line of '{clause}' holds the plan and could be loosened.",
                ),
                Wording(
                    "Maybe（也许）看 clauses.csv 中状态为“用满”的行。", "Maybe look for binding lines in clauses.csv."
                ),
            )
    chosen = levers if clause is not None else levers[:top]
    task = _Task(parts, _values(parts, plan), taken_options(parts.model, about.tables), untouched(certificate), limits)
    found = []
    for number, lever in enumerate(chosen):
        if limits.over():
            break
        limits.report(Progress(number + 1, len(chosen), lever.rule.title.wording, "max", None, None, None, "1", 0.0))
        found.append(task.measured(lever))
    ranges = tuple(sorted(found, key=lambda r: _order(r, parts.whole_with_goals.stages)))
    done = Prices(ranges, len(levers) - len(found))
    texts = ["\n".join(price_lines(done.ranges, done.left, language)) for language in ("zh", "en")]
    return replace(done, text=Wording(*texts))


def _certificate(plan: Plan | str | Path) -> Mapping[str, Any]:
    """What the plan's certificate states; nothing where there is none."""
    if isinstance(plan, Plan):
        return plan.certificate
    file = Path(plan) / "certificate.json"
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}


def _order(found: PriceRange, stages: Sequence[Stage]) -> tuple[int, float]:
    if found.goal is None or found.last is None:
        return (len(stages), 0.0)
    return ([s.id for s in stages].index(found.goal.id), -float(found.last.least))


def _values(parts: ByRule, plan: Plan | str | Path) -> list[tuple[Stage, int, int]]:
    """The goals, each with what the plan reaches and what is proven that none exceeds (both without the stage's base)."""
    if isinstance(plan, Plan):
        stated = {s.id: (s.value, s.bound) for s in plan.stages}
    else:
        stated = {str(s["id"]): (int(s["value"]), int(s["bound"])) for s in read_head(Path(plan))["stages"]}
    found = []
    for stage in parts.whole_with_goals.stages:
        if stage.id in stated:
            value, bound = stated[stage.id]
            found.append((stage, value - stage.base, bound - stage.base))
    return found


@dataclass(frozen=True)
class _Task:
    """The program, what the plan reaches in each goal, its choices, the lines that each proven goal has prices on, the time."""

    parts: ByRule
    reached: list[tuple[Stage, int, int]]
    taken: Ints
    priced: Mapping[str, set[tuple[str, str]]]
    limits: Limits

    def measured(self, lever: LineLever) -> PriceRange:
        """One line: the first goal that changes, and the range."""
        program = self.parts.whole_with_goals
        rows = self.parts.model.program.rows
        lines = {(lever.rule.id, str(rows["key"].iloc[r])) for r in lever.rows}
        lever = replace(lever, rows=np.array([self.parts.place[int(r)] for r in lever.rows], dtype=np.int64))
        kept: list[tuple[Stage, Number]] = []
        proven, solves = True, 0
        for stage, value, bound in self.reached:
            if stage.id in self.priced and not lines & self.priced[stage.id]:
                kept.append((stage, value))
                continue
            end = self._with(program, lever, lever.most, stage, kept, value, bound)
            solves += 1
            if end is None:
                proven = False
            elif end.least > 0:
                return self._range(program, lever, (stage, value, bound), kept, end, solves)
            elif end.most > 0:
                proven = False
            kept.append((stage, value))
        return PriceRange(lever, None, None, None, None, proven, solves)

    def _with(
        self, program: Program, lever: LineLever, steps: int, stage: Stage, kept: list[tuple[Stage, Number]], value: int,
        bound: int,
    ) -> Point | None:  # fmt: skip
        """The gain of a goal with the limit loosened by so many steps at most."""
        widened = with_moves(program, [replace(lever, most=steps)])
        found = furthest(
            widened, wider(stage, widened), [(wider(s, widened), v) for s, v in kept], self._given(stage), self.limits
        )
        if found.x is None or found.value is None or found.bound is None:
            return None
        least = max(0, stage.sign * (int(found.value) - bound))
        return Point(steps, least, max(least, stage.sign * (int(found.bound) - value)))

    def _given(self, stage: Stage) -> Ints | None:
        """The plan's choices, where the goal is over the amounts beside them alone."""
        return self.taken if stage.given_choices else None

    def _range(
        self, program: Program, lever: LineLever, goal: tuple[Stage, int, int], kept: list[tuple[Stage, Number]], end: Point,
        solves: int,
    ) -> PriceRange:  # fmt: skip
        """Where the gain begins and where it ends, and what a round amount between them brings."""
        stage, _, bound = goal
        last = self._needed(program, lever, stage, kept, bound + stage.sign * end.least)
        first = last if end.least == 1 else self._needed(program, lever, stage, kept, bound + stage.sign)
        solves += 1 + (end.least != 1)
        if last is None or first is None:
            return PriceRange(lever, stage, None, None, None, False, solves)
        ending = Point(last[0], end.least, end.most)
        beginning, solves = self._point(program, lever, first[0], goal, kept, ending, solves)
        steps = round_steps(lever, first[0], last[0])
        between, solves = self._point(program, lever, steps, goal, kept, ending, solves)
        proven = first[1] and last[1] and end.known and beginning.known and between.known
        return PriceRange(lever, stage, beginning, between, ending, proven, solves)

    def _point(
        self, program: Program, lever: LineLever, steps: int, goal: tuple[Stage, int, int],
        kept: list[tuple[Stage, Number]], ending: Point, solves: int,
    ) -> tuple[Point, int]:  # fmt: skip
        if steps == ending.steps:
            return ending, solves
        stage, value, bound = goal
        found = self._with(program, lever, steps, stage, kept, value, bound)
        return found or Point(steps, 0, ending.most), solves + 1

    def _needed(
        self, program: Program, lever: LineLever, stage: Stage, kept: list[tuple[Stage, Number]], goal: int
    ) -> tuple[int, bool] | None:
        """The fewest steps with which the goal reaches a value, and whether fewer are shown not to."""
        moved = least_move(program, [lever], np.ones(1), self.limits, [*kept, (stage, goal)], self._given(stage))
        return None if moved.x is None else (int(moved.steps[0]), moved.proven)


def price_record(found: Prices) -> dict[str, Any]:
    """The answer for ``--json``; amounts are whole base units of the unit beside them."""

    def point(each: PriceRange, at: Point | None) -> dict[str, int] | None:
        return None if at is None else {"loosened": each.amount(at), "gain": at.least, "gain_at_most": at.most}

    return {
        "status": "ok",
        "ranges": [
            {
                "clause": r.lever.rule.clause, "rule": r.lever.rule.id, "key": r.lever.key, "sense": r.lever.sense,
                "limit": r.lever.limit, "unit": r.lever.unit, "goal": r.goal.id if r.goal else None,
                "goal_unit": r.goal.unit if r.goal else None, "first": point(r, r.first), "round": point(r, r.round),
                "last": point(r, r.last), "proven": r.proven, "solves": r.solves,
            }
            for r in found.ranges
        ],
        "left": found.left,
        "text": {"zh": found.text.zh, "en": found.text.en},
    }  # fmt: skip
