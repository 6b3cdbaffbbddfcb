"""Withdrawals and the reserve list: every scenario recomputed household by household, and audited from its tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import optimizer
from optimizer.analysis.withdrawals import withdrawn
from optimizer.asking.reserve import reserve, reserve_record, scenario_plan, unforeseen
from optimizer.check import audit
from optimizer.errors import OptimizerError
from optimizer.lottery import draw
from optimizer.program import FREE
from optimizer.report.reserve import write_reserve
from tests.relocation_case import folder, tables

SCENARIOS = 12


@pytest.fixture(scope="module")
def task(tmp_path_factory):
    return optimizer.load(folder(tmp_path_factory.mktemp("reserve") / "i", "csv", tables(60, 1, 5)))


@pytest.fixture(scope="module")
def plan(task):
    return optimizer.solve(task, gap=2e-2, solver="highs", time=20)


@pytest.fixture(scope="module")
def found(task, plan):
    return reserve(plan, 0.15, SCENARIOS, 3, task)


def slowly(held, gone: np.ndarray) -> dict[int, int]:
    """One scenario by its definition: who follows with what, one household and one option after another."""
    program = held.model.program
    dense, low, high = program.matrix.toarray(), program.row_lower, program.row_upper
    out = {int(held.held[s]) for s, left in zip(held.placed, gone, strict=True) if left}
    taken = [int(j) for j in np.flatnonzero(held.x) if j not in out]
    used = dense[:, taken].sum(axis=1)
    options = {s: range(program.set_start[s], program.set_start[s + 1]) for s in range(len(program.sets))}
    number = draw(list(map(str, program.sets)), 1)
    waiting = [s for s in options if held.held[s] < 0 and any(held.worth[j] > 0 for j in options[s])]
    waiting.sort(key=lambda s: (-max(held.worth[j] for j in options[s]), number[s]))
    found = {}
    for household in waiting:
        for j in sorted(options[household], key=lambda j: (-held.worth[j], j)):
            after = used + dense[:, j]
            worse = ((dense[:, j] > 0) & (high < FREE) & (after > high)) | (
                (dense[:, j] < 0) & (low > -FREE) & (after < low)
            )
            if not worse.any():
                used, found[household] = after, j
                break
    return found


def test_every_scenario_is_what_its_definition_gives(found) -> None:
    held, scenarios = found.reserve, found.found
    assert scenarios.gone.any()
    for number in range(SCENARIOS):
        wanted = slowly(held, scenarios.gone[number])
        got = {int(s): int(j) for s, j in zip(held.waiting, scenarios.called[number], strict=True) if j >= 0}
        assert got == wanted
        x = scenarios.plan(held, number)
        assert (held.model.program.matrix @ x == scenarios.used[number]).all()
    assert (scenarios.called >= 0).any()


def test_every_scenario_passes_the_audit(task, plan, found) -> None:
    """What the audit finds broken is what the scenario says it misses, no more and no less; goals are the audit's."""
    for number in range(0, SCENARIOS, 2):
        assert unforeseen(found.reserve, found.found, task, number, plan.seed) == []
        changed, tables_ = scenario_plan(found.reserve, found.found, task, number)
        assert audit(changed, tables_, plan.seed).reached["points"] == found.scenarios["points"].iloc[number]
        assert len(tables_["moves"]) == found.scenarios["placed"].iloc[number]


def test_the_list_is_worth_something_and_is_in_order(found) -> None:
    frame, lists = found.scenarios, found.lists
    assert (frame["points"] >= frame["points_without"]).all()
    assert frame["points"].sum() > frame["points_without"].sum()
    assert (frame["placed"] == frame["placed_without"] + frame["called"]).all()
    assert int(lists["called"].sum()) == int(frame["called"].sum())
    held = found.reserve
    rank = {str(held.model.program.sets[s]): at for at, s in enumerate(held.waiting)}
    for _, mine in lists.groupby("site"):
        assert mine["position"].tolist() == list(range(1, len(mine) + 1))
        order = [rank[h] for h in mine["household"]]
        assert order == sorted(order)
    assert (frame["audited"] >= 0).sum() == 3
    assert (frame["audited"] <= 0).all()


def test_the_answer_is_told_in_both_languages(found) -> None:
    for words, lines in (("候补", found.text.zh), ("reserve list", found.text.en)):
        assert words in lines
        assert f"{found.scenarios['placed'].mean():,.1f}" in lines
    assert reserve_record(found)["summary"]["placed"]["least"] == int(found.scenarios["placed"].min())


def test_the_workbook_has_lists_and_scenarios(task, found, tmp_path) -> None:
    write_reserve(tmp_path / "r.xlsx", task, found.lists, found.scenarios, "zh")
    sheets = pd.read_excel(tmp_path / "r.xlsx", sheet_name=None, engine="calamine")
    assert set(sheets) == {"候补名单", "退出情景"}
    assert len(sheets["候补名单"]) == len(found.lists)
    assert sheets["退出情景"]["安置户数"].tolist() == found.scenarios["placed"].tolist()


def test_rates_by_township(task, plan, tmp_path) -> None:
    """Only those of the townships named withdraw; a wrong code or column is an error."""
    townships = task.tables["townships"]["township"].tolist()
    file = tmp_path / "rates.csv"
    file.write_text(f"township,rate\n{townships[0]},100%\n{townships[1]},0\n", encoding="utf-8")
    got = reserve(plan, file, 5, 1, task, audits=0)
    held = got.reserve
    home = task.tables["households"].set_index("household")["township"]
    from_first = np.array([home[str(held.model.program.sets[s])] == townships[0] for s in held.placed])
    assert (got.found.gone == from_first).all()
    file.write_text("township,rate\nT99999,0.1\n", encoding="utf-8")
    with pytest.raises(OptimizerError, match="T99999"):
        reserve(plan, file, 5, 1, task)
    file.write_text("colour,rate\nred,0.1\n", encoding="utf-8")
    with pytest.raises(OptimizerError, match="colour"):
        reserve(plan, file, 5, 1, task)
    with pytest.raises(OptimizerError, match=r"1\.5"):
        reserve(plan, "1.5", 5, 1, task)


def test_the_same_seed_draws_the_same_and_rates_are_kept() -> None:
    chance = np.array([0.0, 0.2, 1.0])
    one = withdrawn(chance, 4_000, 7)
    assert (one == withdrawn(chance, 4_000, 7)).all()
    assert not one[:, 0].any()
    assert one[:, 2].all()
    assert abs(one[:, 1].mean() - 0.2) < 0.03


def test_amounts_are_settled_and_what_cannot_hold_is_named() -> None:
    """Songjiang's mini is so tight that some withdrawals leave a clause that nothing mends: the audit finds just those."""
    task = optimizer.load("songjiang-mini")
    plan = optimizer.solve(task, gap=0)
    got = reserve(plan, 0.1, 6, 1, task, audits=0)
    assert got.found.settled
    assert not got.scenarios["failed"].any()
    for number in range(6):
        assert unforeseen(got.reserve, got.found, task, number, plan.seed) == []
    assert isinstance(got.targets, pd.DataFrame)
