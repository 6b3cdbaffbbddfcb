"""A finished plan beside the options that it did not take: what each would add to every limit and goal, exactly."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import scipy.sparse as sp

from optimizer.check import taken_table
from optimizer.decisions import DecisionTable, decisions_of
from optimizer.decisions.choice import Choice
from optimizer.errors import OptimizerError
from optimizer.instance import Instance
from optimizer.kinds import nearest
from optimizer.measures import Measure, measures_of
from optimizer.objectives import Objective, objectives_of
from optimizer.program import Ints
from optimizer.rules import Rule, RuleData, rules_of
from optimizer.rules.base import Mask
from optimizer.rules.replacements import Room
from optimizer.wording import Wording


@dataclass(frozen=True)
class Question:
    """A finished plan, made ready for questions: its tables with all attributes in ``data``, whose ``others`` are all rules.
    ``taken``: the plan's rows of the choice table, or those of the households that are asked about."""

    instance: Instance
    choice: Choice
    measures: Sequence[Measure]
    rules: tuple[Rule, ...]
    objectives: Sequence[Objective]
    data: RuleData
    taken: DecisionTable


def question(instance: Instance, tables: Mapping[str, pd.DataFrame], seed: int = 1) -> Question:
    """The plan ``tables`` (as ``audit`` takes them). Raises ``OptimizerError`` where the policy has no choice table."""
    decisions, measures = decisions_of(instance.policy), measures_of(instance.policy)
    choice = next((d for d in decisions if isinstance(d, Choice)), None)
    if choice is None:
        raise OptimizerError(
            Wording("这项政策没有逐户的选择。", "This policy has no choices of households."),
            Wording("Maybe（也许）请看 clauses.csv。", "Maybe look at clauses.csv."),
        )
    rules = tuple(rules_of(instance.policy))
    taken = {d.id: taken_table(d, tables.get(d.id), instance, measures) for d in decisions}
    data = RuleData(instance, taken, seed, None, rules)
    return Question(instance, choice, measures, rules, objectives_of(instance.policy), data, taken[choice.id])


def about(asked: Question, options: DecisionTable) -> Question:
    """The same question with those rows of the plan alone that the households of ``options`` hold."""
    codes = options.frame[asked.choice.set].cat
    theirs = codes.categories[np.unique(codes.codes.to_numpy())].astype(str)
    return replace(
        asked, taken=asked.taken.only(asked.taken.frame[asked.choice.set].astype(str).isin(theirs).to_numpy())
    )


def offered(asked: Question, households: Collection[str] | None) -> DecisionTable:
    """All options of the households (None: of all), before any rule admits them. Only their rows of the source are expanded.
    Raises ``OptimizerError`` for an unknown household."""
    instance, choice = asked.instance, asked.choice
    if households is not None:
        _refuse_unknown(asked, households)
        source = instance.tables[choice.source]
        theirs = source.loc[source[choice.set].isin(set(households)).to_numpy()].reset_index(drop=True)
        instance = replace(instance, tables={**instance.tables, choice.source: theirs})
    return choice.options(instance, [m for m in asked.measures if m.on == choice.id])


def _refuse_unknown(asked: Question, households: Collection[str]) -> None:
    schema = next(t for t in asked.instance.policy.table if t.key == [asked.choice.set])
    known = asked.instance.tables[schema.name][asked.choice.set]
    for household in households:
        if not (known == household).any():
            raise OptimizerError(
                Wording(f"“{schema.zh}”中没有编号“{household}”。", f"There is no {asked.choice.set} '{household}'."),
                nearest(household, known.iloc[:5000]),
            )


def first_refusal(asked: Question, options: DecisionTable) -> Ints:
    """For each option the first rule (its position) that never admits it; −1 where all do."""
    first = np.full(len(options.frame), -1, dtype=np.int64)
    data = replace(asked.data, tables={**asked.data.tables, options.id: options})
    for number, rule in enumerate(asked.rules):
        mask = rule.admit(options, data)
        if mask is not None:
            first[(first < 0) & ~mask] = number
    return first


def held_rows(asked: Question, options: DecisionTable) -> Ints:
    """For each option the row of the plan that its household holds; −1 where it has none."""
    own = asked.taken.frame[asked.choice.set].astype(str)
    place = pd.Series(np.arange(len(own)), index=own.to_numpy())
    place = place[~place.index.duplicated()]
    codes = options.frame[asked.choice.set].cat
    by_code = place.reindex(codes.categories.astype(str)).fillna(-1).to_numpy(dtype=np.int64)
    return by_code[codes.codes.to_numpy()]


def is_held(asked: Question, options: DecisionTable, held: Ints) -> Mask:
    """Whether each option is the very one that its household holds."""
    same = held >= 0
    for key in asked.choice.keys[1:]:
        theirs = np.append(asked.taken.frame[key].astype(str).to_numpy(dtype=object), "\0")
        same &= theirs[held] == options.frame[key].astype(str).to_numpy(dtype=object)
    return same


def change(room: Room, into: Sequence[Ints], out: Sequence[Ints]) -> sp.csr_array:
    """What each case adds to every line of ``room``: options coming in, plan rows going out (−1: none)."""
    cases = len(into[0])
    total = sp.csr_array((cases, room.into.shape[1]), dtype=np.int64)
    for matrix, rows, sign in [*((room.into, r, 1) for r in into), *((room.out, r, -1) for r in out)]:
        real = np.flatnonzero(rows >= 0)
        if len(real):
            part = sp.coo_array(matrix[rows[real]])
            moved = sp.csr_array((sign * part.data, (real[part.row], part.col)), shape=total.shape)
            total = sp.csr_array(total + moved)
    return total


def broken(room: Room, changed: sp.csr_array) -> tuple[Ints, Ints, Ints]:
    """Limits that the cases of ``change`` would break: case, line of ``room``, by how much; in order of cases."""
    over = np.maximum(changed.data - room.above[changed.indices], -changed.data - room.below[changed.indices])
    case = np.repeat(np.arange(changed.shape[0]), np.diff(changed.indptr))
    bad = np.flatnonzero(over > 0)
    return case[bad], changed.indices[bad].astype(np.int64), over[bad]


@dataclass(frozen=True)
class Worth:
    """What options and plan rows are worth to one goal over the choices; ``sign``: 1 where more is better."""

    goal: str
    unit: str
    title: Wording
    sign: int
    option: Ints
    held: Ints


def worths(asked: Question, options: DecisionTable) -> list[Worth]:
    """For each goal over the choices, in order. Goals with auxiliary amounts have no worth of single options: left out."""
    found = []
    for objective in asked.objectives:
        if objective.given_choices or objective.auxiliary(asked.instance):
            continue
        ours, theirs = (_worth(asked, objective, table) for table in (options, asked.taken))
        for goal, option, held in zip(objective.goals(asked.instance), ours, theirs, strict=True):
            sign = 1 if objective.sense == "max" else -1
            found.append(Worth(goal.id, objective.unit, goal.title, sign, option, held))
    return found


def _worth(asked: Question, objective: Objective, table: DecisionTable) -> Sequence[Ints]:
    """What each row of a table is worth to the goals of an objective, all other tables being empty."""
    others = {n: t.only(np.zeros(len(t.frame), dtype=bool)) for n, t in asked.data.tables.items() if n != table.id}
    data = replace(asked.data, tables={table.id: table, **others})
    offset = {name: 0 if name == table.id else len(table.frame) for name in data.tables}
    return objective.values(data, offset, len(table.frame))
