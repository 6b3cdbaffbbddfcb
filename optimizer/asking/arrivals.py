"""Households placed as they come, on a whole planning task: forecasts are linear programs, amounts are settled in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import scipy.sparse as sp

from optimizer.analysis.arrivals import Followed, Forecast, Prices, by_prices, greedily, worth_of
from optimizer.analysis.clearing import Clearing
from optimizer.analysis.matching import plan_columns
from optimizer.analysis.settled import with_settled
from optimizer.analysis.standing import Offer
from optimizer.asking.amounts import amounts_for
from optimizer.build import Model, build
from optimizer.check import Audit, audit
from optimizer.instance import Instance
from optimizer.plan_of import taken_tables
from optimizer.program import FREE, Floats, Ints
from optimizer.solvers.linear import maximum

MARGIN = 1.0
"""Targets are aimed at by so many of their largest entries more than they ask: a forecast is no certainty."""

SHADE = 1e-3
"""Ties between options of equal worth are broken by a drawn share of this much of the mean worth."""

SURE = 1e3
"""What is cleared stays so: beside it other amounts weigh little."""

NODES = 20
"""Amounts between two arrivals need not be the best: the search for them ends after so many nodes."""

DEAR = 20.0
"""Missing a target by one costs the forecast so many times the dearest worth of its own entry."""


@dataclass
class Forecaster:
    """Prices (and amounts) for those to come, from a linear program over those who stand for them."""

    model: Model
    offer: Offer
    worth: Floats
    holds: Ints = field(init=False)
    clearing: Clearing | None = field(init=False)

    def __post_init__(self) -> None:
        program = self.model.program
        self.clearing = None if program.groups is None else Clearing(program)
        self.holds = np.zeros(program.columns, dtype=np.int64)

    def __call__(self, asked: Forecast) -> Prices:
        """One forecast. Where the linear program has no answer the prices are 0 and amounts stay as they are."""
        program, many = self.model.program, self.model.program.options
        self.holds[asked.cleared] = 1
        found = self._solved(asked)
        price = np.zeros(len(self.offer.low)) if found is None else found[0]
        if many == program.columns:
            return Prices(price)
        if found is not None:
            self._settle(asked, found[1])
        amounts = self.holds.copy()
        amounts[:many] = 0
        return Prices(price, np.asarray(program.matrix @ amounts, dtype=np.int64))

    def _solved(self, asked: Forecast) -> tuple[Floats, Floats] | None:
        """Prices of the rows, and the amounts of the forecast."""
        program, offer = self.model.program, self.offer
        columns, owner = _options_of(offer, asked.pool)
        targets = np.flatnonzero(offer.asked)
        scale = program.row_scale
        rows, sets = len(offer.low), len(asked.pool)
        use = sp.csr_array((offer.use[columns] + self._towards(columns, asked.chance)).T * asked.weight)
        some = sp.csr_array(sp.csc_array(program.matrix)[:, program.options :]).astype(np.float64)
        short = sp.csr_array((np.ones(len(targets)), (targets, np.arange(len(targets)))), shape=(rows, len(targets)))
        top = sp.csr_array(sp.diags_array(1.0 / scale) @ sp.hstack([use, some, short * 1.0], format="csr"))
        one = sp.csr_array((np.ones(len(columns)), (owner, np.arange(len(columns)))), shape=(sets, top.shape[1]))
        largest = np.asarray(abs(offer.use[:, targets]).max(axis=0).todense()).ravel() if len(targets) else np.zeros(0)
        low = np.where(offer.low <= -FREE // 2, -np.inf, offer.low - asked.used).astype(np.float64)
        low[targets] += np.minimum(MARGIN * largest, np.maximum(low[targets], 0.0))
        high = np.where(offer.high >= FREE // 2, np.inf, offer.high - asked.used).astype(np.float64)
        low = np.minimum(low, high)
        fine = DEAR * float(np.abs(self.worth).max(initial=1.0)) / np.maximum(largest, 1.0)
        cost = np.concatenate([self.worth[columns] * asked.weight, np.zeros(some.shape[1]), -fine])
        limit = np.concatenate([np.ones(len(columns)), self._limits(asked), np.full(len(targets), np.inf)])
        found = maximum(
            cost, sp.csr_array(sp.vstack([top, one], format="csr")), np.append(low / scale, np.full(sets, -np.inf)),
            np.append(high / scale, np.ones(sets)), np.zeros(len(cost)), limit,
        )  # fmt: skip
        if found is None:
            return None
        return found.dual[:rows] / scale, found.x[len(columns) : len(columns) + some.shape[1]]

    def _towards(self, columns: Ints, chance: float) -> sp.csr_array:
        """What options may be expected to add to the rows through groups cleared whole: each its part of its group's."""
        clearing, rows = self.clearing, len(self.offer.low)
        if clearing is None or not chance:
            return sp.csr_array((len(columns), rows))
        own = clearing.own[columns]
        some = np.flatnonzero(own >= 0)
        part = chance / clearing.size[clearing.group[own[some]]]
        spread = sp.csr_array((part, (some, own[some])), shape=(len(columns), len(clearing.columns)))
        return sp.csr_array(spread @ clearing.use.astype(np.float64))

    def _limits(self, asked: Forecast) -> Floats:
        """The most of each amount; of groups cleared whole those that the choices made clear by now, no others."""
        program = self.model.program
        most = program.upper[program.options :].astype(np.float64)
        if program.groups is not None:
            shut = program.groups.column - program.options
            most[shut] = np.minimum(most[shut], self.holds[program.groups.column])
        return np.where(most >= 10**12, np.inf, most)

    def _settle(self, asked: Forecast, wanted: Floats) -> None:
        """Whole amounts as near to the forecast's as what is held allows."""
        program, many = self.model.program, self.model.program.options
        taken = np.zeros(many, dtype=np.int64)
        taken[asked.taken] = 1
        goal = np.zeros(program.columns)
        goal[many:] = 1.0 / np.maximum(1.0, wanted)
        most = np.full(program.columns, np.iinfo(np.int64).max)
        most[many:] = np.maximum(np.floor(wanted + 1e-6).astype(np.int64), self.holds[many:])
        if program.groups is not None:
            most[program.groups.column] = self.holds[program.groups.column]
            goal[program.groups.column] = SURE
        found = amounts_for(program, taken, (asked.low, asked.high), goal, most, nodes=NODES)
        if found is not None and found[asked.cleared].all():
            self.holds = found


def _options_of(offer: Offer, sets: Ints) -> tuple[Ints, Ints]:
    """The options that the sets may take, and the place of each one's set among them."""
    width = offer.start[sets + 1] - offer.start[sets]
    owner = np.repeat(np.arange(len(sets)), width)
    first = np.cumsum(width) - width
    columns = offer.start[sets][owner] + np.arange(len(owner)) - first[owner]
    keep = offer.open[columns]
    return columns[keep], owner[keep]


@dataclass(frozen=True)
class Arrivals:
    """A planning task made ready for households to come one by one; ``worth``: of each option, ties broken by lot."""

    model: Model
    offer: Offer
    worth: Floats
    value: Ints

    @classmethod
    def of(cls, instance: Instance, seed: int = 1) -> Arrivals:
        """The task; ``seed`` draws the lots."""
        model = build(instance)
        value = worth_of(model.program)
        draw = np.random.default_rng(seed)
        mean = float(np.abs(value).mean()) if len(value) else 0.0
        return cls(model, Offer.of(model.program, model.rules), value + SHADE * mean * draw.random(len(value)), value)

    def follow(
        self, order: Sequence[str], *, prices: bool = True, seed: int = 1, survey: Sequence[str] = (),
        start: Mapping[str, pd.DataFrame] | None = None,
    ) -> Arrived:  # fmt: skip
        """Place the households of ``order`` (codes; those without options are passed over) as they come: by prices, or
        greedily. ``survey``: households that are known beforehand to be like those that come. ``start``: tables of a legal plan
        for others, to which these come."""
        program = self.model.program
        sets = pd.Index(program.sets)
        numbers, known = (at[at >= 0] for at in (sets.get_indexer(pd.Index(codes)) for codes in (order, survey)))
        forecaster = Forecaster(self.model, self.offer, self.worth)
        x = None if start is None else plan_columns(self.model, start)
        if x is not None:
            forecaster.holds = x.copy()
        if prices:
            followed = by_prices(
                self.offer, self.worth, numbers, forecaster, seed=seed, known=known, program=program, start=x
            )
        else:
            several = program.options < program.columns
            followed = greedily(self.offer, self.worth, numbers, forecaster if several else None, program, x)
        return self._arrived(followed, forecaster.holds)

    def _arrived(self, followed: Followed, holds: Ints) -> Arrived:
        """The plan that a sequence leaves, audited with those who have a place counting as settled."""
        program = self.model.program
        x = holds.copy()
        x[: program.options] = 0
        x[followed.cleared] = 1
        x[followed.option[followed.option >= 0]] = 1
        tables = taken_tables(self.model, x)
        task = with_settled(self.model.instance, tables)
        given = frozenset(s.id for s in program.stages if s.given_choices)
        return Arrived(followed, x, tables, audit(task, tables), int(self.value @ x[: program.options]), given)


@dataclass(frozen=True)
class Arrived:
    """What a sequence of arrivals left: the plan (``x`` by columns, ``tables``), its audit and its worth. ``given``: goals over
    amounts alone, which arrivals do not seek."""

    followed: Followed
    x: Ints
    tables: Mapping[str, pd.DataFrame]
    audit: Audit
    worth: int
    given: frozenset[str]
