"""The planning task with two of its goals in front: each of them first, or one held at a level while the other is made as
good as can be. Goals that the policy puts before both keep what they reach; all others decide between equals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optimizer.analysis.held import Entry, can_be_held, held, objective_of
from optimizer.analysis.tradeoff import Pair, Question
from optimizer.analysis.variant import varied
from optimizer.errors import OptimizerError
from optimizer.instance import Instance
from optimizer.kinds import nearest
from optimizer.objectives import Objective
from optimizer.objectives.leximin import Leximin
from optimizer.wording import Wording

KEPT = Wording("保持已达到的水平（政策排在前面）", "kept at what it reaches (the policy puts it first)")
LEVEL = Wording("至少保持这一水平", "held at this level at least")


@dataclass(frozen=True)
class TwoGoals:
    """``entries`` and ``goals``: the two, as entries and as objectives. ``before``: entries that the policy puts before both
    (``fixed`` of them can be held by a rule, ``staged`` are solved anew each time); ``after``: all others, in order."""

    task: Instance
    entries: tuple[Entry, Entry]
    goals: tuple[Objective, Objective]
    before: tuple[Entry, ...]
    after: tuple[Entry, ...]

    @property
    def stages(self) -> tuple[str, str]:
        """The stage of each goal."""
        first, second = (goal.goals(self.task)[0].id for goal in self.goals)
        return first, second

    @property
    def signs(self) -> Pair:
        """1 for a goal that is maximised, −1 for one that is minimised."""
        first, second = (1 if goal.sense == "max" else -1 for goal in self.goals)
        return first, second

    @property
    def can_hold(self) -> tuple[bool, bool]:
        """Which goals can be held at a level."""
        return can_be_held(self.goals[0]), can_be_held(self.goals[1])

    @property
    def fixed(self) -> list[Objective]:
        """Goals before both that a rule keeps."""
        found = [objective_of(self.task, entry) for entry in self.before]
        return [o for o in found if _whole_in_a_rule(o)]

    def first(self) -> Instance:
        """The task with the goals before both, then goal 0, then goal 1."""
        return varied(self.task, objectives=[*self.before, *self.entries, *self.after])

    def asked(self, question: Question, kept: Mapping[str, int]) -> Instance:
        """The task of a question; ``kept``: what each goal of ``fixed`` reached, by objective."""
        rules = [held(self.task, goal, kept[goal.id], f"kept/{goal.id}", KEPT) for goal in self.fixed]
        if question.level is not None:
            level = self.signs[question.held] * question.level
            rules.append(held(self.task, self.goals[question.held], level, "held/level", LEVEL))
        names = {goal.id for goal in self.fixed}
        staged = [entry for entry in self.before if entry["id"] not in names]
        order = [self.entries[1 - question.held], self.entries[question.held]]
        return varied(self.task, rules=rules, objectives=[*staged, *order, *self.after])


def _whole_in_a_rule(objective: Objective) -> bool:
    """Of ``leximin`` a rule holds the worst-off only, which is not all that its stages reach."""
    return can_be_held(objective) and not isinstance(objective, Leximin)


def two_goals(task: Instance, between: Sequence[str | Entry]) -> TwoGoals:
    """The two goals of a task: ids of its policy, totals of its measures (``public_cost:min``), or entries of new goals. Raises ``OptimizerError`` for an unknown one (with
    the list of those there are), for one and the same goal, and where neither can be held at a level."""
    listed = list(task.policy.objective)
    known = [str(entry["id"]) for entry in listed]
    between = [_total(task, goal) if isinstance(goal, str) and goal not in known else goal for goal in between]
    names = [goal if isinstance(goal, str) else str(goal["id"]) for goal in between]
    if len(names) != 2 or names[0] == names[1]:
        raise _refused(Wording("请指明两个不同的目标。", "Name two different goals."), None)
    given = [listed[known.index(goal)] if isinstance(goal, str) else goal for goal in between]
    first, second = (_alone(task, entry) for entry in given)
    places = [known.index(name) for name in names if name in known]
    at = min(places, default=0)
    before = tuple(listed[:at])
    after = tuple(entry for entry in listed[at:] if entry["id"] not in names)
    goals = (objective_of(task, first), objective_of(task, second))
    if not any(map(can_be_held, goals)):
        titles = [goal.title for goal in goals]
        raise _refused(
            Wording(
                f"“{titles[0].zh}”和“{titles[1].zh}”都不是合计，无法固定其一、再求另一个。",
                f"Neither '{titles[0].en}' nor '{titles[1].en}' is a sum that could be held while the other is improved.",
            ),
            Wording("Maybe（也许）换其中一个目标。", "Maybe choose another goal in place of one of them."),
        )
    return TwoGoals(task, (first, second), goals, before, after)


def _alone(task: Instance, entry: Entry) -> dict[str, Any]:
    """The goal as one that choices are made for; of several stages the first (the worst-off)."""
    alone = {key: value for key, value in entry.items() if key != "given_choices"}
    return alone | {"stages": 1} if isinstance(objective_of(task, entry), Leximin) else alone


def _total(task: Instance, name: str) -> Entry:
    """The least or most of a measure over its table. Raises ``OptimizerError`` for anything else."""
    measure, _, sense = name.partition(":")
    entry = next((m for m in task.policy.measure if m["id"] == measure and "title" in m), None)
    if entry is None or sense not in ("min", "max"):
        raise _unknown(name, task)
    words = {
        "min": ("合计（尽少）", " in all (as little as can be)"),
        "max": ("合计（尽多）", " in all (as much as can be)"),
    }[sense]
    title = {"zh": entry["title"]["zh"] + words[0], "en": entry["title"]["en"] + words[1]}
    term = {"table": str(entry.get("on", "moves")), "measure": measure}
    head = {"id": f"{measure}-{sense}", "clause": entry["clause"], "kind": "sum", "title": title, "sense": sense}
    return {**head, "unit": entry.get("unit", "1"), "terms": [term]}


def _unknown(name: str, task: Instance) -> OptimizerError:
    known = {str(e["id"]): Wording(str(e["title"]["zh"]), str(e["title"]["en"])) for e in task.policy.objective}
    totals = [str(m["id"]) for m in task.policy.measure if "title" in m]
    near = nearest(name, [*known, *(f"{m}:{sense}" for m in totals for sense in ("min", "max"))])
    lists = (
        "、".join(f"{i}（{t.zh}）" for i, t in known.items()),
        ", ".join(f"{i} ({t.en})" for i, t in known.items()),
    )
    more = ("，".join(totals), ", ".join(totals))
    fact = Wording(
        f"没有叫“{name}”的目标。有：{lists[0]}；也可以用合计（后面加 :min 或 :max）：{more[0]}。",
        f"There is no goal '{name}'. There are: {lists[1]}; or totals (with :min or :max behind): {more[1]}.",
    )
    return _refused(fact, near)


def _refused(fact: Wording, maybe: Wording | None) -> OptimizerError:
    error = OptimizerError(fact, maybe)
    error.exit_code = 2  # type: ignore[misc]
    return error
