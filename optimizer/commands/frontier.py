"""``optimizer frontier``: what one goal costs in another."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated

import typer

from optimizer import api
from optimizer.arguments import check_limits, mistake, parse_changes
from optimizer.asking.frontier import frontier as answer
from optimizer.asking.frontier_files import HEAD, frontier_record, refuse_other, write_frontier
from optimizer.commands.base import (
    AllSeconds,
    AsJson,
    Changes,
    EachGap,
    InstanceName,
    Lang,
    Seed,
    app,
    say_json,
    telling,
)
from optimizer.terminal import Watch, quiet_native_output, run_stoppable
from optimizer.wording import Wording

Between = Annotated[
    tuple[str, str],
    typer.Option("--between", metavar="OBJECTIVE OBJECTIVE", help="两个目标的 id（见政策文件） / two goals, by their ids"),
]  # fmt: skip


@app.command()
def frontier(
    instance: InstanceName,
    between: Between,
    points: Annotated[int, typer.Option("--points", help="方案个数 / how many plans")] = 9,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="文件夹，默认 out/实例名-frontier / folder")
    ] = None,
    changes: Changes = None,
    gap: EachGap = 1e-3,
    time: AllSeconds = None,
    seed: Seed = 1,
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """两个目标之间如何取舍：一组方案、表和图 / What one goal costs in another: plans, a table and a picture."""
    with telling(lang, as_json) as language:
        settings = parse_changes(changes)
        check_limits(gap, time, seed)
        if points < 2:
            raise mistake(
                Wording(f"--points 至少为 2，不能是 {points}。", f"--points must be 2 or more, not {points}.")
            )
        task, notices = api.load_with_notices(instance, settings)
        folder = out if out is not None else Path("out") / f"{task.name}-frontier"
        refuse_other(folder, HEAD)
        stop = threading.Event()
        with quiet_native_output(), Watch(language) as watch:
            for notice in notices:
                watch.say(notice.to(language))
            found = run_stoppable(
                lambda: answer(
                    task, between, points=points, set=settings, gap=gap, time=time, seed=seed, progress=watch, stop=stop
                ),
                stop,
                watch,
            )
        write_frontier(found, folder, language)
        if as_json:
            say_json({**frontier_record(found), "out": str(folder)})
        else:
            print(found.text.to(language))
            print(Wording(f"表、图和各方案：{folder}", f"Table, picture and plans: {folder}").to(language))
