"""Households that withdraw from a finished plan, and those on the reserve list who follow: many seeded scenarios at once.

In a scenario each household with a place withdraws with its own probability. Then the reserve list is called in its order: each who
waits gets the best of its options that the room left holds. All scenarios go through the list together; every number is whole.
A target or share that the plan no longer keeps is a goal missed, told by how much; no other limit is ever broken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from optimizer.analysis.arrivals import worth_of
from optimizer.analysis.standing import Offer
from optimizer.build import Model
from optimizer.lottery import draw
from optimizer.program import FREE, Bools, Floats, Ints

Settle = Callable[[Ints], Ints | None]
"""Whole plans (one number a column) for choices (0 or 1 for each option) under which the plan's amounts no longer hold; None where
there are none."""


@dataclass(frozen=True)
class Reserve:
    """A plan ready for withdrawals. ``x``: the plan. ``held``: option of each choice set (−1: none). ``waiting``: the sets on the
    reserve list, in order; ``number``: the lottery's. ``worth``: of each option, the goals in their order."""

    model: Model
    offer: Offer
    x: Ints
    held: Ints
    waiting: Ints
    number: Floats
    worth: Ints

    @classmethod
    def of(cls, model: Model, x: Ints, seed: int) -> Reserve:
        """The reserve list: those without a place, the more the goals gain by them the earlier, then by the public lottery."""
        program = model.program
        offer, worth = Offer.of(program, model.rules), worth_of(program)
        sets, owner = len(program.set_start) - 1, program.set_of_option()
        held = np.full(sets, -1, dtype=np.int64)
        taken = np.flatnonzero(x[: program.options])
        held[owner[taken]] = taken
        best = np.full(sets, -(2**62), dtype=np.int64)
        np.maximum.at(best, owner[offer.open], worth[offer.open])
        number = draw(program.sets, seed)
        waiting = np.flatnonzero((held < 0) & (best > 0))
        order = np.lexsort((number[waiting], -best[waiting]))
        return cls(model, offer, x, held, waiting[order], number, worth)

    @property
    def placed(self) -> Ints:
        """The sets with a place."""
        return np.asarray(np.flatnonzero(self.held >= 0), dtype=np.int64)


@dataclass(frozen=True)
class Scenarios:
    """``gone``: scenario × placed set. ``called``: scenario × waiting set, the option it gets (−1: none). ``settled``: whole plans
    (before anybody was called) of those scenarios whose amounts had to be settled anew. ``without``: use of every row before
    anybody was called, ``used``: after. ``failed``: scenarios whose amounts could not be settled."""

    gone: Bools
    called: Ints
    settled: Mapping[int, Ints]
    without: Ints
    used: Ints
    failed: Bools

    def plan(self, reserve: Reserve, scenario: int, with_list: bool = True) -> Ints:
        """The whole plan of a scenario, one number a column."""
        x = self.settled.get(scenario, reserve.x).copy()
        x[reserve.held[reserve.placed[self.gone[scenario]]]] = 0
        if with_list:
            called = self.called[scenario]
            x[called[called >= 0]] = 1
        return x


def withdrawn(probability: Floats, scenarios: int, seed: int) -> Bools:
    """Who withdraws: scenario × household, seeded."""
    chance = np.random.default_rng(seed).random((scenarios, len(probability)))
    return np.asarray(chance < probability)


def run_scenarios(reserve: Reserve, gone: Bools, settle: Settle) -> Scenarios:
    """Every scenario of ``gone`` (scenario × placed set)."""
    program, many = reserve.model.program, reserve.model.program.options
    held = reserve.offer.use[reserve.held[reserve.placed]]
    used = np.asarray(program.matrix @ reserve.x) - sp.csr_array(gone.astype(np.int64)) @ held
    without = np.ascontiguousarray(used.toarray() if sp.issparse(used) else used)
    failed, settled = np.zeros(len(gone), dtype=bool), dict[int, Ints]()
    for number in np.flatnonzero(unsettled(reserve, without) | _group_lost(reserve, gone)).tolist():
        choices = reserve.x[:many].copy()
        choices[reserve.held[reserve.placed[gone[number]]]] = 0
        found = settle(choices)
        failed[number] = found is None
        if found is not None:
            settled[number] = found
            without[number] = program.matrix @ found
    called, after = _called(reserve, without.copy())
    return Scenarios(gone, called, settled, without, after, failed)


def alone(reserve: Reserve) -> Bools:
    """Rows of choices only: no amount can mend them."""
    program = reserve.model.program
    amounts = abs(program.matrix[:, program.options :]).sum(axis=1)
    return np.asarray(np.asarray(amounts).ravel() == 0)


def unsettled(reserve: Reserve, used: Ints) -> Bools:
    """Scenarios in which a row with amounts is broken (targets apart)."""
    offer, some = reserve.offer, ~alone(reserve)
    over = (used > offer.high) & (offer.high < FREE // 2)
    under = (used < offer.low) & (offer.low > -FREE // 2) & ~offer.asked
    return np.asarray(((over | under) & some).any(axis=1))


def _group_lost(reserve: Reserve, gone: Bools) -> Bools:
    """Scenarios in which a group that counts as cleared whole loses a member."""
    groups = reserve.model.program.groups
    if groups is None:
        return np.zeros(len(gone), dtype=bool)
    cleared = np.unique(groups.group[reserve.x[groups.column] > 0])
    member = np.isin(groups.group_of_set[reserve.placed], cleared)
    return np.asarray(gone[:, member].any(axis=1))


def _called(reserve: Reserve, used: Ints) -> tuple[Ints, Ints]:
    """The list called in order, all scenarios together: option of each (−1: none), and use of every row."""
    offer = reserve.offer
    above = np.where(offer.high < FREE // 2, offer.high - used, FREE)
    below = np.where(offer.low > -FREE // 2, used - offer.low, FREE)
    called = np.full((len(used), len(reserve.waiting)), -1, dtype=np.int64)
    for at, household in enumerate(reserve.waiting.tolist()):
        options = offer.start[household] + np.flatnonzero(offer.open[offer.options_of(household)])
        options = options[np.argsort(-reserve.worth[options], kind="stable")]
        part = offer.use[options]
        rows = np.unique(part.indices)
        add = part[:, rows].toarray()
        over = (add > np.maximum(above[:, None, rows], 0)) & (add > 0)
        under = (-add > np.maximum(below[:, None, rows], 0)) & (add < 0)
        fits = ~(over | under).any(axis=2) & (reserve.worth[options] > 0)
        some = np.flatnonzero(fits.any(axis=1))
        if len(some):
            first = fits[some].argmax(axis=1)
            called[some, at] = options[first]
            change = add[first]
            above[np.ix_(some, rows)] -= change
            below[np.ix_(some, rows)] += change
            used[np.ix_(some, rows)] += change
    return called, used


def missed(reserve: Reserve, used: Ints) -> Ints:
    """By how much every row is missed (row units), scenario × row: targets, and shares that withdrawals alone upset."""
    offer = reserve.offer
    over = np.where(offer.high < FREE // 2, np.maximum(used - offer.high, 0), 0)
    under = np.where(offer.low > -FREE // 2, np.maximum(offer.low - used, 0), 0)
    return np.maximum(over, under)


def reached(reserve: Reserve, found: Scenarios, with_list: bool) -> pd.DataFrame:
    """What each scenario's plan reaches of every goal over the choices: a column a goal, a row a scenario."""
    held, lost = reserve.held[reserve.placed], sp.csr_array(found.gone.astype(np.int64))
    scenario, place = np.nonzero(found.called >= 0)
    columns = {}
    for stage in reserve.model.program.stages:
        if stage.given_choices:
            continue
        value = stage.value @ reserve.x + stage.base - lost @ stage.value[held]
        if with_list:
            np.add.at(value, scenario, stage.value[found.called[scenario, place]])
        columns[stage.id] = value
    return pd.DataFrame(columns)


def unused(reserve: Reserve, used: Ints, rules: Sequence[str], last: int) -> Ints:
    """For each scenario what is left of the limits of these rules (base units): upper limits not used up, or balances kept; of
    running accounts those of the year ``last``."""
    program, offer = reserve.model.program, reserve.offer
    total = np.zeros(len(used), dtype=np.int64)
    known = {rule.id: rule for rule in reserve.model.rules}
    for name in rules:
        rows = np.flatnonzero((program.rows["rule"] == name).to_numpy())
        if getattr(known[name], "running", False):
            year = list(getattr(known[name], "per", ())).index("year")
            keys = program.rows["key"].iloc[rows].str.split(" / ").str[year]
            rows = rows[(keys == str(last)).to_numpy()]
        for row in rows:
            if offer.high[row] < FREE // 2:
                total += (offer.high[row] - used[:, row]) * program.row_unit[row]
            elif offer.low[row] > -FREE // 2:
                total += (used[:, row] - offer.low[row]) * program.row_unit[row]
    return total


def reserve_lists(reserve: Reserve, found: Scenarios, by: str) -> pd.DataFrame:
    """Who follows where: columns ``by`` (a site or a place), position, household, the keys of the option that it would be offered
    there first, lottery (its number's place among all), called (in how many scenarios it got a place there)."""
    choice = next(t for t in reserve.model.tables.values() if t.set_column)
    program = reserve.model.program
    owner = program.set_of_option()
    place = np.full(len(program.set_start) - 1, -1, dtype=np.int64)
    place[reserve.waiting] = np.arange(len(reserve.waiting))
    options = np.flatnonzero((place[owner] >= 0) & reserve.offer.open & (reserve.worth > 0))
    where = _where(reserve, by)
    table = pd.DataFrame({by: where[options], "_place": place[owner[options]], "_option": options})
    table["_worth"] = -reserve.worth[options]
    first = table.sort_values([by, "_place", "_worth", "_option"], kind="stable").drop_duplicates([by, "_place"])
    got = pd.DataFrame({"_scenario": np.nonzero(found.called >= 0)[0], "_place": np.nonzero(found.called >= 0)[1]})
    got[by] = where[found.called[found.called >= 0]]
    times = got.groupby([by, "_place"]).size().rename("called").reset_index()
    first = first.merge(times, on=[by, "_place"], how="left").fillna({"called": 0})
    rank = pd.Series(reserve.number).rank(method="first").astype("int64").to_numpy()
    keys = choice.frame[[k for k in choice.keys if k != by]].iloc[first["_option"]].reset_index(drop=True)
    done = pd.DataFrame({by: first[by].to_numpy(), "position": first.groupby(by).cumcount().to_numpy() + 1})
    for key in keys.columns:
        done[key] = keys[key].astype(np.int64) if keys[key].dtype.kind in "iu" else keys[key].astype(str)
    done["lottery"] = rank[reserve.waiting[first["_place"].to_numpy()]]
    done["called"] = first["called"].to_numpy(dtype=np.int64)
    return done


def _where(reserve: Reserve, by: str) -> np.ndarray:  # type: ignore[type-arg]
    """The site (or the household's place) of every option."""
    choice = next(t for t in reserve.model.tables.values() if t.set_column)
    if by in choice.frame:
        return choice.frame[by].astype(str).to_numpy(dtype=object)
    program = reserve.model.program
    if program.part_of_set is None:
        return np.full(program.options, "", dtype=object)
    return np.array(program.places, dtype=object)[program.part_of_set[program.set_of_option()]]
