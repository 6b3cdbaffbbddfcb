"""``optimizer solve``: the plan folder."""

from __future__ import annotations

import threading
import time as clock
from pathlib import Path
from typing import Annotated

import typer

from optimizer import api
from optimizer.arguments import check_limits, check_out, parse_changes
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
from optimizer.terminal import Watch, quiet_native_output, run_stoppable, summary, summary_record


@app.command()
def solve(
    instance: InstanceName,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="方案文件夹，默认 out/实例名 / plan folder")
    ] = None,
    changes: Changes = None,
    gap: Gap = 1e-3,
    time: Seconds = None,
    seed: Seed = 1,
    solver: Solver = None,
    levels: Annotated[
        bool,
        typer.Option(
            "--levels",
            help="上下级衔接：上级分任务和资金，各地规划并回报价格或缺口，直到一致 / an upper level divides, places plan, until both agree",
        ),
    ] = False,
    compare_joint: Annotated[
        bool,
        typer.Option(
            "--compare-joint",
            help="--levels 之外再整体求解一次并对比 / --levels, and the whole program at once beside it",
        ),
    ] = False,
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """求解并写出方案文件夹 / Solve and write the plan folder."""
    with telling(lang, as_json) as language:
        began = clock.perf_counter()
        settings = parse_changes(changes)
        check_limits(gap, time, seed)
        if out is not None:
            check_out(out)
        task, notices = api.load_with_notices(instance, settings)
        folder = out if out is not None else Path("out") / task.name
        check_out(folder)
        stop = threading.Event()
        with quiet_native_output(), Watch(language) as watch:
            for notice in notices:
                watch.say(notice.to(language))
            plan = run_stoppable(
                lambda: api.solve(
                    task,
                    set=settings,
                    gap=gap,
                    time=time,
                    seed=seed,
                    solver=solver,
                    progress=watch,
                    stop=stop,
                    levels="compare" if compare_joint else levels,
                ),
                stop,
                watch,
            )
        api.write(plan, task, folder, language)
        seconds = clock.perf_counter() - began
        if as_json:
            say_json(summary_record(plan, seconds, str(folder), language))
        else:
            print(summary(plan, seconds, str(folder), language))
