"""``optimizer fairness``: who gets how much of a plan, and what it costs to put the worst-off first."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated

import typer

from optimizer.arguments import check_limits
from optimizer.asking.answer_files import FAIRNESS, fairness_record, write_fairness
from optimizer.asking.fairness import fairness as answer
from optimizer.asking.frontier_files import refuse_other
from optimizer.commands.base import AllSeconds, AsJson, EachGap, FromInstance, Lang, PlanFolder, app, say_json, telling
from optimizer.terminal import Watch, quiet_native_output, run_stoppable
from optimizer.wording import Wording


@app.command()
def fairness(
    plan: PlanFolder,
    by: Annotated[
        str | None, typer.Option("--by", metavar="COLUMN", help="按哪一列分组，默认政策的地点 / groups by this column")
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="OBJECTIVE",
            help="另求公平的代价：与这个目标的取舍 / also the price of fairness in this goal",
        ),
    ] = None,
    points: Annotated[int, typer.Option("--points", help="取舍曲线的方案个数 / plans on that curve")] = 5,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="另写出文件夹 / also write a folder")] = None,
    instance: FromInstance = None,
    gap: EachGap = 1e-3,
    time: AllSeconds = None,
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """各地各类农户各得多少，是否公平 / Who gets how much of a plan, and what fairness costs."""
    with telling(lang, as_json) as language:
        check_limits(gap, time, 0)
        if out is not None:
            refuse_other(out, FAIRNESS)
        stop = threading.Event()
        with quiet_native_output(), Watch(language) as watch:
            found = run_stoppable(
                lambda: answer(
                    plan, by, instance, against=against, points=max(2, points), gap=gap, time=time, progress=watch,
                    stop=stop,
                ),
                stop,
                watch,
            )  # fmt: skip
        if out is not None:
            write_fairness(found, out, language)
        if as_json:
            say_json({**fairness_record(found), **({} if out is None else {"out": str(out)})})
        else:
            print(found.text.to(language))
            if out is not None:
                print(Wording(f"已写出：{out}", f"Written to: {out}").to(language))
