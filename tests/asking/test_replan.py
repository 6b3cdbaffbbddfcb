"""``replan`` against brute force: fewest people told something new, then the goal; the other way round; and weighed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import optimizer
from optimizer.analysis.announced import Order
from optimizer.asking.replan import Replan
from optimizer.errors import InputError, OptimizerError
from optimizer.plan import Plan
from tests.oracles.relocation_tiny import Tables, Tiny, as_plan, tables, write

SEEDS = range(3)


def changed(frames: Tables, announced: dict[str, tuple[str, str, int]], seed: int) -> tuple[pd.DataFrame, Tables]:
    """Somebody withdraws (its wishes, or the whole household), a site loses a home, money of a year changes: as a list of changes, and
    done by hand."""
    gone = sorted(announced)[seed % len(announced)]
    after = {name: frame.copy() for name, frame in frames.items()}
    rows = [("意愿" if seed % 2 else "农户", gone, "", "删除")]
    after["consents"] = after["consents"].loc[after["consents"]["household"] != gone]
    if seed % 2 == 0:
        after["households"] = after["households"].loc[after["households"]["household"] != gone]
    sites = after["sites"].set_index("site")["homes"]
    largest = str(sites.idxmax())
    if sites[largest] > 1:
        rows.append(("安置点", largest, "住房套数", str(sites[largest] - 1)))
        after["sites"].loc[after["sites"]["site"] == largest, "homes"] -= 1
    rows.append(("county_plans", "C / 2019", "budget", "9"))
    after["county_plans"].loc[after["county_plans"]["year"] == 2019, "budget"] = 9
    return pd.DataFrame(rows, columns=["表", "行", "列", "新值"]), after


@pytest.fixture(scope="module", params=SEEDS)
def case(request, tmp_path_factory) -> tuple[Plan, pd.DataFrame, Tiny, dict[str, tuple[str, str, int]]]:
    """A plan, changes, the changed task for brute force, and what was announced."""
    frames = tables(request.param)
    instance = optimizer.load(write(tmp_path_factory.mktemp("tiny") / "task", frames))
    plan = optimizer.solve(instance, gap=0)
    told = as_plan(plan.tables["moves"])
    assert Tiny(frames).value(told) == max(map(Tiny(frames).value, Tiny(frames).plans()))
    changes, after = changed(frames, told, request.param)
    return plan, changes, Tiny(after), told


def kept(told, plan) -> int:
    """How many are told nothing new."""
    return sum(plan.get(h) == o for h, o in told.items())


def asked(case, **more) -> tuple[Replan, dict[str, tuple[str, str, int]]]:
    found = optimizer.replan(case[0], case[1], gap=0, **more)
    assert optimizer.check(found.instance, found.plan) == []
    return found, as_plan(found.plan.tables["moves"])


@pytest.fixture(scope="module")
def answer(case) -> tuple[Replan, dict[str, tuple[str, str, int]]]:
    """The answer with fewest changes first."""
    return asked(case)


def test_fewest_changes_first_then_the_goal(case, answer) -> None:
    _, _, tiny, told = case
    found, plan = answer
    best = max((kept(told, p), tiny.value(p)) for p in tiny.plans())
    assert (found.kept, tiny.value(plan)) == best
    assert (found.kept, found.most) == (kept(told, plan), best[0])
    assert tiny.legal(plan)


def test_the_goal_first_then_fewest_changes(case) -> None:
    _, _, tiny, told = case
    _, plan = asked(case, order=Order("goal"))
    assert (tiny.value(plan), kept(told, plan)) == max((tiny.value(p), kept(told, p)) for p in tiny.plans())


def test_weighed(case) -> None:
    weight = 400
    _, _, tiny, told = case
    _, plan = asked(case, order=Order("goal", weight))
    assert tiny.value(plan) + weight * kept(told, plan) == max(
        tiny.value(p) + weight * kept(told, p) for p in tiny.plans()
    )


def test_it_names_exactly_those_told_something_new(case, answer) -> None:
    _, _, tiny, told = case
    found, plan = answer
    named = found.changes.set_index("household")["change"].to_dict()
    assert set(named) == {h for h in {*told, *plan} if told.get(h) != plan.get(h)}
    for household, change in named.items():
        expected = "new" if household not in told else "withdrew" if household not in tiny.households else None
        assert change == (expected or ("moved" if household in plan else "lost"))
    assert all(str(h) in found.text.zh and str(h) in found.text.en for h in named)


def test_the_folder_is_checked_certified_asked_and_replanned(answer, tmp_path: Path) -> None:
    """What is written stands on its own: its instance lies in it."""
    found, _ = answer
    optimizer.write(found.plan, found.instance, tmp_path / "plan", carried=True)
    inside = tmp_path / "plan" / "instance"
    assert optimizer.check(inside, tmp_path / "plan") == []
    proof = optimizer.certify(inside, tmp_path / "plan")
    assert proof.holds, proof.doubts
    assert proof.stages[0].value == found.kept
    (tmp_path / "plan").rename(tmp_path / "moved")
    again = optimizer.replan(tmp_path / "moved", set={"land.at_most": 100_000_000}, gap=0)
    assert again.kept == again.told == len(found.plan.tables["moves"])
    assert optimizer.why(tmp_path / "moved", "H5" if "H5" in set(again.changes["household"]) else "H4").text.zh


def test_nothing_changed_changes_nothing(case) -> None:
    plan = case[0]
    found = optimizer.replan(plan, gap=0)
    assert found.changes.empty
    assert found.kept == found.most == found.told


def test_every_fault_of_the_changes_is_told_with_its_place(case) -> None:
    rows = [
        ("农沪", "H1", "", "删除"), ("农户", "H77", "", "删除"), ("农户", "H1", "人口", "许多"), ("农户", "H1", "仁口", "3"),
        ("农户", "H6", "", "新增"), ("意愿", "H2 / town / S9", "", "新增"),
    ]  # fmt: skip
    with pytest.raises(InputError) as caught:
        optimizer.replan(case[0], pd.DataFrame(rows, columns=["table", "row", "column", "value"]))
    places = {(f.row, f.column) for f in caught.value.faults}
    assert {(2, "表"), (3, "行"), (4, "新值（人口）"), (5, "列"), (6, "列"), (7, "列")} <= places
    assert all(f.maybe.zh and f.expected.en for f in caught.value.faults)


def test_a_goal_that_cannot_be_weighed_is_refused(case) -> None:
    with pytest.raises(OptimizerError, match="balance"):
        optimizer.replan(case[0], order=Order("goal", 2, "balance"))
