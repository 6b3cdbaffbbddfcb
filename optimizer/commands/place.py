"""``optimizer place``: a household that comes after the plan."""

from __future__ import annotations

from typing import Annotated

import typer

from optimizer.commands.base import AsJson, FromInstance, Lang, PlanFolder, app, say_json, telling
from optimizer.terminal import quiet_native_output


@app.command()
def place(
    plan: PlanFolder,
    who: Annotated[
        str,
        typer.Argument(
            metavar="HOUSEHOLD",
            help="没有安置的户编号；或新农户的表（文件夹或工作簿，含农户、意愿等） / a code without a place, or new rows (folder or workbook)",
        ),
    ],
    instance: FromInstance = None,
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """方案定后来的农户，当场安排 / Place a household that comes after the plan, at once."""
    from optimizer.asking.place import place as answer
    from optimizer.asking.place import place_record

    with telling(lang, as_json) as language:
        with quiet_native_output():
            found = answer(plan, who, instance)
        if as_json:
            say_json(place_record(found))
        else:
            print("\n".join(each.text.to(language) for each in found))
