"""``optimizer replan``: after something has changed, the plan that tells fewest people something new."""

from __future__ import annotations

import threading
import time as clock
from pathlib import Path
from typing import Annotated

import typer

from optimizer import api
from optimizer.analysis.announced import Order
from optimizer.arguments import check_limits, check_out, mistake, parse_changes
from optimizer.asking.replan import replan as answer
from optimizer.asking.replan import replan_record
from optimizer.commands.base import (
    AsJson,
    Changes,
    FromInstance,
    Gap,
    Lang,
    PlanFolder,
    Seconds,
    Solver,
    app,
    say_json,
    telling,
)
from optimizer.report.replanned import write_told_anew
from optimizer.terminal import Watch, quiet_native_output, run_stoppable
from optimizer.wording import Wording


@app.command()
def replan(
    plan: PlanFolder,
    changes_file: Annotated[
        Path | None,
        typer.Option(
            "--changes",
            metavar="FILE",
            help="改动表：表、行、列、新值（.csv、.xlsx、.toml）/ table, row, column, value",
        ),
    ] = None,
    changes: Changes = None,
    first: Annotated[
        str,
        typer.Option(
            "--first", metavar="kept|goal", help="先少变动，或先求目标 / fewest changes first, or the goals first"
        ),
    ] = "kept",
    weight: Annotated[
        str | None,
        typer.Option(
            "--weight",
            metavar="W",
            help="--first goal 时一户变动抵多少目标（或 目标=W）/ what one change is worth of the first goal (or GOAL=W)",
        ),
    ] = None,
    instance: FromInstance = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="方案文件夹，默认 原方案-new / plan folder")
    ] = None,
    gap: Gap = 1e-3,
    time: Seconds = None,
    solver: Solver = None,
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """情况变化后重排，尽量不改动已告知的农户 / Plan again after changes, telling fewest people something new."""
    with telling(lang, as_json) as language:
        began = clock.perf_counter()
        numbers = parse_changes(changes)
        check_limits(gap, time, 1)
        folder = out if out is not None else plan.with_name(f"{plan.resolve().name}-new")
        check_out(folder)
        if changes_file is None and not numbers:
            raise mistake(
                Wording("没有说明改动了什么。", "Nothing is said to have changed."),
                Wording("Maybe（也许）用 --changes 或 --set。", "Maybe use --changes or --set."),
            )
        order, stop = _order(first, weight), threading.Event()
        with quiet_native_output(), Watch(language) as watch:
            found = run_stoppable(
                lambda: answer(
                    plan, changes_file, set=numbers, order=order, instance=instance, gap=gap, time=time, solver=solver,
                    progress=watch, stop=stop,
                ),
                stop,
                watch,
            )  # fmt: skip
        api.write(found.plan, found.instance, folder, language, carried=True)
        write_told_anew(found.changes, found.instance, folder, language)
        if as_json:
            say_json(replan_record(found, str(folder)))
            return
        seconds = clock.perf_counter() - began
        print(found.text.to(language))
        print(
            Wording(f"用时 {seconds:.1f} 秒。方案文件夹：{folder}", f"{seconds:.1f} s. Plan folder: {folder}").to(
                language
            )
        )


def _order(first: str, weight: str | None) -> Order:
    """What was typed for ``--first`` and ``--weight``."""
    if first not in ("kept", "goal"):
        raise mistake(
            Wording(f"--first 只能是 kept 或 goal，不能是“{first}”。", f"--first must be kept or goal, not '{first}'."),
            Wording("Maybe（也许）用 --first kept。", "Maybe use --first kept."),
        )
    goal, _, text = (weight or "").rpartition("=")
    if weight is not None and (first == "kept" or not text.strip().isdigit() or int(text) == 0):
        raise mistake(
            Wording(f"--weight “{weight}”应为正整数或 目标=正整数，并与 --first goal 同用。", f"--weight '{weight}' should be a whole number above 0 or GOAL=number, with --first goal."),
            Wording("Maybe（也许）用 --first goal --weight 2。", "Maybe use --first goal --weight 2."),
        )  # fmt: skip
    return Order("goal" if first == "goal" else "kept", int(text) if weight is not None else None, goal.strip() or None)
