"""Alternatives and fairness as files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from optimizer.asking.alternatives import Alternatives
from optimizer.asking.fairness import Fairness
from optimizer.asking.frontier_files import frontier_record, write_asked, write_frontier, write_record, write_whole
from optimizer.report.answer_page import Cell, Section, answer_page, plan_rows
from optimizer.report.cells import guard, write_rows
from optimizer.report.fairness import each, given
from optimizer.report.frontier import chooser
from optimizer.wording import Language

ALTERNATIVES, FAIRNESS = "alternatives.json", "fairness.json"


def write_alternatives(found: Alternatives, out: str | Path, language: Language = "zh") -> None:
    """``out``/alternatives.json, answer.txt and for each plan near-1 … its folder and near-1.csv (who has something else)."""

    def fill(folder: Path) -> None:
        for number, one in enumerate(found.plans, start=1):
            write_asked(one.plan, one.task, found.task, folder / f"near-{number}", language)
            cells = [[guard(str(value)) for value in one.changes[c]] for c in one.changes]
            write_rows(folder / f"near-{number}.csv", list(map(str, one.changes.columns)), cells)
        (folder / "answer.txt").write_text(found.text.to(language) + "\n", encoding="utf-8")
        (folder / "report.html").write_text(_near_page(found, language), encoding="utf-8")
        write_record(folder / ALTERNATIVES, alternatives_record(found))

    write_whole(Path(out), ALTERNATIVES, fill)


def _near_page(found: Alternatives, language: Language) -> str:
    say = chooser(language)
    header = [
        say("方案", "plan"),
        say("与最好方案不同的户数", "households that differ"),
        say("前面都没有的安排", "new to them"),
    ]
    names = [f"near-{number}" for number in range(1, len(found.plans) + 1)]
    rows = [[name, f"{len(one.changes):,}", f"{one.differing:,}"] for name, one in zip(names, found.plans, strict=True)]
    section = Section(header=header, rows=plan_rows(names, rows), lines=found.text.to(language).splitlines())
    question = say("与最好方案相近的方案", "Plans near the best")
    return answer_page(question, found.task, [section], language)


def _fair_page(found: Fairness, language: Language) -> str:
    say = chooser(language)
    header = [
        say("分组", "group"),
        say("数额", "amount"),
        say("户数或需要", "households or need"),
        say("每户或比率", "each, or share"),
    ]
    sections = [Section(lines=found.text.to(language).splitlines())]
    if found.curve is not None:
        picture = found.curve.picture.to(language)
        sections.append(Section(title=say("公平的代价", "the price of fairness"), picture=picture))
    for spread in found.groups.spreads:
        rows = [
            [
                Cell(group),
                Cell(given(spread, amount, language)),
                Cell(f"{weight:,}"),
                Cell(each(spread, value, language)),
            ]
            for group, amount, weight, value in zip(
                spread.groups, spread.amount, spread.weight, spread.values, strict=True
            )
        ]
        sections.append(Section(title=spread.title.to(language), header=header, rows=rows))
    question = say("各得多少，是否公平", "Who gets how much, and is it fair")
    return answer_page(question, found.asked, sections, language)


def alternatives_record(found: Alternatives) -> dict[str, Any]:
    """The answer in plain values."""
    return {
        "status": "ok",
        "plans": [
            {"plan": f"near-{number}", "differing": one.differing, "most": one.most, "changed": len(one.changes)}
            | {"within": {name: str(share) for name, share in one.within.items()}}
            | {"goals": {s.id: {"value": s.value, "bound": s.bound, "unit": s.unit} for s in one.plan.stages}}
            for number, one in enumerate(found.plans, start=1)
        ],
        "exhausted": found.exhausted,
        "text": {"zh": found.text.zh, "en": found.text.en},
    }


def write_fairness(found: Fairness, out: str | Path, language: Language = "zh") -> None:
    """``out``/fairness.json, fairness.csv, answer.txt and, where the price was asked for, curve/ and fairest/."""

    def fill(folder: Path) -> None:
        table = found.table
        cells = [[guard(str(value)) for value in table[column]] for column in table]
        write_rows(folder / "fairness.csv", list(map(str, table.columns)), cells)
        if found.curve is not None:
            write_frontier(found.curve, folder / "curve", language)
        if found.fairest is not None and found.task is not None:
            write_asked(found.fairest, found.task, found.asked, folder / "fairest", language)
        (folder / "answer.txt").write_text(found.text.to(language) + "\n", encoding="utf-8")
        (folder / "report.html").write_text(_fair_page(found, language), encoding="utf-8")
        write_record(folder / FAIRNESS, fairness_record(found))

    write_whole(Path(out), FAIRNESS, fill)


def fairness_record(found: Fairness) -> dict[str, Any]:
    """The answer in plain values; fractions as texts, exact."""
    envy = found.groups.envy
    spreads = [
        {
            "item": s.id,
            "title": {"zh": s.title.zh, "en": s.title.en},
            "unit": s.unit,
            "groups": [
                {"group": g, "amount": a, "weight": w} for g, a, w in zip(s.groups, s.amount, s.weight, strict=True)
            ],
            "least": s.groups[s.worst],
            "most": s.groups[s.best],
            "ratio": _text(s.ratio),
            "gini": _text(s.gini),
            "gini_each": _text(s.gini_each),
        }
        for s in found.groups.spreads
    ]
    return {
        "status": "ok",
        "by": found.groups.by,
        "items": spreads,
        "envy": None if envy is None else vars(envy),
        "curve": None if found.curve is None else frontier_record(found.curve),
        "text": {"zh": found.text.zh, "en": found.text.en},
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)
