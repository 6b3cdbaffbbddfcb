"""What one goal costs in another: efficient plans between two goals, each with what is proven of it."""

from __future__ import annotations

import threading
import time as clock
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from optimizer import api
from optimizer.analysis.held import Entry
from optimizer.analysis.tradeoff import Fact, Pair, Question, Search, efficient, most_at, outline
from optimizer.analysis.two_goals import TwoGoals, two_goals
from optimizer.asking.plan import audit_against
from optimizer.errors import NoLegalPlan, OptimizerError, PlanBreaksClause, StoppedBeforePlan
from optimizer.instance import Instance
from optimizer.plan import Plan
from optimizer.progress import Progress
from optimizer.report.frontier import Told, frontier_lines
from optimizer.report.frontier_picture import frontier_picture
from optimizer.wording import Wording

COLUMNS = ("point", "first", "second", "first_most", "second_most", "held", "level")


@dataclass(frozen=True)
class Point:
    """One efficient plan. ``values``: of the two goals, natural (not turned), base units. ``most``: what is proven: no legal
    plan that is as good in the other goal has a better value. ``held``: the goal that was held (0 or 1) and its level (None:
    an end of the curve). ``task``: the task that the plan was solved for, which its certificate speaks of."""

    values: Pair
    most: Pair
    held: int
    level: int | None
    plan: Plan
    task: Instance


@dataclass(frozen=True)
class Refused:
    """A level whose plan breaks a clause that follows from the order of goals: no point, but what was proven holds."""

    held: int
    level: int | None
    values: Pair
    text: Wording


@dataclass(frozen=True)
class Frontier:
    """Plans between two goals.

    ``points``: the most of the first goal first; no one is as good as another in both goals. ``facts``: everything proven
    (values turned so that more is better), see ``most_at``. ``kept``: what the goals before both reach, by objective: value and
    bound. ``complete``: these are all efficient plans there are, proven. ``refused``: see ``Refused``. ``text``: the answer in
    sentences, from ``told``; ``picture``: an SVG for each language. ``table``: one row a point, columns ``COLUMNS``, base units.
    """

    between: TwoGoals
    points: tuple[Point, ...]
    facts: tuple[Fact, ...]
    kept: Mapping[str, tuple[int, int]]
    complete: bool
    refused: tuple[Refused, ...]
    stopped: bool
    told: Told
    text: Wording
    picture: Wording

    @property
    def table(self) -> pd.DataFrame:
        """One row a point."""
        rows = [
            (number, *p.values, *p.most, self.between.stages[p.held] if p.level is not None else "", p.level)
            for number, p in enumerate(self.points, start=1)
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"level": "Int64"})

    def most(self, goal: int, level: int) -> int | None:
        """The best value of the other goal that any legal plan can have which has ``level`` of ``goal`` or better (natural
        values); None where nothing is known."""
        signs = self.between.signs
        found = most_at(self.facts, goal, signs[goal] * level)
        return None if found is None else signs[1 - goal] * found


@dataclass(frozen=True)
class _Given:
    """How questions are solved."""

    set: Mapping[str, object]
    gap: float
    seconds: float | None
    seed: int
    progress: Callable[[Progress], None] | None
    stop: threading.Event | None
    began: float = field(default_factory=clock.perf_counter)

    @property
    def over(self) -> bool:
        """Whether to ask no more."""
        late = self.seconds is not None and clock.perf_counter() - self.began >= self.seconds
        return late or (self.stop is not None and self.stop.is_set())

    def solve(
        self, task: Instance, original: Instance, note: Wording, share: float, start: Mapping[str, pd.DataFrame] | None
    ) -> tuple[Plan, OptimizerError | None]:
        """The plan of one question in ``share`` of the time left, begun with ``start``, with the error where it breaks a clause of
        the original."""
        left = None if self.seconds is None else self.seconds - (clock.perf_counter() - self.began)
        tell = self.progress
        hear = None if tell is None else (lambda event: tell(replace(event, note=note)))
        limit = None if left is None else max(1.0, left * share)
        try:
            found = api.solve(
                task, set=self.set, gap=self.gap, time=limit, seed=self.seed, progress=hear, stop=self.stop,
                start=start,
            )  # fmt: skip
            audit_against(original, found)
        except PlanBreaksClause as error:
            if error.plan is None:
                raise
            return error.plan, error
        return found, None


class _Run:
    """The questions asked so far."""

    def __init__(
        self, two: TwoGoals, points: int, given: _Given, start: Mapping[str, pd.DataFrame] | None = None
    ) -> None:
        self.begun = start
        self.two, self.wanted, self.given = two, points, given
        self.points: list[Point] = []
        self.refused: list[Refused] = []
        self.facts: list[Fact] = []
        self.kept: dict[str, tuple[int, int]] = {}
        self.known: list[tuple[Pair, Plan]] = []
        self.proven = True
        self.asked = 0

    def ask(self, question: Question, first: bool = False) -> Pair:
        """Solve one question and keep what it says; the values found, turned."""
        kept = {name: value for name, (value, _) in self.kept.items()}
        task = self.two.first() if first else self.two.asked(question, kept)
        self.asked += 1
        at = f"{min(self.asked, self.wanted)}/{self.wanted}"
        note = Wording(f"取舍曲线 方案 {at}", f"trade-off, plan {at}")
        share = 1 / max(1, self.wanted - len(self.points))
        plan, error = self.given.solve(task, self.two.task, note, share, self._start(question))
        if first:
            found = {stage.id: (stage.value, stage.bound) for stage in plan.stages}
            self.kept = {goal.id: found[goal.goals(task)[0].id] for goal in self.two.fixed}
        return self._take(question, plan, task, error)

    def _start(self, question: Question) -> Mapping[str, pd.DataFrame] | None:
        """Of the plans known the one that has the level and the most of the other goal; at first what was given."""
        held = question.held
        legal = [
            (p[1 - held], n)
            for n, (p, _) in enumerate(self.known)
            if question.level is None or p[held] >= question.level
        ]
        return self.known[max(legal)[1]][1].tables if legal else self.begun

    def _take(self, question: Question, plan: Plan, task: Instance, error: OptimizerError | None) -> Pair:
        stages = {stage.id: stage for stage in plan.stages}
        mine = [stages[name] for name in self.two.stages]
        values, most = (mine[0].value, mine[1].value), (mine[0].bound, mine[1].bound)
        signs, held = self.two.signs, question.held
        other = 1 - held
        level = None if question.level is None else signs[held] * question.level
        self.facts += [
            Fact(held, question.level, signs[other] * most[other]),
            Fact(other, signs[other] * values[other], signs[held] * most[held]),
        ]
        self.proven &= values == most
        if error is None:
            self.points.append(Point(values, most, held, level, plan, task))
        else:
            self.refused.append(Refused(held, level, values, error.fact))
        turned = (signs[0] * values[0], signs[1] * values[1])
        self.known.append((turned, plan))
        return turned

    def between(self) -> bool:
        """Both ends, then the middle of what is widest until there are points enough; whether nothing is left to ask."""
        ends = (self.ask(Question(1, None), first=True), self.ask(Question(0, None)))
        finest = tuple(int(self.given.gap * max(map(abs, pair))) for pair in zip(*ends, strict=True))
        search = Search(self.two.can_hold, (finest[0], finest[1]))
        search.between(*ends)
        while len(self.best()) < self.wanted and self.asked < 3 * self.wanted and not self.given.over:
            asked = search.next()
            if asked is None:
                return True
            box, question = asked
            try:
                found: Pair | None = self.ask(question)
            except (NoLegalPlan, StoppedBeforePlan):
                found, self.proven = None, False
            search.answered(box, question, found)
        return not search.boxes

    def best(self) -> list[Point]:
        """The efficient ones of the points."""
        signs = self.two.signs
        turned = [(signs[0] * p.values[0], signs[1] * p.values[1]) for p in self.points]
        return [self.points[at] for at in efficient(turned)]


def frontier(
    instance: api.Source,
    between: Sequence[str | Entry],
    *,
    points: int = 9,
    set: Mapping[str, object] | None = None,
    gap: float = 1e-3,
    time: float | None = None,
    seed: int = 1,
    start: Mapping[str, pd.DataFrame] | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Frontier:
    """Up to ``points`` efficient plans between two goals: ids of the policy's objectives, ``measure:min`` or ``measure:max`` for the
    total of a titled measure (``public_cost:min``), or entries of new objectives.

    Both ends exactly (one goal first, then the other), the others spread evenly; each audited, with what is proven of it. Goals
    that the policy puts before both keep what they reach; all others decide between plans that are equal in both. ``gap``,
    ``seed``: of every plan; ``time``: seconds in all; ``start``: tables of a legal plan to begin with, where there is one. Raises as ``solve`` does, and ``OptimizerError`` for goals that are not there.
    """
    task = api.load(instance, set) if not isinstance(instance, Instance) else instance
    two = two_goals(task, between)
    run = _Run(two, max(2, points), _Given(set or {}, gap, time, seed, progress, stop), start)
    ended = run.between()
    found = run.best()
    if not found:
        raise PlanBreaksClause(run.refused[0].text)
    told = _told(two, run, found, complete=ended and run.proven and not run.refused)
    text = Wording("\n".join(frontier_lines(told, "zh")), "\n".join(frontier_lines(told, "en")))
    picture = Wording(frontier_picture(told, "zh"), frontier_picture(told, "en"))
    return Frontier(
        two,
        tuple(found),
        tuple(run.facts),
        run.kept,
        told.complete,
        tuple(run.refused),
        run.given.over,
        told,
        text,
        picture,
    )


def _told(two: TwoGoals, run: _Run, found: Sequence[Point], complete: bool) -> Told:
    """What the sentences and the picture are made from."""
    signs, names = two.signs, [goal.id for goal in two.goals]
    ends = sorted(signs[1] * p.values[1] for p in found)
    return Told(
        titles=(two.goals[0].title.wording, two.goals[1].title.wording),
        units=(two.goals[0].unit, two.goals[1].unit),
        signs=signs,
        values=tuple(p.values for p in found),
        most=tuple(p.most for p in found),
        kept=tuple((g.title.wording, g.unit, *run.kept[g.id]) for g in two.fixed),
        staged=_titles([e for e in two.before if e["id"] not in run.kept]),
        after=_titles(two.after),
        refused=tuple((r.values, r.text) for r in run.refused),
        complete=complete,
        outline=tuple((signs[0] * a, signs[1] * b) for b, a in outline(run.facts, ends[0], ends[-1])),
        freed=_titles([e for e in two.task.policy.objective if e["id"] in names and e.get("given_choices")]),
    )


def _titles(entries: Sequence[Entry]) -> tuple[Wording, ...]:
    return tuple(Wording(str(e["title"]["zh"]), str(e["title"]["en"])) for e in entries)
