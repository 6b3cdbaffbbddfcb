"""Instance and policy → admitted option tables → program, the choice table piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from optimizer.assembly import Assembly, Growing
from optimizer.decisions import Decision, DecisionTable, decisions_of
from optimizer.instance import Instance
from optimizer.lottery import case_hashes
from optimizer.measures import Measure, measures_of
from optimizer.memory import give_back
from optimizer.objectives import Objective, objectives_of
from optimizer.program import Builder, Ints, Program, Stage, WholeGroups
from optimizer.rules import Rule, RuleData, rules_of
from optimizer.rules.base import Mask, singled_out
from optimizer.tightening import tightened

AT_ONCE = 200_000
"""Rows of input that a piece of the choice table is made of."""


@dataclass(frozen=True)
class Model:
    """A program with what it was made from.

    ``tables``: of the choice table nothing but the keys of its options (whole numbers in the shortest type): attributes and
    measures have done their work, and take most of the memory. ``cases``: the case of each choice set: sets with the same
    number are equal in everything but their code (X-03). ``refused``: of a model with all options, the columns that each
    rule (by its id) never admits.
    """

    instance: Instance
    rules: tuple[Rule, ...]
    objectives: tuple[Objective, ...]
    tables: dict[str, DecisionTable]
    program: Program
    cases: Ints
    refused: Mapping[str, Mask] = field(default_factory=dict)


def admitted(instance: Instance, rules: Sequence[Rule]) -> dict[str, DecisionTable]:
    """Every decision table, with the rows that some rule never admits taken out; the choice table first."""
    makers = _makers(instance, decisions_of(instance.policy), measures_of(instance.policy), [], None)
    return _admitted({name: make[0]() for name, make in makers.items()}, instance, rules)


def build(instance: Instance, at_once: int = AT_ONCE, all_options: bool = False) -> Model:
    """The whole model of one instance. Raises ``PolicyError`` for a faulty policy file.

    ``at_once``: rows of input that a piece of the choice table is made of; the model is the same for any number. Where a
    rule or an objective must see all rows (``by_pieces``), there is one piece. ``all_options``: options that some rule never
    admits stay, and ``refused`` says whose they are; rows stand in base units: to ask what would hold without a rule, or with
    another limit.
    """
    rules, objectives = rules_of(instance.policy), objectives_of(instance.policy)
    decisions, measures = decisions_of(instance.policy), measures_of(instance.policy)
    choice = next((d.id for d in decisions if d.set_column is not None), "")
    pieces = at_once if all(r.in_pieces(choice) for r in rules) and all(o.by_pieces for o in objectives) else None
    makers = _makers(instance, decisions, measures, objectives, pieces)
    gathered = _Gathered([[Growing(np.int64) for _ in o.goals(instance)] for o in objectives])
    for tables in _pieces(makers):
        if all_options:
            gathered.refuse(tables, instance, rules)
        else:
            tables = _admitted(tables, instance, rules)
        gathered.take(tables, instance, rules, objectives)
    model = gathered.model(instance, rules, objectives)
    del gathered, tables
    give_back()
    return model


def _makers(
    instance: Instance, decisions: Sequence[Decision], measures: Sequence[Measure], objectives: Sequence[Objective],
    at_once: int | None,
) -> dict[str, Sequence[Callable[[], DecisionTable]]]:  # fmt: skip
    """The pieces of every decision table, the choice table first (a policy has at most one), the objectives' own last."""
    if sum(d.set_column is not None for d in decisions) > 1:
        raise ValueError("a policy may have one choice table")
    ordered = sorted(decisions, key=lambda d: d.set_column is None)
    own = [table for objective in objectives for table in objective.auxiliary(instance)]
    return {
        **{d.id: d.pieces(instance, [m for m in measures if m.on == d.id], at_once) for d in ordered},
        **{table.id: [partial(_itself, table)] for table in own},
    }


def _itself(table: DecisionTable) -> DecisionTable:
    return table


def _pieces(makers: dict[str, Sequence[Callable[[], DecisionTable]]]) -> Iterator[dict[str, DecisionTable]]:
    """The tables of each piece: amounts are whole beside the last piece of the choice table and empty beside the others."""
    whole = {name: make[0]() for name, make in makers.items() if len(make) == 1}
    many = next(((name, make) for name, make in makers.items() if len(make) > 1), None)
    if many is None:
        yield whole
        return
    empty = {name: t.only(np.zeros(len(t.frame), dtype=bool)) for name, t in whole.items()}
    for make in many[1][:-1]:
        yield {many[0]: make(), **empty}
    yield {many[0]: many[1][-1](), **whole}


def _admitted(tables: dict[str, DecisionTable], instance: Instance, rules: Sequence[Rule]) -> dict[str, DecisionTable]:
    """The tables without the rows that some rule never admits."""
    data = RuleData(instance, tables)
    kept = {}
    for name, table in tables.items():
        keep = np.ones(len(table.frame), dtype=bool)
        for rule in rules:
            mask = rule.admit(table, data)
            if mask is not None:
                keep &= mask
        kept[name] = table.only(keep)
    return kept


@dataclass
class _Gathered:
    """What is kept of the pieces: rows, values of each objective, bounds, keys, cases, places and starts of the sets."""

    values: list[list[Growing]]
    assembly: Assembly = field(default_factory=Assembly)
    upper: Growing = field(default_factory=lambda: Growing(np.int64))
    keys: list[pd.DataFrame] = field(default_factory=list)
    cases: list[npt.NDArray[np.uint64]] = field(default_factory=list)
    starts: list[Ints] = field(default_factory=list)
    firsts: list[pd.DataFrame] = field(default_factory=list)
    forbidden: list[Ints] = field(default_factory=list)
    groups: WholeGroups | None = None
    bases: list[Sequence[int]] = field(default_factory=list)
    last: dict[str, DecisionTable] = field(default_factory=dict)
    refused: dict[str, list[Mask]] = field(default_factory=dict)
    columns: int = 0

    def refuse(self, tables: dict[str, DecisionTable], instance: Instance, rules: Sequence[Rule]) -> None:
        """What each rule never admits of one piece."""
        data = RuleData(instance, tables)
        for rule in rules:
            for table in tables.values():
                mask = rule.admit(table, data)
                never = np.zeros(len(table.frame), dtype=bool) if mask is None else ~mask
                self.refused.setdefault(rule.id, []).append(never)

    def take(
        self, tables: dict[str, DecisionTable], instance: Instance, rules: Sequence[Rule],
        objectives: Sequence[Objective],
    ) -> None:  # fmt: skip
        """One piece: rows of rules and objectives, and the objectives' values over its columns."""
        data = RuleData(instance, tables)
        offset, columns = {}, 0
        for name, table in tables.items():
            offset[name] = columns
            columns += len(table.frame)
        builder = Builder(offset, columns)
        for rule in rules:
            rule.add(builder, data)
        for objective in objectives:
            objective.add(builder, data)
        self.assembly.take(builder)
        self.forbidden += [self.columns + column for column in builder.forbidden]
        self.groups = builder.groups if builder.groups is not None else self.groups
        for grown, objective in zip(self.values, objectives, strict=True):
            for goal, value in zip(grown, objective.values(data, offset, columns), strict=True):
                goal.take(value)
        self.bases = [objective.bases(data) for objective in objectives]
        for table in tables.values():
            self.upper.take(table.upper)
        choice = next((t for t in tables.values() if t.set_column is not None), None)
        if choice is not None:
            self._take_sets(choice, instance.policy.policy.place, singled_out(rules, choice, data))
        self.last, self.columns = tables, self.columns + columns

    def _take_sets(self, choice: DecisionTable, place: str, single: Mask | None) -> None:
        """The choice sets of one piece."""
        set_column = choice.set_column or ""
        code = choice.frame[set_column].cat.codes.to_numpy()
        first = np.flatnonzero(np.append(True, code[1:] != code[:-1])[: len(code)])
        self.starts.append(self.columns + first)
        self.cases.append(case_hashes(choice.frame, set_column, first, single))
        wanted = [set_column, *([place] if place in choice.frame and place != set_column else [])]
        self.firsts.append(choice.frame[wanted].iloc[first])
        self.keys.append(_short(choice.frame[list(choice.keys)]))

    def model(self, instance: Instance, rules: Sequence[Rule], objectives: Sequence[Objective]) -> Model:
        """All pieces together."""
        joined = self.assembly.joined(base_units=bool(self.refused))
        upper = self.upper.array
        for column in self.forbidden:
            upper[column] = 0
        tables, sets = dict(self.last), pd.Index([], dtype="str")
        place: Ints | None = None
        names: tuple[str, ...] = ()
        start = np.zeros(1, dtype=np.int64)
        choice = next((t for t in tables.values() if t.set_column is not None), None)
        if choice is not None:
            frame, self.keys = _stacked(self.keys), []
            tables[choice.id] = replace(choice, frame=frame, upper=upper[: len(frame)])
            start = np.append(np.concatenate(self.starts), len(frame)).astype(np.int64)
            firsts = _stacked(self.firsts)
            sets = pd.Index(firsts[choice.set_column].astype("str"))
            place, names = _places(firsts, instance.policy.policy.place)
        cases = pd.factorize(np.concatenate([*self.cases, np.zeros(0, np.uint64)]))[0].astype(np.int64)
        stages = tuple(
            Stage(
                goal.id,
                o.clause,
                goal.title,
                1 if o.sense == "max" else -1,
                o.unit,
                grown.array,
                base,
                o.given_choices,
                o.id,
            )
            for o, values, bases in zip(objectives, self.values, self.bases, strict=True)
            for goal, grown, base in zip(o.goals(instance), values, bases, strict=True)
        )
        program = Program(
            joined.matrix, joined.lower, joined.upper, joined.scale, joined.unit, joined.rows, upper, start, sets,
            _spans(tables), self.groups, stages, place, places=names,
            place_of_amount=_place_of_amounts(tables, instance.policy.policy.place) if choice is None else None,
        )  # fmt: skip
        refused = {name: np.concatenate(masks) for name, masks in self.refused.items()}
        refused = {name: mask for name, mask in refused.items() if mask.any()}
        switches = {r.id: r.switch for r in rules if r.switch is not None}
        return Model(instance, tuple(rules), tuple(objectives), tables, tightened(program, switches), cases, refused)


def _spans(tables: dict[str, DecisionTable]) -> dict[str, tuple[int, int]]:
    """First column and count of each table."""
    spans, column = {}, 0
    for name, table in tables.items():
        spans[name] = (column, len(table.frame))
        column += len(table.frame)
    return spans


def _place_of_amounts(tables: dict[str, DecisionTable], place: str) -> Ints:
    """A number for the place of each column, by the column of that name in its table; −1 where its table has none."""
    parts = [
        t.frame[place].astype(object).to_numpy() if place in t.frame else np.full(len(t.frame), None, dtype=object)
        for t in tables.values()
    ]
    return pd.factorize(np.concatenate([*parts, np.zeros(0, dtype=object)]))[0].astype(np.int64)


def _short(frame: pd.DataFrame) -> pd.DataFrame:
    """Whole numbers in the shortest type that holds them; years need two bytes, not eight."""
    done = frame.copy(deep=False)
    for name in done.columns:
        if done[name].dtype.kind == "i":
            done[name] = pd.to_numeric(done[name], downcast="integer")
    return done


def _stacked(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """The rows of all frames, codes staying codes."""
    if len(frames) == 1:
        return frames[0].reset_index(drop=True)
    done = {}
    for name in frames[0].columns:
        parts = [f[name] for f in frames]
        if isinstance(parts[0].dtype, pd.CategoricalDtype):
            done[name] = pd.Series(pd.api.types.union_categoricals(parts))
        else:
            done[name] = pd.concat(parts, ignore_index=True)
    return pd.DataFrame(done)


def _places(firsts: pd.DataFrame, place: str) -> tuple[Ints | None, tuple[str, ...]]:
    """The place of each choice set, by the place of its first option, numbered in the order of the place's codes, which are
    the names."""
    if place not in firsts or not len(firsts):
        return None, ()
    codes = firsts[place].astype("category")
    used, number = np.unique(codes.cat.codes.to_numpy(), return_inverse=True)
    return number.astype(np.int64), tuple(str(name) for name in codes.cat.categories[used])
