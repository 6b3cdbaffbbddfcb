"""``place``: the option is the one that looking at every option, with the exact audit and the certificate's prices, gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import optimizer
from optimizer.analysis.arrivals import worth_of
from optimizer.analysis.matching import plan_columns
from optimizer.analysis.placing import price_stage, with_place
from optimizer.asking.amounts import amounts_for
from optimizer.asking.place import place, place_record
from optimizer.build import build
from optimizer.check import audit
from optimizer.errors import InputError, OptimizerError
from optimizer.lagrangian.record import certificate_from, price_vector
from optimizer.plan_of import taken_tables
from optimizer.reading.additions import read_additions
from tests.relocation_case import folder, tables


@pytest.fixture(scope="module")
def task(tmp_path_factory):
    return optimizer.load(folder(tmp_path_factory.mktemp("place") / "i", "csv", tables(60, 1, 5)))


@pytest.fixture(scope="module")
def plan(task):
    return optimizer.solve(task, gap=2e-2, solver="highs", time=20)


def without(plan, household: str):
    """The plan without what the household has."""
    moves = plan.tables["moves"]
    return replace(plan, tables={**plan.tables, "moves": moves.loc[moves["household"] != household]})


def enumerated(task, plan, household: str):
    """Keys of every admitted option, its net by the definition over the whole program, and whether the audit passes with it."""
    model = build(task)
    program = model.program
    stage = price_stage(certificate_from(plan.certificate))
    vector, unknown = price_vector(program, stage.prices)
    assert not unknown
    goal = {s.id: s for s in program.stages}
    mine = goal[stage.stage]
    reduced = (mine.sign * mine.value << stage.shift) - program.matrix.T @ vector
    for kept in stage.keeps:
        reduced = reduced - kept.price * goal[kept.stage].value
    choice = next(t for t in model.tables.values() if t.set_column)
    rows = np.flatnonzero((choice.frame[choice.set_column].astype(str) == household).to_numpy())
    worth = worth_of(program)
    for row in rows:
        keys = {k: choice.frame[k].iloc[row] for k in choice.keys[1:]}
        keys = {k: int(v) if isinstance(v, (int, np.integer)) else str(v) for k, v in keys.items()}
        legal = not audit(task, with_place(task, plan.tables, keys, household), plan.seed).violations
        yield keys, int(reduced[row]), int(worth[row]), legal


@pytest.mark.parametrize("number", range(2))
def test_the_choice_equals_enumeration(task, plan, number: int) -> None:
    held = plan.tables["moves"]["household"].astype(str)
    household = held.iloc[number * 9]
    left = without(plan, household)
    found = place(left, household, task)[0]
    every = list(enumerated(task, left, household))
    legal = [(net, worth) for _, net, worth, ok in every if ok]
    assert legal  # what it had is legal
    assert found.chosen is not None
    own = next((net, worth) for keys, net, worth, _ in every if keys == found.chosen)
    assert own == max(legal)
    fits = {
        tuple(str(r[k]) for k in found.options.keys[1:])
        for r in found.options.frame.loc[found.options.frame["fits"]].to_dict("records")
    }
    assert fits == {tuple(map(str, keys.values())) for keys, *_, ok in every if ok}
    assert not audit(task, found.tables, plan.seed).violations
    assert len(found.tables["moves"]) == len(plan.tables["moves"])
    assert found.chosen["site"] in found.text.zh
    assert "Left of the limits" in found.text.en


def test_what_is_left_is_what_one_more_would_find(task, plan) -> None:
    household = str(plan.tables["moves"]["household"].iloc[0])
    found = place(without(plan, household), household, task)[0]
    homes = found.left.loc[found.left["rule"] == "homes"].iloc[0]
    site = found.chosen["site"]
    there = int((found.tables["moves"]["site"] == site).sum())
    capacity = int(task.tables["sites"].set_index("site").loc[site, "homes"])
    assert (homes["used"], homes["left"]) == (1, capacity - there)


def test_a_household_without_room_waits_and_is_told_why(task, plan) -> None:
    """Everybody without a place in a plan that left no room for it: no option passes the audit."""
    names = set(task.tables["households"]["household"]) - set(plan.tables["moves"]["household"].astype(str))
    for household in sorted(names)[:2]:
        found = place(plan, household, task)[0]
        legal = [keys for keys, *_, ok in enumerated(task, plan, household) if ok]
        assert (found.chosen is None) == (not legal)
        if found.chosen is None:
            assert "候补" in found.text.zh
            assert (found.options.frame["rule"] != "").all()


def test_one_that_has_a_place_or_is_unknown_is_an_error(task, plan) -> None:
    with pytest.raises(OptimizerError, match="has a place"):
        place(plan, str(plan.tables["moves"]["household"].iloc[0]), task)
    with pytest.raises(OptimizerError, match="H9999999"):
        place(plan, "H9999999", task)


def rows_of(path, household, site: str = "", mode: str = "town", township: str = "") -> None:
    """A folder with one new household."""
    path.mkdir(exist_ok=True)
    (path / "households.csv").write_text(
        f"household,township,persons,need\n{household},{township},1,900\n", encoding="utf-8"
    )
    (path / "consents.csv").write_text(
        f"household,mode,site,rank,distance\n{household},{mode},{site},1,500\n", encoding="utf-8"
    )


def test_new_rows_are_placed_in_their_order(task, plan, tmp_path) -> None:
    """Two leave; two new ones with the consents of those who left come from a folder, and every plan passes the audit."""
    moves = plan.tables["moves"]
    out = moves.iloc[[0, 1]]
    left = replace(plan, tables={**plan.tables, "moves": moves.iloc[2:]})
    home = task.tables["households"].set_index("household")
    source = task.tables["consents"]
    people, consents = [], []
    for number, old in enumerate(out["household"].astype(str)):
        people.append(home.loc[[old]].reset_index().assign(household=f"N{number}"))
        consents.append(source.loc[source["household"] == old].assign(household=f"N{number}"))
    pd.concat(people)[["household", "township", "persons", "need"]].to_csv(tmp_path / "households.csv", index=False)
    pd.concat(consents).to_csv(tmp_path / "consents.csv", index=False)
    found = place(left, tmp_path, task)
    assert [each.household for each in found] == ["N0", "N1"]
    merged = {**task.tables, **read_additions(tmp_path, task)[0]}
    assert found[0].chosen is not None  # what its twin had is free
    count, before = 0, {(v.rule, v.key) for v in audit(task, left.tables, plan.seed).violations}
    for each in found:
        count += each.chosen is not None
        wrong = {(v.rule, v.key) for v in audit(replace(task, tables=merged), each.tables, plan.seed).violations}
        assert wrong <= before
        assert len(each.tables["moves"]) == len(moves) - 2 + count
    record = place_record(found)
    assert [p["chosen"] for p in record["placed"]] == [each.chosen for each in found]


def test_faulty_new_rows_are_told_all_at_once(task, plan, tmp_path) -> None:
    rows_of(tmp_path / "a", "H0000001", "S99999", township="T00001")
    with pytest.raises(InputError) as caught:
        place(plan, tmp_path / "a", task)
    values = {fault.value for fault in caught.value.faults}
    assert {"H0000001", "S99999"} <= values


def test_homes_and_money_are_settled_anew_where_nothing_fits_as_it_is() -> None:
    """Songjiang's mini without one household, homes built for the others only: it fits once a home more is built."""
    task = optimizer.load("songjiang-mini")
    plan = optimizer.solve(task, gap=0)
    model = build(task)
    program, x = model.program, plan_columns(model, plan.tables)
    own = slice(*program.set_start[program.sets.get_loc("M17") : program.sets.get_loc("M17") + 2])
    x[own] = 0
    first, count = program.tables["homes"]
    homes = model.tables["homes"].frame
    there = first + np.flatnonzero((homes["site"] == "S3").to_numpy())
    most = np.full(program.columns, 10**12)
    others = int((plan.tables["moves"]["site"] == "S3").sum()) - 1
    most[there] = others
    base = amounts_for(
        program, x[: program.options], (program.row_lower, program.row_upper), np.zeros(program.columns), most
    )
    assert base is not None
    assert count
    tables_ = taken_tables(model, base)
    assert not audit(task, tables_, plan.seed).violations
    found = place(replace(plan, tables=tables_), "M17", task)[0]
    assert found.chosen is not None
    assert found.chosen["site"] == "S3"
    assert found.amounts
    assert not audit(task, found.tables, plan.seed).violations
    assert "重新安排建房" in found.text.zh
    assert int(found.tables["homes"].set_index("site").loc["S3", "built"]) > others
