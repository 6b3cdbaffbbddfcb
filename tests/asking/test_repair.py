"""``repair`` against brute force: fewest rows of a hand-made table altered, removed or added; and which rows break what."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

import optimizer
from optimizer.asking.handmade import broken_lines
from tests.oracles.relocation_tiny import Tiny, as_plan, tables, write

KEYS = ["household", "mode", "site", "year"]


def by_hand(tiny: Tiny, seed: int) -> pd.DataFrame:
    """A table that a person could have made: too many in one place, a twin row, somebody unknown, a wish that nobody has."""
    chance = random.Random(seed)
    rows = [(h, *chance.choice(tiny.options(h)[1:])) for h in tiny.households]
    rows += [(rows[0][0], *chance.choice(tiny.options(rows[0][0])[1:])), ("H9", "town", "S1", 2018)]
    return pd.DataFrame(rows[seed % 2 :], columns=KEYS)


def changes(rows: pd.DataFrame, plan) -> int:
    """Rows altered or removed, and rows added for people who have none."""
    stated = Counter(rows.itertuples(index=False, name=None))
    same = sum((h, *o) in stated for h, o in plan.items())
    return len(rows) - same + len(set(plan) - set(rows["household"]))


@pytest.fixture(scope="module", params=range(3))
def case(request, tmp_path_factory):
    frames = tables(request.param + 10)
    folder = tmp_path_factory.mktemp("repair")
    instance = optimizer.load(write(folder / "task", frames))
    tiny = Tiny(frames)
    rows = by_hand(tiny, request.param)
    rows.to_csv(folder / "hand.csv", index=False)
    return instance, tiny, rows, optimizer.repair(instance, folder / "hand.csv", gap=0), folder / "hand.csv"


def test_it_changes_fewest_rows_then_serves_the_goal(case) -> None:
    _, tiny, rows, found, _ = case
    plan = as_plan(found.plan.tables["moves"])
    assert tiny.legal(plan)
    fewest, worth = min((changes(rows, p), -tiny.value(p)) for p in tiny.plans())
    assert (found.changed, found.fewest) == (changes(rows, plan), fewest)
    assert found.changed == fewest
    assert tiny.value(plan) == -worth
    assert len(found.changes) == fewest
    assert optimizer.check(found.instance, found.plan) == []


def test_the_distance_to_the_best_plan(case) -> None:
    _, tiny, _, found, _ = case
    _, repaired, best, bound = found.goals["points"]
    assert best == bound == max(map(tiny.value, tiny.plans()))
    assert repaired == tiny.value(as_plan(found.plan.tables["moves"]))


def test_the_changed_rows_carry_their_lines(case) -> None:
    _, _, rows, found, _ = case
    for row in found.changes.to_dict("records"):
        if row["line"]:
            stated = rows.iloc[row["line"] - 2]
            assert (row["household"], row["old_site"], row["old_year"]) == (stated.household, stated.site, stated.year)
        else:
            assert row["change"] == "new"
    assert all(str(line) in found.text.zh for line in found.changes["line"] if line)


def test_violations_name_the_rows_that_take_part(case) -> None:
    instance, tiny, rows, found, _ = case
    lines = {(b.violation.rule, b.violation.key): set(b.lines) for b in found.broken}
    twins = {n + 2 for n, twin in enumerate(rows["household"].duplicated(keep=False)) if twin}
    assert lines.get(("one-option", ""), set()) == twins
    unknown = {n + 2 for n, r in enumerate(rows.itertuples()) if (r.household, r.mode, r.site) not in tiny.wishes}
    assert lines[("consent", "")] == unknown
    for site, home in tiny.sites.items():
        there = {n + 2 for n, r in enumerate(rows.itertuples()) if r.site == site}
        assert lines.get(("homes", site), set()) == (there if len(there) > home.homes else set())
    assert {(b.violation.rule, b.lines) for b in broken_lines(instance, {"moves": rows})} == {
        (b.violation.rule, b.lines) for b in found.broken
    }


def test_a_legal_table_stays_as_it_is(case) -> None:
    instance, _, _, found, _ = case
    again = optimizer.repair(instance, {"moves": found.plan.tables["moves"]}, gap=0)
    assert (again.changed, again.fewest, again.broken) == (0, 0, ())
    assert again.changes.empty


def test_chinese_headers_and_words_are_read(case, tmp_path: Path) -> None:
    instance, _, rows, found, _ = case
    words = rows.rename(columns={"household": "户编号", "mode": "方式", "site": "安置点编号", "year": "年份"})
    words["方式"] = words["方式"].replace({"town": "县城和集镇", "village": "中心村"})
    words.to_csv(tmp_path / "表.csv", index=False, encoding="utf-8-sig")
    told = {(v.rule, v.key) for v in optimizer.check(instance, tmp_path / "表.csv")}
    assert told == {(b.violation.rule, b.violation.key) for b in found.broken}
