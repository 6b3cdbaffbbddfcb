"""``optimizer compare``: plans side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimizer.arguments import mistake
from optimizer.asking.compare import compare as answer
from optimizer.asking.compare import compare_record
from optimizer.commands.base import AsJson, Lang, app, say_json, telling
from optimizer.report.compared import write_comparison
from optimizer.wording import Wording


@app.command()
def compare(
    plans: Annotated[
        list[Path], typer.Argument(metavar="PLAN PLAN …", help="方案文件夹，两个以上 / two plan folders or more")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="写出 .xlsx 或 .csv / write .xlsx or .csv")
    ] = None,
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """并排比较方案：目标、资金、条款、农户 / Plans side by side: goals, money, clauses, people."""
    with telling(lang, as_json) as language:
        if out is not None and out.suffix.lower() not in (".xlsx", ".csv"):
            raise mistake(
                Wording(f"--out “{out}”应以 .xlsx 或 .csv 结尾。", f"--out '{out}' should end in .xlsx or .csv."),
                Wording(f"Maybe（也许）用 {out.stem}.xlsx。", f"Maybe use {out.stem}.xlsx."),
            )
        found = answer(*plans)
        if out is not None:
            write_comparison(found.found, found.sides[0].instance, out, language)
        if as_json:
            say_json(compare_record(found))
        else:
            print(found.text.to(language))
