"""The planning task of finding a plan near the best one in which as many households as can be get something else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from optimizer.analysis.held import can_be_held, held
from optimizer.analysis.variant import varied
from optimizer.check import admitted_options, audit
from optimizer.decisions import decisions_of
from optimizer.decisions.choice import Choice
from optimizer.decisions.mixes import SLOTS
from optimizer.errors import OptimizerError
from optimizer.instance import Instance
from optimizer.lottery import equal_cases
from optimizer.measures import measures_of
from optimizer.objectives import Objective, objectives_of
from optimizer.rules import RuleData, rules_of
from optimizer.rules.base import singled_out
from optimizer.wording import Wording

GOAL = "differing"
RESULTS, NOTHING = "earlier_results", "earlier_nothing"
NEAR = Wording("与最好方案相差不超过允许的幅度", "within the allowance of the best plan")
Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Near:
    """A best plan, made ready to be varied. ``reached``: what it reaches of every goal. ``case``: household → number of its
    case: equal households (X-03) count as one in what has been had, since the lottery decides between them. ``keys``: what
    makes a result (homes aside). ``held``: goals that are held near the best; ``loose``: those that no rule can hold."""

    task: Instance
    choice: Choice
    reached: Mapping[str, int]
    case: pd.Series  # type: ignore[type-arg]
    keys: tuple[str, ...]
    held: tuple[Objective, ...]
    loose: tuple[Objective, ...]

    def level(self, goal: Objective, within: Fraction) -> int:
        """The worst that a plan within the share may have of a goal; whole, on the near side."""
        value = self.reached[goal.goals(self.task)[0].id]
        room = int(within * abs(value))
        return value - room if goal.sense == "max" else value + room

    def asked(self, earlier: Sequence[Tables], within: Mapping[str, Fraction]) -> Instance:
        """The task: every held goal within its share (by objective), then the most households with a result that none of
        the ``earlier`` plans gave to them or to an equal one, then the policy's goals in order."""
        had, nothing = self._had(earlier)
        table = self.choice.id
        rules = [
            held(self.task, goal, self.level(goal, within[goal.id]), f"near/{goal.id}", NEAR) for goal in self.held
        ]
        keys = {self.choice.set: self.choice.set}
        own: dict[str, Any] = {"clause": "—", "kind": "lookup", "on": table}
        measures = [
            {**own, "id": "had_before", "table": RESULTS, "column": "had", "keys": {k: k for k in (*keys, *self.keys)}},
            {**own, "id": "had_nothing", "table": NOTHING, "column": "had", "keys": keys},
        ]
        terms = [{"table": table, "measure": "had_nothing"}, {"table": table, "measure": "had_before", "times": -1}]
        title = {"zh": "安排不同的尽多", "en": "as many as can be with something else"}
        goal = {
            "id": GOAL,
            "clause": "—",
            "kind": "sum",
            "title": title,
            "sense": "max",
            "unit": "households",
            "terms": terms,
        }
        return varied(
            self.task,
            rules=rules,
            measures=measures,
            objectives=[goal, *self.task.policy.objective],
            tables={RESULTS: had, NOTHING: nothing},
        )

    def always_placed(self, earlier: Sequence[Tables]) -> int:
        """How many households with options neither were without a place in any plan, nor was an equal one: the goal counts
        them from 0 downwards."""
        return len(self.case) - len(self._had(earlier)[1])

    def _had(self, earlier: Sequence[Tables]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """For every household the results that it or an equal one had; and the households of cases that had nothing."""
        own, members = self.choice.set, self.case.rename("case").rename_axis(self.choice.set).reset_index()
        results, nothing = [], np.zeros(len(members), dtype=bool)
        for tables in earlier:
            taken = tables[self.choice.id][[own, *self.keys]]
            taken = taken.astype({key: object for key in (own, *self.keys) if key != "year"})
            results.append(taken.merge(members, on=own).drop(columns=own))
            without = members.loc[~members[own].isin(set(taken[own])), "case"]
            nothing |= members["case"].isin(set(without)).to_numpy()
        together = pd.concat(results, ignore_index=True).drop_duplicates()
        had = members.merge(together, on="case").drop(columns="case").assign(had=np.int64(1))
        return had[[own, *self.keys, "had"]], members.loc[nothing, [own]].assign(had=np.int64(1)).reset_index(drop=True)


def choice_of(task: Instance) -> Choice:
    """The choices of households. Raises ``OptimizerError`` where the policy has none."""
    choice = next((d for d in decisions_of(task.policy) if isinstance(d, Choice)), None)
    if choice is not None:
        return choice
    error = OptimizerError(
        Wording("这项政策没有逐户的选择。", "This policy has no choices of households."),
        Wording("Maybe（也许）用 frontier 比较两个目标。", "Maybe compare two goals with frontier."),
    )
    error.exit_code = 2  # type: ignore[misc]
    raise error


def near(task: Instance, tables: Tables, seed: int) -> Near:
    """The best plan of a task. Raises ``OptimizerError`` where the policy has no choices of households."""
    decisions, measures, rules = decisions_of(task.policy), measures_of(task.policy), rules_of(task.policy)
    choice = choice_of(task)
    options = admitted_options(task, decisions, measures, rules)(choice.id)
    single = singled_out(rules, options, RuleData(task, {choice.id: options}))
    case = equal_cases(options.frame, choice.set, single)
    goals = objectives_of(task.policy)
    return Near(
        task=task,
        choice=choice,
        reached=audit(task, tables, seed).reached,
        case=case,
        keys=tuple(key for key in choice.keys if key not in (choice.set, *SLOTS)),
        held=tuple(goal for goal in goals if can_be_held(goal)),
        loose=tuple(goal for goal in goals if not can_be_held(goal)),
    )


def changes(about: Near, before: Tables, after: Tables) -> pd.DataFrame:
    """Households whose result differs (homes aside): the set column, then each key before and (``_new``) after; "" (year 0)
    for nothing."""
    own, name = about.choice.set, about.choice.id
    kinds = {key: object for key in (own, *about.keys) if key != "year"}
    left, right = (tables[name][[own, *about.keys]].astype(kinds) for tables in (before, after))
    both = left.merge(right, on=own, how="outer", suffixes=("", "_new"))
    for key in about.keys:
        for column in (key, f"{key}_new"):
            both[column] = both[column].fillna(0).astype("int64") if key == "year" else both[column].fillna("")
    differs = np.logical_or.reduce([(both[key] != both[f"{key}_new"]).to_numpy() for key in about.keys])
    return both.loc[differs].sort_values(own).reset_index(drop=True)
