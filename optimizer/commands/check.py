"""``optimizer check``: the audit of any plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimizer import api
from optimizer.arguments import mistake, parse_changes
from optimizer.commands.base import AsJson, Changes, InstanceName, Lang, app, say_json, telling
from optimizer.wording import Wording


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
        found = api.check(instance, plan, settings)
        if as_json:
            rows = [{"clause": v.clause, "rule": v.rule, "key": v.key, "text": v.text.to(language)} for v in found]
            say_json({"status": "violated" if found else "ok", "violations": rows})
        else:
            for violation in found:
                print(violation.text.to(language))
            broken = Wording(f"方案违反条款 {len(found)} 处。", f"The plan breaks clauses in {len(found)} places.")
            kept = Wording("方案符合所有条款。", "The plan keeps every clause.")
            print((broken if found else kept).to(language))
        if found:
            raise typer.Exit(5)
