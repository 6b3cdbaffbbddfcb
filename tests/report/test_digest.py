"""Counting and wording behind workbook and page."""

from __future__ import annotations

import pandas as pd
import pytest

from optimizer.report import digest
from optimizer.report.labels import with_place
from optimizer.report.phrases import amount, percent, worth
from optimizer.report.svg import fitted, ticks, width_of
from optimizer.wording import Language
from tests.report import plan_example


@pytest.mark.parametrize(
    ("value", "unit", "language", "words"),
    [
        (452_012_345_600, "fen", "zh", "45.20 亿元"),
        (294_000_000, "fen", "zh", "294 万元"),
        (294_120_000, "yuan", "zh", "294.1 万元"),
        (-123_460, "fen", "zh", "-1,235 元"),
        (105, "fen", "zh", "1 元"),
        (7, "fen", "zh", "0.07 元"),
        (0, "fen", "zh", "0 元"),
        (452_012_345_600, "fen", "en", "4.52 billion yuan"),
        (1_234_500, "dm2", "zh", "1.23 万平方米"),
        (18_000, "dm2", "en", "180 m²"),
        (7_512, "bp", "zh", "75.12%"),
        (5_012, "households", "zh", "5,012 户"),
        (1, "households", "en", "1 household"),
        (3, "1", "zh", "3"),
    ],
)
def test_amounts_in_words(value: int, unit: str, language: Language, words: str) -> None:
    assert amount(value, unit, language) == words


def test_a_tiny_share_is_not_shown_as_nothing() -> None:
    assert percent(0.0) == "0.0%"
    assert percent(0.00004) == "<0.1%"
    assert percent(0.00041, 3) == "0.041%"


def test_a_price_is_told_for_a_round_step() -> None:
    assert worth(2.5e-9, "fen", "households", "zh") == "100 万元 ⇒ 0.25 户"
    assert worth(-3.0, "households", "fen", "en") == "1 household ⇒ 0.03 yuan"


@pytest.mark.parametrize("key", ["S07, 2022", "S07/2022", "site=S07, year=2022", "S07 2022", "S07·2022"])
def test_keys_fall_apart_into_codes(key: str) -> None:
    assert [part for part in digest.tokens(key) if part not in ("site", "year")] == ["S07", "2022"]


def test_clauses_collapse_to_their_tightest_row() -> None:
    task = plan_example.instance(60)
    groups = digest.clause_groups(plan_example.plan(task).clauses)
    money = next(group for group in groups if group.rule == "town-money")
    assert (money.rows, money.status, money.slack) == (11 * 9, "binding", 0)
    stretch = next(group for group in groups if group.rule == "total-2022-stretch")
    assert (stretch.status, stretch.slack) == ("stretch missed", -40)


def test_only_rows_that_count_all_moves_are_targets() -> None:
    task = plan_example.instance(60)
    plan = plan_example.plan(task)
    by_year = plan.tables["moves"].groupby("year").size()
    assert [(each.year, each.stretch) for each in digest.targets(plan, by_year)] == [
        (2022, False),
        (2022, True),
        (2025, False),
    ]
    assert digest.targets(plan, by_year + 1) == []


def test_a_site_is_as_full_as_its_tightest_limit() -> None:
    plan = plan_example.plan(plan_example.instance(60))
    rows = plan.clauses[plan.clauses["rule"] == "site-area"].head(2).copy()
    rows["key"] = ["S00", "S00, 2022"]
    rows["limit"], rows["attained"] = [100, 100], [50, 80]
    other = rows.assign(key=["S01, F90", "town S00 x"], limit=10, attained=10)
    fills = digest.fills(type(plan)(**{**vars(plan), "clauses": pd.concat([rows, other])}), ["S00", "S01"])
    assert [(each.site, each.share) for each in fills] == [("S00", 0.8)]


def test_the_place_is_found_along_references() -> None:
    task = plan_example.instance(60)
    found = with_place(task, task.tables["households"][["household"]], "town")
    assert list(found["household"]) == list(task.tables["households"]["household"])
    assert found["town"].notna().all()


def test_ticks_are_round_and_enclose() -> None:
    for low, high in ((0.0, 313.0), (-4_600.0, 4_700.0), (0.0, 0.004), (0.0, 1.0)):
        marks = ticks(low, high)
        assert marks[0] <= low + 1e-9
        assert marks[-1] >= high - 1e-9
        assert 3 <= len(marks) <= 9


def test_long_words_are_cut_to_the_room() -> None:
    assert fitted("短", 12, 100) == "短"
    cut = fitted("很长很长很长的安置点名称", 12, 60)
    assert cut.endswith("…")
    assert width_of(cut, 12) <= 60
