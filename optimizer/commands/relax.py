"""``optimizer relax``: why there is no legal plan, and the cheapest ways out."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated

import typer

from optimizer.arguments import check_limits, check_out, parse_changes
from optimizer.commands.base import AsJson, Changes, InstanceName, Lang, Seconds, app, say_json, telling
from optimizer.terminal import Watch, quiet_native_output, run_stoppable


@app.command()
def relax(
    instance: InstanceName,
    changes: Changes = None,
    protect: Annotated[
        list[str] | None,
        typer.Option("--protect", metavar="CLAUSE", help="不可改动的条款，可重复 / a clause that stays, repeatable"),
    ] = None,
    time: Seconds = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="答案另存的文件夹 / folder for the answer")
    ] = None,
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """没有合法方案时，说明哪些条款冲突、怎样改动最小 / Which clauses conflict, and the cheapest ways out."""
    from optimizer.asking.relax import relax as answer
    from optimizer.asking.relax import relax_record, write_relaxed

    with telling(lang, as_json) as language:
        settings = parse_changes(changes)
        check_limits(0.0, time, 1)
        if out is not None:
            check_out(out)
        stop = threading.Event()
        with quiet_native_output(), Watch(language) as watch:
            found = run_stoppable(
                lambda: answer(instance, set=settings, protect=protect or (), time=time, progress=watch, stop=stop),
                stop,
                watch,
            )
        if out is not None:
            write_relaxed(found, out, language)
        if as_json:
            say_json(relax_record(found))
        else:
            print(found.text.to(language))
