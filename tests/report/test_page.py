"""The page: self-contained, honest, driven by the plan's tables, safe against odd names."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest

from optimizer.instance import Instance
from optimizer.plan import Plan
from optimizer.report.page import render_page
from optimizer.wording import Language, Wording
from tests.report import plan_example


@pytest.fixture(scope="module")
def task() -> Instance:
    return plan_example.instance()


@pytest.fixture(scope="module")
def plan(task: Instance) -> Plan:
    return plan_example.plan(task)


def pictures(page: str) -> list[ET.Element]:
    """All pictures, each of which must be well-formed."""
    return [ET.fromstring(found) for found in re.findall(r"<svg.*?</svg>", page, flags=re.S)]


class Balance(HTMLParser):
    """Fails on a tag that is closed without having been opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Closes itself."""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_one_file_without_outside_links(task: Instance, plan: Plan, language: Language) -> None:
    page = render_page(plan, task, language)
    assert "http" not in page
    assert not re.search(r"\b(src|href)=|@import|url\(", page)
    balance = Balance()
    balance.feed(page)
    assert balance.open == []
    assert len(pictures(page)) == 4


def test_the_headline_counts_what_the_plan_holds(task: Instance, plan: Plan) -> None:
    moves = plan.tables["moves"]
    page = render_page(plan, task)
    assert f"<h1>到 2025 年安置 {len(moves):,} 户，其中进城镇" in page
    assert f"{(moves['mode'] == 'town').mean():.1%}" in page
    assert "任何合法方案在任何一项目标上最多只能再好" in page
    assert "演示数据" in page
    assert "演示数据" not in render_page(plan, replace(task, generated=False))


def test_targets_come_from_the_clauses(task: Instance, plan: Plan) -> None:
    page = render_page(plan, task, "en")
    reached = int((plan.tables["moves"]["year"] <= 2022).sum())
    assert f"stretch target {reached + 40:,} by 2022 (SJ-01)" in page
    assert f"target {len(plan.tables['moves']) - 16:,} by 2025 (SJ-01)" in page


def test_only_rules_and_not_their_rows_are_listed_what_binds_on_top(task: Instance, plan: Plan) -> None:
    page = render_page(plan, task)
    statuses = re.findall(r'<tr data-status="([^"]+)">', page)
    assert len(statuses) == plan.clauses.groupby(["clause", "rule", "sense"]).ngroups
    order = ["violated", "stretch missed", "binding", "met", "record"]
    assert statuses == sorted(statuses, key=order.index)
    assert "每放宽 100 万元 ⇒" in page


def test_a_broken_clause_and_a_stopped_run_are_said_at_the_top(task: Instance, plan: Plan) -> None:
    clauses = plan.clauses.copy()
    clauses.loc[0, "status"] = "violated"
    page = render_page(replace(plan, clauses=clauses, status="stopped"), task)
    assert "本方案违反 1 条规则" in page.split("</header>")[0]
    assert "求解停止时尚未达到要求的差距" in page.split("</header>")[0]
    assert "本方案违反" not in render_page(plan, task)


def test_sections_without_a_table_are_left_out(task: Instance, plan: Plan) -> None:
    bare = replace(plan, tables={}, statements={}, lottery=plan.lottery.head(0), clauses=plan.clauses.head(0))
    for language in ("zh", "en"):
        page = render_page(bare, task, language)
        assert pictures(page) == []
    assert "公开抽签" not in render_page(bare, task)
    assert "安置户数 312 户" in render_page(bare, task)


def test_names_cannot_inject_anything(task: Instance, plan: Plan) -> None:
    evil = "<script>alert(1)</script>"
    tables = {name: frame.copy() for name, frame in task.tables.items()}
    tables["sites"]["title"] = evil
    moves = plan.tables["moves"].assign(town=evil)
    money = plan.statements["town-money"].assign(item_zh=evil)
    stage = replace(plan.stages[0], title=Wording(evil, evil))
    odd = replace(
        plan,
        tables={"moves": moves},
        statements={"town-money": money},
        stages=(stage,),
        clauses=plan.clauses.assign(title_zh=evil),
    )
    page = render_page(odd, replace(task, tables=tables))
    assert "<script>alert" not in page
    assert len(pictures(page)) == 4


def test_the_flow_holds_every_household(task: Instance, plan: Plan) -> None:
    flow = pictures(render_page(plan, task))[0]
    ribbons = [path.findtext("title", "") for path in flow.iter("path")]
    counts = [int(words.rsplit(" ", 1)[1].replace(",", "")) for words in ribbons]
    assert sum(counts) == 2 * len(plan.tables["moves"])


def test_the_place_is_looked_up_where_moves_lack_it(task: Instance, plan: Plan) -> None:
    moves = plan.tables["moves"].drop(columns=["town", "hamlet", "village"])
    short = replace(plan, tables={"moves": moves})
    assert pictures(render_page(short, task))[0].attrib["aria-label"] == "去向"
    counts = plan.tables["moves"]["town"].value_counts()
    assert f"{counts.index[0]}  {counts.iloc[0]}" in render_page(short, task)


def test_titles_given_with_the_plan_win(task: Instance, plan: Plan) -> None:
    titles = {**plan.settings["titles"], "mode=exit": {"zh": "货币化退出", "en": "paid exit"}}
    settings = {**plan.settings, "titles": titles}
    assert "paid exit" in render_page(replace(plan, settings=settings), task, "en")


def test_the_unplaced_table_adds_up(task: Instance, plan: Plan) -> None:
    asked = task.tables["consents"]["household"].nunique()
    page = render_page(plan, task)
    assert f"有意愿但本方案没有安置：{asked - len(plan.tables['moves'])} 户" in page


def test_unplaced_may_be_brought_by_the_plan(task: Instance, plan: Plan) -> None:
    brought = pd.DataFrame(
        {
            "household": ["H1", "H2"],
            "town": ["新浜镇", "新浜镇"],
            "reason_zh": ["资金不足", "资金不足"],
            "reason_en": ["no money", "no money"],
        }
    )
    page = render_page(replace(plan, statements={**plan.statements, "unplaced": brought}), task)
    assert "有意愿但本方案没有安置：2 户" in page
    assert "资金不足" in page
