"""Plans side by side, in sentences, as a workbook or as one CSV table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import xlsxwriter

from optimizer.analysis.compare import Compared
from optimizer.decisions import decisions_of
from optimizer.instance import Instance
from optimizer.reading.numbers import exact_text
from optimizer.report.answers import Teller
from optimizer.report.cells import guard, write_rows
from optimizer.report.labels import STATUS
from optimizer.report.phrases import amount
from optimizer.units import display_unit
from optimizer.wording import Language, Wording

SHOWN = 40
"""So many rows of a part are told; all stand in the workbook."""

_PARTS = {
    "goals": Wording("目标", "Goals"), "money": Wording("资金和指标账", "Money and quota"), "clauses": Wording("条款", "Clauses"),
    "people": Wording("安排不同的农户", "People who differ"),
}  # fmt: skip


def compare_lines(found: Compared, instance: Instance, language: Language) -> list[str]:
    """Each part with what differs between the plans."""
    teller = Teller(instance, language)
    broken = [
        teller.say(f"{name} 违反条款 {count} 处", f"{name} breaks clauses in {count} places")
        for name, count in zip(found.names, found.broken, strict=True)
        if count
    ]
    lines = [teller.say("比较：", "Compared: ") + " | ".join(found.names), *broken]
    for part, frame in (("goals", found.goals), ("money", found.money), ("clauses", found.clauses)):
        fields = ("limit: ", "status: ") if part == "clauses" else ("",)  # what is attained differs nearly everywhere
        rows = frame.loc[_differ(frame, found.names, fields)]
        same = len(frame) - len(rows)
        lines.append(teller.say(f"{_PARTS[part].zh}（{same} 项相同）", f"{_PARTS[part].en} ({same} the same)"))
        lines += [f"  {_row(teller, row, found.names, part)}" for row in rows.head(SHOWN).to_dict("records")]
        lines += list(_more(teller, len(rows)))
    people = found.people
    lines.append(teller.say(f"安排不同的农户：{len(people):,} 户", f"People who differ: {len(people):,}"))
    keys = _keys(instance)
    for row in people.head(SHOWN).to_dict("records"):
        options = " | ".join(told_option(teller, str(row[name]), keys) for name in found.names)
        lines.append(f"  {row[people.columns[0]]}{teller.say('：', ': ')}{options}")
    return [*lines, *_more(teller, len(people))]


def _more(teller: Teller, count: int) -> Iterator[str]:
    if count > SHOWN:
        yield teller.say(
            f"  ……另有 {count - SHOWN:,} 行，用 --out 写出全部。",
            f"  … and {count - SHOWN:,} more; --out writes them all.",
        )


def _keys(instance: Instance) -> list[str]:
    return next((list(d.keys[1:]) for d in decisions_of(instance.policy) if d.set_column), [])


def told_option(teller: Teller, joined: str, keys: list[str]) -> str:
    """What somebody gets, in words; ``joined``: the keys of a row, as ``Compared.people`` has them."""
    if not joined:
        return teller.say("没有安排", "nothing")
    return teller.option(dict(zip(keys, joined.split(" / "), strict=True)))


def _differ(frame: pd.DataFrame, names: tuple[str, ...], fields: tuple[str, ...]) -> pd.Series[bool]:
    """Rows in which the plans differ in one of the fields."""
    wrong = pd.Series(False, index=frame.index)
    for field in fields:
        for name in names[1:]:
            one, other = frame[field + names[0]], frame[field + name]
            wrong |= ~((one == other).fillna(False).astype(bool) | (one.isna() & other.isna()))
    return wrong


def _row(teller: Teller, row: dict[str, object], names: tuple[str, ...], part: str) -> str:
    title, key = row[f"title_{teller.language}"], f"（{row['key']}）" if row["key"] else ""
    values = []
    for name in names:
        value = row[name]
        text = "—" if pd.isna(value) else amount(int(str(value)), str(row["unit"]), teller.language)
        status = row.get(f"status: {name}")
        if part == "clauses" and status in ("violated", "binding", "stretch missed"):
            text += f" ({STATUS[str(status)].to(teller.language)})"
        values.append(text)
    limits = [row.get(f"limit: {name}") for name in names]
    tail = ""
    if part == "clauses" and len({str(limit) for limit in limits}) > 1:
        words = ["—" if pd.isna(each) else amount(int(str(each)), str(row["unit"]), teller.language) for each in limits]
        tail = teller.say(f"；限额 {' | '.join(words)}", f"; limit {' | '.join(words)}")
    return f"{title}{key}{teller.say('：', ': ')}{' | '.join(values)}{tail}"


def write_comparison(found: Compared, instance: Instance, file: Path, language: Language) -> None:
    """``.xlsx``: one sheet a part; else one CSV table of all parts (columns part, title, key, unit, field, then one a plan).
    Amounts stand as exact decimals of the unit beside them."""
    teller = Teller(instance, language)
    parts = {name: _cells(name, found, teller) for name in _PARTS}
    header = ["part", "title", "key", "unit", "field", *found.names]
    if file.suffix.lower() != ".xlsx":
        rows = [[name, *row] for name, body in parts.items() for row in body]
        write_rows(file, header, [[guard(row[at]) for row in rows] for at in range(len(header))])
        return
    with xlsxwriter.Workbook(str(file), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True})
        for name, body in parts.items():
            sheet = book.add_worksheet(_PARTS[name].to(language))
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, 0, 44)
            sheet.set_column(1, len(header) - 2, 18)
            for line, row in enumerate([header[1:], *body]):
                for at, cell in enumerate(row):
                    sheet.write_string(line, at, cell, *([bold] if line == 0 else []))


def _cells(part: str, found: Compared, teller: Teller) -> list[list[str]]:
    """The rows of one part in the language: title, key, unit, field (value, limit or status), then one cell a plan."""
    if part == "people":
        keys = _keys(teller.labels.instance)
        who = str(found.people.columns[0])
        told = [
            [told_option(teller, str(row[n]), keys) for n in found.names] for row in found.people.to_dict("records")
        ]
        return [[str(code), "", "", "value", *cells] for code, cells in zip(found.people[who], told, strict=True)]
    frame = getattr(found, part)
    rows = []
    for row in frame.to_dict("records"):
        unit = str(row["unit"])
        head = [str(row[f"title_{teller.language}"]), str(row["key"]), display_unit(unit)]
        for field in ("", "limit: ", "status: "):
            if field + found.names[0] in frame:
                cells = [_cell(row[field + name], unit, teller) for name in found.names]
                rows.append([*head, field.removesuffix(": ") or "value", *cells])
    return rows


def _cell(value: object, unit: str, teller: Teller) -> str:
    if pd.isna(value):
        return ""
    return (
        STATUS[value].to(teller.language) if isinstance(value, str) else exact_text(int(str(value)), display_unit(unit))
    )
