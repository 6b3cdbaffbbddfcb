"""``optimizer check``: the audit of any plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from optimizer import api
from optimizer.arguments import mistake, parse_changes
from optimizer.asking.handmade import Broken, handmade_tables, with_lines
from optimizer.commands.base import AsJson, Changes, InstanceName, Lang, app, say_json, telling
from optimizer.report.repaired import line_words
from optimizer.rules import Violation
from optimizer.wording import Language, Wording


@app.command()
def check(
    instance: InstanceName,
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN", help="方案文件夹或安置表 / plan folder, or a table of moves (CSV)")
    ],
    changes: Changes = None,
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """逐条审核方案，手工方案也可以 / Audit any plan, clause by clause."""
    with telling(lang, as_json) as language:
        settings = parse_changes(changes)
        if not plan.exists():
            raise mistake(
                Wording(f"没有方案“{plan}”。", f"There is no plan '{plan}'."),
                Wording("Maybe（也许）请指向 solve --out 写出的文件夹。", "Maybe point at the folder of solve --out."),
            )
        rows = _with_rows(instance, plan, settings, api.check(instance, plan, settings))
        if as_json:
            say_json({"status": "violated" if rows else "ok", "violations": [_record(b, language) for b in rows]})
        else:
            for broken_at in rows:
                print(broken_at.violation.text.to(language) + line_words(broken_at.lines, language))
            broken = Wording(f"方案违反条款 {len(rows)} 处。", f"The plan breaks clauses in {len(rows)} places.")
            kept = Wording("方案符合所有条款。", "The plan keeps every clause.")
            print((broken if rows else kept).to(language))
        if rows:
            raise typer.Exit(5)


def _with_rows(instance: str, plan: Path, settings: dict[str, object], found: list[Violation]) -> list[Broken]:
    """The violations; of a table made by hand with the rows that take part."""
    by_hand = plan.is_file() or (not (plan / "plan.json").exists() and any(plan.rglob("*.csv")))
    if not found or not by_hand:
        return [Broken(v, ()) for v in found]
    task = api.load(instance, settings)
    return with_lines(task, handmade_tables(task, plan), found)


def _record(broken: Broken, language: Language) -> dict[str, Any]:
    """One violation for ``--json``; ``lines``: rows of a hand-made table that take part, as a spreadsheet counts them."""
    v = broken.violation
    record = {"clause": v.clause, "rule": v.rule, "key": v.key, "text": v.text.to(language)}
    return record | ({"lines": list(broken.lines)} if broken.lines else {})
