"""A whole planning task placed as its households come: the exact audit finds nothing broken but targets that are told to be
missed, and prices are worth more than taking the best that fits."""

from __future__ import annotations

import numpy as np
import pytest

import optimizer
from optimizer.asking.arrivals import Arrivals
from tests.relocation_case import folder, tables


@pytest.fixture(scope="module")
def arrivals(tmp_path_factory):
    place = tmp_path_factory.mktemp("arrivals")
    return Arrivals.of(optimizer.load(folder(place / "i", "csv", tables(150, 1, 3))))


def told(arrivals, arrived) -> set[tuple[str, str]]:
    """Targets that the sequence says it missed."""
    rows = arrivals.model.program.rows.iloc[np.flatnonzero(arrived.followed.short)]
    return set(zip(rows["rule"], rows["key"], strict=True))


@pytest.mark.parametrize("number", range(3))
def test_the_audit_agrees_with_every_sequence(arrivals, number: int) -> None:
    codes = [str(s) for s in arrivals.model.program.sets]
    order = list(np.random.default_rng(number).permutation(codes))
    by_prices, greedy = (arrivals.follow(order, prices=p, seed=number) for p in (True, False))
    for arrived in (by_prices, greedy):
        assert {(v.rule, v.key) for v in arrived.audit.violations} == told(arrivals, arrived)
        assert not arrivals.model.program.faults(arrived.x) or told(arrivals, arrived)
        assert arrived.audit.reached["points"] == arrived.worth
    assert by_prices.followed.forecasts > 10
    assert not told(arrivals, by_prices)
    assert by_prices.worth > 1.05 * greedy.worth


def test_the_first_half_is_placed_without_looking_at_the_second(arrivals) -> None:
    """The same first half before two other second halves: the same places."""
    codes = [str(s) for s in arrivals.model.program.sets]
    first, rest = codes[:75], codes[75:]
    one, other = (arrivals.follow([*first, *second], seed=1) for second in (rest, rest[::-1]))
    sets = arrivals.model.program.sets.get_indexer(first)
    assert (one.followed.option[sets] == other.followed.option[sets]).all()


def test_those_who_come_after_a_plan_leave_it_as_it_is(arrivals) -> None:
    codes = [str(s) for s in arrivals.model.program.sets]
    plan = arrivals.follow(codes[:110], seed=1)
    later = arrivals.follow(codes[110:], seed=1, survey=codes[:110], start=plan.tables)
    had = plan.followed.option >= 0
    assert (later.followed.option[had] == plan.followed.option[had]).all()
    assert {(v.rule, v.key) for v in later.audit.violations} == told(arrivals, later)
    assert later.worth >= plan.worth
    assert len(later.tables["moves"]) > len(plan.tables["moves"])


def test_amounts_go_with_the_choices() -> None:
    """Songjiang's homes, claims and quotas are settled while households come; with twenty of them no target is in reach."""
    arrivals = Arrivals.of(optimizer.load("songjiang-mini"))
    codes = [str(s) for s in arrivals.model.program.sets]
    for number in range(1):
        order = list(np.random.default_rng(number).permutation(codes))
        arrived = arrivals.follow(order, seed=number, survey=codes[:4])
        broken = {(v.rule, v.key.removesuffix(" >=").removesuffix(" <=")) for v in arrived.audit.violations}
        assert broken <= {*told(arrivals, arrived), ("into-town-share", "")}
        assert not {-1, -2, -3} & set(arrivals.model.program.faults(arrived.x))  # bounds, choice sets, groups
