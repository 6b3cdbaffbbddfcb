"""plan.xlsx: the whole plan as one workbook that staff can filter, check by hand and print."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from xlsxwriter.worksheet import Worksheet

from optimizer.instance import Instance
from optimizer.plan import Plan
from optimizer.report import sheets
from optimizer.report.digest import (
    SEVERITY,
    Statement,
    display_prices,
    records,
    statements,
    summary,
    table_units,
    unplaced,
)
from optimizer.report.labels import KIND, SENSE, Labels
from optimizer.report.phrases import unit_word
from optimizer.report.sheets import CENTS, WHOLE, Book, number_format, shown, status_word, write_frame
from optimizer.report.story import assumed_parameters, cost_line, headline, proof, stage_lines
from optimizer.report.svg import width_of
from optimizer.units import UNITS, display_unit
from optimizer.wording import Language, Wording

COVER = 108
"""Width of the sentences on the first sheet, in digits; a Chinese character is about 1.9 digits wide."""
LINE = 16.5
"""Height of one line, in points."""


def write_workbook(plan: Plan, instance: Instance, path: Path, language: Language = "zh") -> None:
    """Write the workbook to ``path``: cover, plan, clauses, money, unplaced, draw, other tables."""
    labels = Labels(instance, plan, language)

    def named(zh: str, en: str) -> str:
        return Wording(zh, en).to(language)

    with Book(path, language) as book:
        _cover(book, plan, instance, labels)
        for name in sorted(plan.tables, key=lambda each: each != "moves"):
            title = labels.table(name)
            frame, units = plan.tables[name], table_units(plan, name)
            write_frame(book, book.sheet(title), frame, units, labels, f"tables/{name}.csv")
            if name == "moves" and len(frame) > sheets.MOST_ROWS:
                added = summary(frame, units, instance.policy.policy.place)
                title = named(f"{title}汇总", f"{title}: sums")
                write_frame(book, book.sheet(title), added, units, labels, f"tables/{name}.csv")
        _clauses(book, plan, language)
        for account in statements(plan, instance):
            title = labels.table(account.name)
            if account.place is not None and account.unit == "fen":
                place = labels.column(account.place)
                title = named(f"各{place}资金", f"Money by {place.lower()}")
            _account(book, title, account, labels)
        left = unplaced(plan, instance)
        if left is not None:
            other = "en" if language == "zh" else "zh"
            frame = left.drop(columns=[f"reason_{other}"]).rename(columns={f"reason_{language}": "reason"})
            write_frame(book, book.sheet(named("未安置", "Not placed"), "#B4526B"), frame, {}, labels, "unplaced.csv")
        if not plan.lottery.empty:
            sheet = book.sheet(named("抽签", "Public draw"), "#6B5B95")
            write_frame(book, sheet, plan.lottery.sort_values("number"), {}, labels, "lottery.csv")


def _cover(book: Book, plan: Plan, instance: Instance, labels: Labels) -> None:
    """What this is, what it reaches and how far to trust it, in sentences."""
    language = labels.language
    sheet = book.sheet(Wording("说明", "About").to(language), "#E0A030")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, COVER)
    title = instance.title.wording.to(language)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, title, book.style(bold=True, font_size=17, font_color="#12455A"))
    wrap, name = book.style(text_wrap=True), book.style(bold=True, valign="top")
    row = 1
    for head, words in _cover_lines(plan, instance, labels):
        style = book.style(text_wrap=True, bold=True, bg_color="#FDEBC8") if head == "!" else wrap
        sheet.write_string(row, 0, "" if head == "!" else head, name)
        sheet.write_string(row, 1, words, style)
        lines = -(-int(width_of(words, 1) * 1.9) // COVER)
        sheet.set_row(row, LINE * max(1, lines))
        row += 1


def _cover_lines(plan: Plan, instance: Instance, labels: Labels) -> list[tuple[str, str]]:
    language, policy = labels.language, instance.policy

    def say(zh: str, en: str) -> str:
        return Wording(zh, en).to(language)

    lines = []
    if instance.generated:
        lines.append(("!", say("演示数据，不是真实方案。", "Generated demonstration data; this is no real plan.")))
    lines += [
        (say("方案", "Plan"), headline(plan, labels)),
        (say("费用", "Cost"), cost_line(plan, statements(plan, instance), labels)),
        (say("证明", "Proof"), proof(plan, language)),
        (say("政策", "Policy"), f"{policy.policy.title.wording.to(language)} · {policy.policy.document}"),
        (
            say("求解", "Run"),
            say(f"{plan.engine}，抽签种子 {plan.seed}", f"{plan.engine}, draw seed {plan.seed}"),
        ),
    ]
    if plan.status == "stopped":
        lines.append(
            (
                "!",
                say("求解提前停止，这是停止前最好的方案。", "Stopped early; the best plan found until then."),
            )
        )
    for stage in stage_lines(plan, language):
        head = say(f"目标 {stage['number']}（{stage['clause']}）", f"Goal {stage['number']} ({stage['clause']})")
        colon, stop = say("：", ": "), say("。", ". ")
        words = f"{stage['title']}{colon}{stage['value']}（{stage['better']}）{stop}{stage['said']}"
        lines.append((head, words if language == "zh" else words.replace("（", " (").replace("）", ")")))
    for each in instance.sources:
        lines.append((KIND[each.kind].to(language), f"{each.what}{say('：', ': ')}{each.note}"))
    for title, number, clause in assumed_parameters(instance, language):
        lines.append((KIND["assumed"].to(language), f"{title}{say('：', ': ')}{number} · {clause}"))
    return [(head, words) for head, words in lines if words]


def _clauses(book: Book, plan: Plan, language: Language) -> None:
    """Every clause row; those that bind, fail or miss a stretch target stand out."""
    sheet = book.sheet(Wording("条款", "Clauses").to(language), "#5B7F4B")
    heads = (
        (Wording("条款", "Clause"), 20),
        (Wording("要求", "What it asks"), 44),
        (Wording("对象", "Key"), 22),
        (Wording("关系", "Sense"), 6),
        (Wording("限值", "Limit"), 18),
        (Wording("实际", "Attained"), 18),
        (Wording("余量", "Slack"), 18),
        (Wording("单位", "Unit"), 10),
        (Wording("状态", "Status"), 15),
        (Wording("影子价格（每松一个单位）", "Price of one more unit"), 16),
        (Wording("规则", "Rule"), 26),
    )
    sheet.set_row(0, 32)
    for at, (title, width) in enumerate(heads):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, title.to(language), book.number_header if at in (4, 5, 6, 9) else book.header)
    sheet.freeze_panes(1, 2)
    sheet.repeat_rows(0)
    frame = plan.clauses.reset_index(drop=True)
    if len(frame) > sheets.MOST_ROWS:
        frame = frame.iloc[
            np.argsort(frame["status"].map(SEVERITY.index).to_numpy(), kind="stable")[: sheets.MOST_ROWS]
        ]
        words = Wording("（全部见 clauses.csv）", " (all of them: clauses.csv)").to(language)
        sheet.write_string(0, 1, heads[1][0].to(language) + words, book.header)
    prices = display_prices(frame)
    for at, row in enumerate(records(frame)):
        _clause_row(book, sheet, at + 1, row, prices[at], language)
    if len(frame):
        sheet.autofilter(0, 0, len(frame), len(heads) - 1)


def _clause_row(book: Book, sheet: Worksheet, at: int, row: dict[str, Any], price: float, language: Language) -> None:
    ground: dict[str, object] = {}
    if row["status"] in ("binding", "violated", "stretch missed"):
        ground = {"bg_color": "#FFF8EA" if row["status"] == "binding" else "#FBF1F1"}
    plain = book.style(**ground)
    key = "" if pd.isna(row["key"]) else str(row["key"])
    sense = str(row["sense"])
    texts = (str(row["clause"]), str(row[f"title_{language}"]), key, SENSE.get(sense, sense))
    for column, words in enumerate(texts):
        sheet.write_string(at, column, words, plain)
    unit = str(row["unit"])
    for column, name in enumerate(("limit", "attained", "slack"), start=4):
        value = row[name]
        if pd.isna(value):
            sheet.write_blank(at, column, None, plain)
            continue
        whole = int(value)
        pattern = CENTS if whole % int(UNITS[display_unit(unit)].size) else WHOLE
        sheet.write_number(at, column, shown(whole, unit), book.style(num_format=pattern, **ground))
    sheet.write_string(at, 7, unit_word(unit, language), book.style(indent=1, **ground))
    sheet.write_string(at, 8, status_word(str(row["status"]), language), book.status(str(row["status"])))
    if pd.isna(price) or price == 0:
        sheet.write_blank(at, 9, None, plain)
    else:
        sheet.write_number(at, 9, price, book.style(num_format="0.0000E+00", **ground))
    sheet.write_string(at, 10, str(row["rule"]), book.style(indent=1, **ground))


def _account(book: Book, title: str, account: Statement, labels: Labels) -> None:
    """A running account as matrices, items × years: all places together, then each place."""
    sheet = book.sheet(title, "#1F6F8B")
    years = account.years
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, len(years) + 1, 17)
    sheet.freeze_panes(0, 1)
    pattern = number_format(account.rows["amount"], account.unit)
    row = 0
    everywhere = Wording("全部合计", "All together").to(labels.language)
    row = _matrix(book, sheet, row, everywhere, account.matrix(labels.language), account, pattern, labels)
    for place in account.places:
        name = labels.code(account.place or "", place)
        table = account.matrix(labels.language, place)
        row = _matrix(book, sheet, row, name, table, account, pattern, labels)


def _matrix(
    book: Book,
    sheet: Worksheet,
    row: int,
    name: str,
    table: pd.DataFrame,
    account: Statement,
    pattern: str,
    labels: Labels,
) -> int:
    """One place's account; the totals are added up in base units; returns the next row."""
    language = labels.language
    word = unit_word(display_unit(account.unit), language)
    sheet.write_string(row, 0, Wording(f"{name}（{word}）", f"{name} ({word})").to(language), book.header)
    for at, year in enumerate(account.years, start=1):
        sheet.write_string(row, at, str(year), book.style(**_head()))
    sheet.write_string(row, len(account.years) + 1, Wording("合计", "Total").to(language), book.style(**_head()))
    for item, values in table.iterrows():
        row += 1
        ink = {"font_color": "#A8324A"} if values.sum() < 0 else {}
        sheet.write_string(row, 0, str(item), book.style(**ink))
        for at, value in enumerate([*values, values.sum()], start=1):
            style = book.style(num_format=pattern, bold=at > len(values), **ink)
            sheet.write_number(row, at, shown(int(value), account.unit), style)
    year_total = [int(value) for value in table.sum()]
    running = [sum(year_total[: at + 1]) for at in range(len(year_total))]
    for words, values_of in (
        (Wording("当年收支", "Balance of the year"), [*year_total, sum(year_total)]),
        (Wording("年末累计结余", "Closing balance"), [*running, running[-1] if running else 0]),
    ):
        row += 1
        sheet.write_string(row, 0, words.to(language), book.style(bold=True, bg_color="#E6F0F3", top=1))
        for at, value in enumerate(values_of, start=1):
            style = book.style(num_format=pattern, bold=True, bg_color="#E6F0F3", top=1)
            sheet.write_number(row, at, shown(value, account.unit), style)
    return row + 2


def _head() -> dict[str, object]:
    return {"bold": True, "font_color": "#FFFFFF", "bg_color": "#12455A", "align": "right", "border": 1}
