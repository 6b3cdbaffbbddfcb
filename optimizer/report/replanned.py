"""Who is told something new, from what to what and why, in sentences; and the same as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from optimizer.analysis.announced import ANNOUNCED, Order
from optimizer.analysis.told_anew import (
    GOAL,
    GONE,
    LIMIT,
    LOST,
    MOVED,
    NEW,
    NO_CONSENT,
    PLACED,
    REFUSED,
    TWICE,
    WITHDREW,
)  # fmt: skip
from optimizer.instance import Instance
from optimizer.plan import Plan
from optimizer.report.answers import Teller
from optimizer.report.cells import column_kinds
from optimizer.report.columns import write_table
from optimizer.report.phrases import amount
from optimizer.wording import Language

SHOWN = 100
"""So many people are told of one by one; the rest stand in the table."""

Goals = Mapping[str, int]


def replan_lines(
    instance: Instance, anew: pd.DataFrame, counts: tuple[int, int, int, int], before: Goals, plan: Plan, order: Order,
    language: Language,
) -> list[str]:  # fmt: skip
    """``counts``: told, still possible, kept, most that any legal plan keeps. ``before``: goal → value of the announced plan."""
    teller = Teller(instance, language)
    who = str(anew.columns[0])
    lines = [_head(teller, anew, counts, order), *_goals(teller, before, plan), *_proof(teller, counts, order)]
    for change in (LOST, MOVED, NEW, WITHDREW):
        rows = anew.loc[anew["change"] == change].to_dict("records")
        lines += [f"  {_person(teller, row, who)}" for row in rows[:SHOWN]]
        if len(rows) > SHOWN:
            rest = len(rows) - SHOWN
            lines.append(
                teller.say(f"  ……另有 {rest} 户，见 told_anew.csv。", f"  … and {rest} more, see told_anew.csv.")
            )
    return lines


def _head(teller: Teller, anew: pd.DataFrame, counts: tuple[int, int, int, int], order: Order) -> str:
    told, _, kept, _ = counts
    many = {change: int((anew["change"] == change).sum()) for change in (WITHDREW, LOST, MOVED, NEW)}
    return teller.say(
        f"原已告知 {told:,} 户：{kept:,} 户不变，{many[MOVED]:,} 户改变安排，{many[LOST]:,} 户不再安排，"
        f"{many[WITHDREW]:,} 户已退出；另有 {many[NEW]:,} 户新得安排。",
        f"{told:,} households were told before: {kept:,} stay as they are, {many[MOVED]:,} get something else, "
        f"{many[LOST]:,} get nothing now, {many[WITHDREW]:,} have withdrawn; {many[NEW]:,} others get a place.",
    )


def _proof(teller: Teller, counts: tuple[int, int, int, int], order: Order) -> Iterator[str]:
    """Whether fewer changes are possible."""
    told, _, kept, most = counts
    if order.first == "goal" or order.additions:
        return
    must = told - most
    if most <= kept:
        yield teller.say(
            f"已证明：{told - kept:,} 户的变动已是最少，没有任何合法方案改动得更少。",
            f"Proven: {told - kept:,} changes are the fewest; no legal plan changes less.",
        )
    else:
        yield teller.say(
            f"已证明：任何合法方案至少要改动 {must:,} 户（本方案 {told - kept:,} 户）。",
            f"Proven: every legal plan changes at least {must:,} households (this one {told - kept:,}).",
        )


def _goals(teller: Teller, before: Goals, plan: Plan) -> Iterator[str]:
    for stage in plan.stages:
        if stage.id == ANNOUNCED or stage.id not in before:
            continue
        old, new = (amount(v, stage.unit, teller.language) for v in (before[stage.id], stage.value))
        title = stage.title.to(teller.language)
        yield teller.say(f"{title}：原 {old}，现 {new}。", f"{title}: {old} before, {new} now.")


def _person(teller: Teller, row: Mapping[Any, Any], who: str) -> str:
    old, new = (teller.option(_keys(row, prefix)) for prefix in ("old_", "new_"))
    nothing = teller.say("没有安排", "nothing")
    change = teller.say(f"原 {old or nothing}，现 {new or nothing}", f"{old or nothing} before, {new or nothing} now")
    why = why_anew(teller, row)
    return teller.say(f"{row[who]}：{change}。{why}", f"{row[who]}: {change}. {why}")


def _keys(row: Mapping[Any, Any], prefix: str) -> dict[str, object]:
    return {str(name)[len(prefix) :]: value for name, value in row.items() if str(name).startswith(prefix)}


def why_anew(teller: Teller, row: Mapping[Any, Any], handmade: bool = False) -> str:
    """The reason of one change; ``handmade``: against a table made by hand, which nobody was told of."""
    reason = row["reason"]
    if reason == TWICE:
        return teller.say("该户另有一行。", "The household has another row.")
    if handmade and reason in (GONE, NO_CONSENT):
        return (
            teller.say("输入表中没有这一户。", "It is not in the input tables.")
            if reason == GONE
            else teller.say("不在该户可选之列。", "That is not among its options.")
        )
    if handmade and reason == REFUSED:
        return teller.say(f"不符合 {teller.clause(row)}。", f"It does not meet {teller.clause(row)}.")
    if reason == GONE:
        return teller.say("已退出，不在农户表中。", "It has withdrawn and is no longer in the tables.")
    if reason == PLACED:
        return teller.say("原来没有安排，现有余地。", "It had nothing before; now there is room.")
    if reason == NO_CONSENT:
        return teller.say("原来的安排已不在该户可选之列。", "What it was told is no longer among its options.")
    if reason == REFUSED:
        return teller.say(
            f"原来的安排现在不符合 {teller.clause(row)}。", f"What it was told no longer meets {teller.clause(row)}."
        )
    if reason == LIMIT:
        lack = amount(int(row["missing"]), str(row["unit"]), teller.language)
        others = str(row["room_for"]).split()
        named = "、".join(others) if teller.language == "zh" else ", ".join(others)
        room = (
            teller.say(f"（同一限额内新得安排的有 {named}）", f" (told anew within the same limit: {named})")
            if others
            else ""
        )
        return teller.say(
            f"若照旧安排，{teller.clause(row)}还差 {lack}{room}。",
            f"With the old place {teller.clause(row)} would lack {lack}{room}.",
        )
    if reason == GOAL:
        return teller.say(f"照旧安排的话，{teller.loss(row)}。", f"With the old place {teller.loss(row)}.")
    return teller.say(
        "单看这一户可以照旧，差别在方案已说明的差距之内。",
        "Alone it could stay as it was: within the plan's stated gap.",
    )


def write_told_anew(
    anew: pd.DataFrame, instance: Instance, folder: Path, language: Language, handmade: bool = False
) -> None:  # fmt: skip
    """``told_anew.csv`` (codes) and ``told_anew.xlsx`` (words: who, what changes, from what to what, why) in a plan folder."""
    write_table(anew, column_kinds(anew, {}), folder / "told_anew.csv")
    teller = Teller(instance, language)
    who = str(anew.columns[0])
    rows = [
        [teller.labels.column(who), *(teller.say(*words) for words in _HEADERS)],
        *(_words(teller, row, who, handmade) for row in anew.to_dict("records")),
    ]
    with xlsxwriter.Workbook(str(folder / "told_anew.xlsx"), {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(teller.say("变动名单", "Told anew"))
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 1, 14)
        sheet.set_column(2, 4, 44)
        for line, cells in enumerate(rows):
            for at, cell in enumerate(cells):
                sheet.write_string(line, at, cell)


_HEADERS = (("变动", "Change"), ("原安排", "Before"), ("现安排", "Now"), ("原因", "Why"))
_CHANGES = {
    LOST: ("不再安排", "gets nothing now"), MOVED: ("改变安排", "gets something else"), NEW: ("新得安排", "gets a place"),
    WITHDREW: ("已退出", "has withdrawn"),
}  # fmt: skip


def _words(teller: Teller, row: Mapping[Any, Any], who: str, handmade: bool) -> list[str]:
    """One row of the list in words."""
    nothing = teller.say("没有安排", "nothing")
    sides = [teller.option(_keys(row, prefix)) or nothing for prefix in ("old_", "new_")]
    return [str(row[who]), teller.say(*_CHANGES[row["change"]]), *sides, why_anew(teller, row, handmade)]
