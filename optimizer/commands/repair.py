"""``optimizer repair``: a hand-made plan checked row by row, and its smallest repair."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated

import typer

from optimizer import api
from optimizer.arguments import check_limits, check_out, mistake, parse_changes
from optimizer.asking.repair import repair as answer
from optimizer.asking.repair import repair_record
from optimizer.commands.base import (
    AsJson,
    Changes,
    Gap,
    InstanceName,
    Lang,
    Seconds,
    Seed,
    Solver,
    app,
    say_json,
    telling,
)
from optimizer.report.replanned import write_told_anew
from optimizer.terminal import Watch, quiet_native_output, run_stoppable
from optimizer.wording import Wording


@app.command()
def repair(
    instance: InstanceName,
    table: Annotated[
        Path, typer.Argument(metavar="TABLE.csv", help="手工安置表（CSV）或文件夹 / a table of moves, or a folder")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="修正方案的文件夹 / folder of the repaired plan")
    ] = None,
    changes: Changes = None,
    gap: Gap = 1e-3,
    time: Seconds = None,
    seed: Seed = 1,
    solver: Solver = None,
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """逐行检查手工方案，并给出改动最少的修正 / Check a hand-made plan row by row and repair it with fewest changes."""
    with telling(lang, as_json) as language:
        numbers = parse_changes(changes)
        check_limits(gap, time, seed)
        if not table.exists():
            raise mistake(
                Wording(f"没有“{table}”。", f"There is no '{table}'."),
                Wording("Maybe（也许）请指向一张安置表（CSV）。", "Maybe point at a table of moves (CSV)."),
            )
        if out is not None:
            check_out(out)
        task, stop = api.load(instance, numbers), threading.Event()
        with quiet_native_output(), Watch(language) as watch:
            found = run_stoppable(
                lambda: answer(task, table, gap=gap, time=time, seed=seed, solver=solver, progress=watch, stop=stop),
                stop,
                watch,
            )
        if out is not None:
            api.write(found.plan, found.instance, out, language, carried=True)
            write_told_anew(found.changes, found.instance, out, language, handmade=True)
        if as_json:
            say_json(repair_record(found, str(out) if out is not None else None))
            return
        print(found.text.to(language))
        if out is not None:
            print(Wording(f"方案文件夹：{out}", f"Plan folder: {out}").to(language))
