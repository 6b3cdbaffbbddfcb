"""``optimizer why``: the reason of one household."""

from __future__ import annotations

from typing import Annotated

import typer

from optimizer.asking.why import why as answer
from optimizer.asking.why import why_record
from optimizer.commands.base import AsJson, FromInstance, Lang, PlanFolder, app, say_json, telling


@app.command()
def why(
    plan: PlanFolder,
    household: Annotated[str, typer.Argument(metavar="HOUSEHOLD", help="户编号 / the household's code")],
    instead: Annotated[
        str | None,
        typer.Option("--instead", metavar="SITE", help="为何不是这个安置点（或方式） / why not this site (or mode)"),
    ] = None,
    instance: FromInstance = None,
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """说明一户为何得到这个结果 / Why a household got what it got, and what another result would take."""
    with telling(lang, as_json) as language:
        found = answer(plan, household, instead, instance)
        if as_json:
            say_json(why_record(found))
        else:
            print(found.text.to(language))
