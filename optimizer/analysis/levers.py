"""The numbers of a planning task that could be moved, and what each would change in the program, exactly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import gcd

import numpy as np
import pandas as pd
import scipy.sparse as sp

from optimizer.analysis.by_rule import ByRule
from optimizer.analysis.variant import with_cells
from optimizer.build import Model, build
from optimizer.decisions import decisions_of
from optimizer.decisions.amount import Amount
from optimizer.policy.filters import resolve
from optimizer.policy.terms import Term
from optimizer.program import FREE, Ints
from optimizer.rules import Rule, RuleData
from optimizer.rules.base import KEY_JOIN
from optimizer.rules.condition import Condition
from optimizer.rules.ledger import key_text, postings
from optimizer.rules.total import Total
from optimizer.rules.whole_numbers import WholeNumbers
from optimizer.units import UNITS, display_unit

MOST = 10**12
"""Steps that a number may be moved by at most."""


@dataclass(frozen=True)
class Cell:
    """One number of an input table: the row's position and the column."""

    table: str
    row: int
    column: str


@dataclass(frozen=True)
class Lever:
    """One number that could be moved one way, in whole steps.

    ``rule``: whose limit it is; ``field`` of the rule, or the ``cell`` of the table that it stands in. ``now``: the number;
    ``direction``: 1 where it is raised, −1 where it is lowered; ``step``: by how much at a time (base units of ``unit``);
    ``most``: steps at most. ``rows``, ``entries``: what one step adds to the left side of rows of the program, as though it
    were a column of it; ``columns``, ``room``: by how much it raises the bounds of columns. ``given``: what the table says is
    there (money, land, places), not a limit of the clause's own.
    """

    rule: str
    clause: str
    field: str
    cell: Cell | None
    now: int
    direction: int
    step: int
    unit: str
    rows: Ints
    entries: Ints
    columns: Ints
    room: Ints
    given: bool = False

    @property
    def most(self) -> int:
        """Steps at most: a number is not lowered below 0."""
        return MOST if self.direction > 0 else self.now // self.step

    @property
    def group(self) -> tuple[str, str, int]:
        """Levers of one limit: the rule's field, or the table's column, one way."""
        where = f"{self.cell.table}.{self.cell.column}" if self.cell is not None else self.field
        return ("" if self.cell is not None else self.rule, where, self.direction)

    def moved(self, steps: int) -> int:
        """The number after so many steps."""
        return self.now + self.direction * self.step * steps


def levers_of(model: Model, rules: Sequence[Rule]) -> list[Lever]:
    """What could be moved of the limits of these rules: their own numbers, the cells of the tables that give limits or what
    is there to be used, and the cells that bound amounts. A cell that several rules read is one lever.

    Left out: limits of 0 and what stands beside them (they define, they do not limit), shares (see ``asking.shares``),
    numbers that fall over years by a schedule.
    """
    found: list[Lever] = []
    for rule in rules:
        if isinstance(rule, Total):
            found += _Totals(model, rule).all()
        elif isinstance(rule, WholeNumbers):
            found += _of_bounds(model, rule)
    cells = {(lever.cell, lever.direction) for lever in found if lever.cell is not None}
    for rule in model.rules:  # the same cell in other rules
        if rule not in rules and isinstance(rule, Total) and cells:
            found += [x for x in _Totals(model, rule).all() if (x.cell, x.direction) in cells]
        elif rule not in rules and isinstance(rule, WholeNumbers) and cells:
            found += [x for x in _of_bounds(model, rule) if (x.cell, x.direction) in cells]
    return _merged(found)


def _merged(levers: list[Lever]) -> list[Lever]:
    """One lever a cell: what it changes in all rules."""
    done: dict[tuple[object, ...], Lever] = {}
    for lever in levers:
        key = (lever.cell, lever.direction) if lever.cell is not None else (lever.rule, lever.field, lever.direction)
        if key not in done:
            done[key] = lever
            continue
        other = done[key]
        step = other.step * lever.step // gcd(other.step, lever.step)
        one, two = step // other.step, step // lever.step
        done[key] = replace(
            other,
            step=step,
            rows=np.concatenate([other.rows, lever.rows]),
            entries=np.concatenate([one * other.entries, two * lever.entries]),
            columns=np.concatenate([other.columns, lever.columns]),
            room=np.concatenate([one * other.room, two * lever.room]),
            given=other.given and lever.given,
        )
    return [lever for lever in done.values() if len(lever.rows) or len(lever.columns)]


@dataclass(frozen=True)
class _Totals:
    """The levers of one total."""

    model: Model
    rule: Total

    @cached_property
    def rows(self) -> Ints:
        return np.flatnonzero((self.model.program.rows["rule"] == self.rule.id).to_numpy())

    @cached_property
    def row_at(self) -> dict[str, int]:
        keys = self.model.program.rows["key"].to_numpy()[self.rows]
        return {str(key): int(row) for key, row in zip(keys, self.rows, strict=True)}

    @property
    def data(self) -> RuleData:
        return RuleData(self.model.instance, {})

    def all(self) -> Iterator[Lever]:
        if self.rule.stretch or not len(self.rows):
            return
        fields = (("at_least", (-1,)), ("at_most", (1,)), ("equal", (1, -1)))
        limits = {f: getattr(self.rule, f) for f, _ in fields if getattr(self.rule, f) is not None}
        defines = 0 in [v for v in limits.values() if not isinstance(v, Term)]
        for field, ways in fields:
            limit = limits.get(field)
            if limit is None or (not isinstance(limit, Term) and defines):
                continue
            if len(limits) > 1 and isinstance(limit, Term) and len({str(v) for v in limits.values()}) == 1:
                ways = (1, -1)  # the same number from below and from above
            for way in ways:
                yield from self._of_cells(limit, way) if isinstance(limit, Term) else [self._own(field, limit, way)]
        for term in self.rule.terms:
            if term.table not in self.model.tables and term.measure is not None:
                yield from self._of_given(term)

    def _own(self, field: str, limit: int | str, way: int) -> Lever:
        step = int(UNITS[display_unit(self.rule.unit)].size)
        now = resolve(limit, self.model.instance.parameters)
        return self._lever(field, None, now, way, step, self.rows, np.full(len(self.rows), -way * step))

    def _lever(
        self, field: str, cell: Cell | None, now: int, way: int, step: int, rows: Ints, entries: Ints,
        given: bool = False,
    ) -> Lever:  # fmt: skip
        none = np.zeros(0, dtype=np.int64)
        return Lever(
            self.rule.id, self.rule.clause, field, cell, now, way, step, self.rule.unit, np.asarray(rows, np.int64),
            np.asarray(entries, np.int64), none, none, given,
        )  # fmt: skip

    def _of_cells(self, limit: Term, way: int) -> Iterator[Lever]:
        """One lever a cell of the table that gives the limits."""
        if limit.measure is None or limit.schedule or limit.spread or limit.every:
            return
        columns = self.data.instance.tables[limit.table].columns
        own = [key for key in self.rule.per if limit.keys.get(key, key) in columns]
        posted = postings(limit, own, self.data)
        theirs = _texts(pd.DataFrame(_split(self.row_at, self.rule.per), index=range(len(self.row_at))), own)
        for row, key in zip(posted["row"], _texts(posted, own), strict=True):
            rows = np.array([r for r, k in zip(self.row_at.values(), theirs, strict=True) if k == key], dtype=np.int64)
            yield from self._of_cell(limit, int(row), way, rows, -way, False)

    def _of_given(self, term: Term) -> Iterator[Lever]:
        """One lever a cell of what the tables say is there, the way in which it makes room."""
        if term.schedule or term.spread or term.every:
            return
        program = self.model.program
        keys = [*self.rule.per]
        posted = postings(term, keys, self.data)
        texts = _texts(posted, keys)
        sign = 1 if resolve(term.times, self.data.parameters) > 0 else -1
        for row, key, frame in zip(posted["row"], texts, posted.to_dict("records"), strict=True):
            rows = self._from(key, frame) if self.rule.running else self._at(key)
            low, high = program.row_lower[rows] > -FREE, program.row_upper[rows] < FREE
            for way in {1, -1}:
                if (low if sign * way > 0 else high).any():
                    yield from self._of_cell(term, int(row), way, rows, way, True)

    def _at(self, key: str) -> Ints:
        return np.array([self.row_at[key]] if key in self.row_at else [], dtype=np.int64)

    def _from(self, key: str, frame: dict[object, object]) -> Ints:
        """The rows of the same keys from that year on."""
        year = self.rule.per.index("year")
        wanted = key.split(KEY_JOIN)
        rows = []
        for text, row in self.row_at.items():
            parts = text.split(KEY_JOIN)
            if (
                int(parts[year]) >= int(wanted[year])
                and parts[:year] + parts[year + 1 :] == wanted[:year] + wanted[year + 1 :]
            ):
                rows.append(row)
        return np.array(rows, dtype=np.int64)

    def _of_cell(self, term: Term, row: int, way: int, rows: Ints, sign: int, given: bool) -> Iterator[Lever]:
        """The cell that ``term`` reads in a row of its table; ``sign``: of what one step adds on the left side."""
        instance, column = self.model.instance, str(term.measure)
        times = resolve(term.times, instance.parameters)
        known = [c for c in instance.policy.table_named(term.table).column if c.name == column]
        if not known or not times or not len(rows):
            return
        unit = known[0].unit
        step = int(UNITS[display_unit(UNITS[unit].base)].size)
        step *= term.divide // gcd(term.divide, step * abs(times))
        now = int(instance.tables[term.table][column].iloc[row])
        entry = sign * step * times // term.divide
        lever = self._lever(
            column, Cell(term.table, row, column), now, way, step, rows, np.full(len(rows), entry), given
        )
        yield replace(lever, unit=UNITS[unit].base if UNITS[unit].base != "1" else unit)


def _split(row_at: dict[str, int], per: Sequence[str]) -> dict[str, list[str]]:
    """The parts of the rows' keys, one list a key."""
    parts = [key.split(KEY_JOIN) for key in row_at]
    return {name: [p[n] for p in parts] for n, name in enumerate(per)}


def _texts(frame: pd.DataFrame, keys: Sequence[str]) -> list[str]:
    """A row's keys as one text."""
    if not keys:
        return [""] * len(frame)
    return [key_text(tuple(row)) for row in frame[list(keys)].astype(str).itertuples(index=False)]


def _of_bounds(model: Model, rule: WholeNumbers) -> Iterator[Lever]:
    """The cells that bound amounts from above."""
    instance = model.instance
    none = np.zeros(0, dtype=np.int64)
    for decision in decisions_of(instance.policy):
        source = instance.tables.get(decision.source) if isinstance(decision, Amount) else None
        if not isinstance(decision, Amount) or source is None or not isinstance(decision.at_most, str):
            continue
        if decision.at_most not in source.columns or decision.id not in model.program.tables:
            continue
        rows = np.flatnonzero(decision.where.mask(source, instance.parameters))
        first, count = model.program.tables[decision.id]
        if not len(rows) or count % len(rows):
            continue
        each, column = count // len(rows), decision.at_most
        unit = instance.policy.table_named(decision.source).column_named(column).unit
        size = int(UNITS[display_unit(UNITS[unit].base)].size)
        step = size * decision.step // gcd(size, decision.step)
        for number, row in enumerate(rows):
            theirs = first + number * each + np.arange(each, dtype=np.int64)
            base = UNITS[unit].base if UNITS[unit].base != "1" else unit
            yield Lever(
                rule.id, rule.clause, column, Cell(decision.source, int(row), column), int(source[column].iloc[row]), 1,
                step, base, none, none, theirs, np.full(each, step // decision.step, dtype=np.int64),
            )  # fmt: skip


def measured(parts: ByRule, lever: Lever) -> tuple[Lever, bool] | None:
    """A lever on a cell with what one step of it changes in the whole task, by building that once more: rows of rules, bounds
    and refusals that read the cell too; and whether that is all. It is not where the constants of conditions change as well
    (they follow from what is possible, and are left as they are). None where other numbers that stand before the unknowns
    change, which no number of steps of a column says."""
    if lever.cell is None:
        return lever, True
    cell = lever.cell
    changed = with_cells(parts.model.instance, {(cell.table, cell.row, cell.column): lever.moved(1)})
    before, after = parts.model.program, build(changed, all_options=True).program
    if before.matrix.shape != after.matrix.shape:
        return None
    loose = {r.id for r in parts.model.rules if isinstance(r, Condition)}
    free = before.rows["rule"].isin(loose).to_numpy()
    change = sp.coo_array(before.matrix - after.matrix)
    differing = np.unique(change.row[change.data != 0])
    if not free[differing].all():
        return None
    low, high = after.row_lower - before.row_lower, after.row_upper - before.row_upper
    low[(before.row_lower <= -FREE // 2) & (after.row_lower <= -FREE // 2)] = 0
    high[(before.row_upper >= FREE // 2) & (after.row_upper >= FREE // 2)] = 0
    low[differing], high[differing] = 0, 0
    both = (before.row_lower > -FREE // 2) & (before.row_upper < FREE // 2)
    if (both & (low != high)).any() or max(np.abs(low).max(initial=0), np.abs(high).max(initial=0)) >= FREE // 2:
        return None
    shift = np.where(before.row_lower > -FREE // 2, low, high)
    rows, room = np.flatnonzero(shift), after.upper - before.upper
    columns = np.flatnonzero(room)
    if (columns < before.options).any():
        return None
    done = replace(lever, rows=rows, entries=-shift[rows], columns=columns, room=room[columns])
    return done, not len(differing)
