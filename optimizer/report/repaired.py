"""What a hand-made plan breaks, how far it is from the best, and its smallest repair, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from optimizer.analysis.told_anew import MOVED, NEW
from optimizer.instance import Instance
from optimizer.plan import Plan
from optimizer.report.answers import Teller
from optimizer.report.phrases import amount
from optimizer.report.replanned import why_anew
from optimizer.wording import Language, Wording

SHOWN, MOST_LINES = 100, 20


def repair_lines(
    instance: Instance, found: Mapping[str, Any], best: Plan, alone: bool, language: Language
) -> list[str]:
    """``found``: violations with lines, counts, changes and goals of a repair; ``alone``: the table states moves alone."""
    teller = Teller(instance, language)
    lines = list(_broken(teller, found, alone))
    lines += [teller.say("与最好方案的距离：", "Distance to the best plan:"), *_goals(teller, found, best)]
    lines.append(_head(teller, found))
    rows = found["changes"].to_dict("records")
    lines += [f"  {_row(teller, row, str(found['changes'].columns[0]))}" for row in rows[:SHOWN]]
    if len(rows) > SHOWN:
        lines.append(teller.say(f"  ……另有 {len(rows) - SHOWN} 行。", f"  … and {len(rows) - SHOWN} more."))
    if found["left"]:
        lines.append(
            teller.say(
                "保留您的安排后，下列先后次序仍不符合（要符合就要改动更多行）：",
                "With your rows kept, these orders are still not as they should be (more rows would have to change):",
            )
        )
        lines += [f"  {v.text.to(language)}" for v in found["left"]]
    return lines


def line_words(lines: tuple[int, ...], language: Language) -> str:
    """(rows 3, 7, 9) of a table, for the end of a sentence; "" where there are none."""
    if not lines:
        return ""
    shown = (", " if language == "en" else "、").join(map(str, lines[:MOST_LINES]))
    more = len(lines) - MOST_LINES
    return Wording(
        f"（涉及第 {shown} 行{f'等 {len(lines)} 行' if more > 0 else ''}）",
        f" (rows {shown}{f' and {more} more' if more > 0 else ''})",
    ).to(language)


def _broken(teller: Teller, found: Mapping[str, Any], alone: bool) -> Iterator[str]:
    broken = found["broken"]
    if alone:
        yield teller.say(
            "表中只有安置安排；房源、指标等数量按修正方案计。",
            "The table states moves alone; homes built, quota and the like are taken from the repair.",
        )
    if not broken:
        yield teller.say(f"{found['rows']:,} 行符合所有条款。", f"The {found['rows']:,} rows keep every clause.")
        return
    yield teller.say(
        f"{found['rows']:,} 行，违反条款 {len(broken)} 处：",
        f"{found['rows']:,} rows break clauses in {len(broken)} places:",
    )
    for violation, lines in broken:
        yield f"  {violation.text.to(teller.language)}{line_words(lines, teller.language)}"


def _goals(teller: Teller, found: Mapping[str, Any], best: Plan) -> Iterator[str]:
    for stage in best.stages:
        made, mended, most, _ = found["goals"][stage.id]
        words = [amount(v, stage.unit, teller.language) for v in (made, mended, most)]
        title = stage.title.to(teller.language)
        yield teller.say(
            f"  {title}：原表 {words[0]}，修正后 {words[1]}，最好 {words[2]}。",
            f"  {title}: {words[0]} by hand, {words[1]} repaired, {words[2]} at best.",
        )


def _head(teller: Teller, found: Mapping[str, Any]) -> str:
    changed, fewest = found["changed"], found["fewest"]
    if changed == 0:
        return teller.say("不需要改动任何一行。", "No row has to change.")
    if fewest >= changed:
        return teller.say(
            f"改动 {changed:,} 行即可合法，已证明不能更少：",
            f"{changed:,} changes make it legal, proven to be the fewest:",
        )
    return teller.say(
        f"改动 {changed:,} 行即可合法（已证明至少要 {fewest:,} 行）：",
        f"{changed:,} changes make it legal (proven: at least {fewest:,} are needed):",
    )


def _row(teller: Teller, row: Mapping[Any, Any], who: str) -> str:
    old, new = (
        teller.option({str(n)[4:]: v for n, v in row.items() if str(n).startswith(prefix)})
        for prefix in ("old_", "new_")
    )
    if row["change"] == NEW:
        return teller.say(f"新增 {row[who]}：{new}。", f"add {row[who]}: {new}.")
    head = teller.say(f"第 {row['line']} 行 {row[who]}：", f"row {row['line']}, {row[who]}: ")
    why = why_anew(teller, row, handmade=True)
    if row["change"] == MOVED:
        return head + teller.say(f"{old} 改为 {new}。{why}", f"{old} becomes {new}. {why}")
    return head + teller.say(f"删去 {old}。{why}", f"take out {old}. {why}")
