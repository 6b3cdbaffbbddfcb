"""``optimizer prices``: what loosening each limit is worth, and how far."""

from __future__ import annotations

import threading
from typing import Annotated

import typer

from optimizer.arguments import check_limits
from optimizer.commands.base import AsJson, FromInstance, Lang, PlanFolder, Seconds, app, say_json, telling
from optimizer.terminal import Watch, quiet_native_output, run_stoppable


@app.command()
def prices(
    plan: PlanFolder,
    clause: Annotated[
        str | None, typer.Option("--clause", metavar="ID", help="只查这一条款或规则 / this clause or rule only")
    ] = None,
    top: Annotated[
        int, typer.Option("--top", min=1, help="查最有希望的多少行 / how many lines, the most promising")
    ] = 10,
    time: Seconds = None,
    instance: FromInstance = None,
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """每条用满的条款放宽一点值多少、到多少为止 / What loosening each binding limit is worth, and up to where."""
    from optimizer.asking.prices import price_ranges, price_record

    with telling(lang, as_json) as language:
        check_limits(0.0, time, 1)
        stop = threading.Event()
        with quiet_native_output(), Watch(language) as watch:
            found = run_stoppable(
                lambda: price_ranges(plan, clause, instance, top=top, time=time, progress=watch, stop=stop), stop, watch
            )
        if as_json:
            say_json(price_record(found))
        else:
            print(found.text.to(language))
