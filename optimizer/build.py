"""Instance and policy → admitted option tables → program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimizer.decisions import DecisionTable, decisions_of, make_tables
from optimizer.instance import Instance
from optimizer.measures import measures_of
from optimizer.objectives import Objective, objectives_of
from optimizer.program import Builder, Ints, Program, Stage, scale_of
from optimizer.rules import Rule, RuleData, rules_of


@dataclass(frozen=True)
class Model:
    """A program with what it was made from."""

    instance: Instance
    rules: tuple[Rule, ...]
    objectives: tuple[Objective, ...]
    tables: dict[str, DecisionTable]
    program: Program

    def keys_only(self) -> Model:
        """The same with nothing but the keys of the choice table's options: its attributes and measures have done their work,
        and take most of the memory."""
        tables = {
            name: replace(t, frame=t.frame[list(t.keys)]) if t.set_column else t for name, t in self.tables.items()
        }
        return replace(self, tables=tables)


def admitted(instance: Instance, rules: Sequence[Rule]) -> dict[str, DecisionTable]:
    """Every decision table, with the rows that some rule never admits taken out."""
    tables = make_tables(decisions_of(instance.policy), instance, measures_of(instance.policy))
    data = RuleData(instance, tables)
    kept = {}
    for name, table in tables.items():
        keep = np.ones(len(table.frame), dtype=bool)
        for rule in rules:
            mask = rule.admit(table, data)
            if mask is not None:
                keep &= mask
        kept[name] = table.only(keep)
    return dict(sorted(kept.items(), key=lambda item: item[1].set_column is None))


def build(instance: Instance) -> Model:
    """The whole model of one instance. Raises ``PolicyError`` for a faulty policy file."""
    rules, objectives = rules_of(instance.policy), objectives_of(instance.policy)
    tables = admitted(instance, rules)
    data = RuleData(instance, tables)
    offset, columns = {}, 0
    for name, table in tables.items():
        offset[name] = columns
        columns += len(table.frame)
    builder = Builder(offset, columns)
    for rule in rules:
        rule.add(builder, data)
    matrix, lower, upper, unit, rows = builder.matrix()
    most = np.concatenate([t.upper for t in tables.values()])
    for column in builder.forbidden:
        most[column] = 0
    sets, start = _choice_sets(tables)
    stages = tuple(
        Stage(
            o.id,
            o.clause,
            o.title.wording,
            1 if o.sense == "max" else -1,
            o.unit,
            o.value(data, offset, columns),
            o.base(data),
            o.given_choices,
        )
        for o in objectives
    )
    spans = {name: (offset[name], len(table.frame)) for name, table in tables.items()}
    scale = scale_of(matrix)
    place = _places(tables, instance.policy.policy.place, start)
    program = Program(matrix, lower, upper, scale, unit, rows, most, start, sets, spans, builder.groups, stages, place)
    return Model(instance, tuple(rules), tuple(objectives), tables, program)


def _choice_sets(tables: dict[str, DecisionTable]) -> tuple[tuple[str, ...], np.ndarray]:  # type: ignore[type-arg]
    """Names and starts of the choice sets; a policy has at most one choice table."""
    choices = [t for t in tables.values() if t.set_column is not None]
    if len(choices) > 1:
        raise ValueError("a policy may have one choice table")
    if not choices:
        return (), np.zeros(1, dtype=np.int64)
    codes = choices[0].frame[choices[0].set_column or ""].cat
    changes = np.append(True, np.diff(codes.codes.to_numpy()) != 0)[: len(choices[0].frame)]
    first = np.flatnonzero(changes)
    start = np.append(first, len(choices[0].frame)).astype(np.int64)
    names = codes.categories.to_numpy(dtype=object)[codes.codes.to_numpy()[start[:-1]]]
    return tuple(map(str, names)), start


def _places(tables: dict[str, DecisionTable], place: str, start: Ints) -> Ints | None:
    """The place of each choice set, numbered in the order of the place's table."""
    choice = next((t for t in tables.values() if t.set_column is not None), None)
    if choice is None or place not in choice.frame or not len(choice.frame):
        return None
    codes = choice.frame[place].astype("category").cat.codes.to_numpy()[start[:-1]]
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)
