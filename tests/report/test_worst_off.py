"""Goals that put the worst-off first are one line each, and parts of keys are told in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from optimizer import api
from optimizer.instance import Instance
from optimizer.plan import Plan, StageResult
from optimizer.report.labels import Labels
from optimizer.report.story import headline, stage_groups, stage_lines
from optimizer.wording import Wording
from tests.report import plan_example

MINI = Path(__file__).resolve().parents[2] / "instances" / "taiyuan-mini"
TITLE = Wording("保障率，最低者优先", "coverage, worst-off first")


def stage(name: str, value: int, bound: int, unit: str = "bp", title: Wording = TITLE) -> StageResult:
    return StageResult(name, "X-04", title, "max", unit, value, bound, 1.0, "highs", None)


STAGES = (
    stage("points", 7, 7, "points", Wording("份额", "shares")),
    stage("cover-1", 5960, 5960, title=Wording(f"{TITLE.zh}：最低者", f"{TITLE.en}: the smallest")),
    stage("cover-2", 13250, 13250, title=Wording(f"{TITLE.zh}：最低 2 个之和", f"{TITLE.en}: sum of the 2 smallest")),
    stage("cover-3", 20580, 20600, title=Wording(f"{TITLE.zh}：最低 3 个之和", f"{TITLE.en}: sum of the 3 smallest")),
    stage("area-2", 100, 100, "dm2", Wording("用地", "land")),
)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_example.plan(plan_example.instance())


@pytest.fixture(scope="module")
def mini() -> Instance:
    return api.load(MINI)


def with_stages(plan: Plan) -> Plan:
    return replace(plan, stages=STAGES)


def test_stages_of_one_objective_stand_together(plan: Plan) -> None:
    groups = stage_groups(with_stages(plan))
    assert [[s.id for s in group] for group in groups] == [["points"], ["cover-1", "cover-2", "cover-3"], ["area-2"]]


@pytest.mark.parametrize(
    ("language", "value", "title"),
    [("zh", "59.6%、72.9%、73.3%", TITLE.zh), ("en", "59.6%, 72.9%, 73.3%", TITLE.en)],
)
def test_a_line_says_what_each_reaches_and_what_is_open(plan: Plan, language: str, value: str, title: str) -> None:
    line = stage_lines(with_stages(plan), language)[1]  # type: ignore[arg-type]
    assert (line["number"], line["value"], line["title"]) == ("2–4", value, title)
    assert "3" in line["said"]
    assert "206%" in line["said"]


def test_the_headline_leaves_out_points(plan: Plan, mini: Instance) -> None:
    shown = headline(replace(with_stages(plan), tables={}), Labels(mini, None, "zh"))
    assert shown.startswith(f"{TITLE.zh}：最低者 59.6%，用地")


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("long", "存量"),  # listed in a table's column
        ("outside", "外地"),
        ("families", "举家迁徙的农业转移人口"),  # the title of a row
        ("transfers", "均衡性转移支付"),  # a decision table
        ("小店区", "小店区"),
        ("2019", "2019"),
        ("nothing", "nothing"),
    ],
)
def test_parts_of_a_key_in_words(mini: Instance, part: str, words: str) -> None:
    assert Labels(mini, None, "zh").key_part(part) == words
