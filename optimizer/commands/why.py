"""``optimizer why``: the reason of one household, or of all of them for public notice."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimizer.arguments import mistake
from optimizer.asking.why import why as answer
from optimizer.asking.why import why_all, why_record
from optimizer.commands.base import AsJson, FromInstance, Lang, PlanFolder, app, say_json, telling
from optimizer.report.cells import texts_of, write_rows
from optimizer.wording import Language, Wording


@app.command()
def why(
    plan: PlanFolder,
    household: Annotated[
        str | None, typer.Argument(metavar="[HOUSEHOLD]", help="户编号 / the household's code", show_default=False)
    ] = None,
    instead: Annotated[
        str | None,
        typer.Option("--instead", metavar="SITE", help="为何不是这个安置点（或方式） / why not this site (or mode)"),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="所有农户，写成一张公示表 / all households, as a table for public notice")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE.csv", help="公示表，默认 PLAN/reasons.csv / where that table goes"),
    ] = None,
    instance: FromInstance = None,
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """说明一户为何得到这个结果 / Why a household got what it got, and what another result would take."""
    with telling(lang, as_json) as language:
        if every == (household is not None):
            raise mistake(
                Wording("请给出一个户编号，或者用 --all。", "Name one household, or use --all."),
                Wording(f"Maybe（也许）用 optimizer why {plan} --all。", f"Maybe use: optimizer why {plan} --all."),
            )
        if household is None:
            _write_all(plan, out or plan / "reasons.csv", instance, language, as_json)
            return
        found = answer(plan, household, instead, instance)
        if as_json:
            say_json(why_record(found))
        else:
            print(found.text.to(language))


def _write_all(plan: Path, out: Path, instance: str | None, language: Language, as_json: bool) -> None:
    table = why_all(plan, instance, language)
    write_rows(out, table.columns, [texts_of(table[name], "text") for name in table.columns])
    households = table.iloc[:, 0].nunique()
    if as_json:
        say_json({"status": "ok", "households": households, "rows": len(table), "file": str(out)})
        return
    print(
        Wording(
            f"已写出 {out}：{households:,} 户，{len(table):,} 行说明。",
            f"Wrote {out}: {households:,} households, {len(table):,} rows.",
        ).to(language)
    )
