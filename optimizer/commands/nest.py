"""``optimizer nest``: plans for growing budgets, each extending the one before."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated

import typer

from optimizer import api
from optimizer.arguments import check_limits, check_out, mistake, parse_changes
from optimizer.asking.nest import nest as answer
from optimizer.asking.nest import nest_record, write_nest
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
from optimizer.terminal import Watch, quiet_native_output, run_stoppable
from optimizer.wording import Wording


@app.command()
def nest(
    instance: InstanceName,
    budget: Annotated[
        list[str],
        typer.Option(
            "--budget",
            metavar="TABLE.COLUMN",
            help="按比例缩放的资金（表.列 或 规则.字段），可重复 / the budget, repeatable",
        ),
    ],
    steps: Annotated[
        str, typer.Option("--steps", metavar="80,90,100", help="资金比例（%）/ shares of the budget")
    ] = "80,90,100",
    keep: Annotated[
        str,
        typer.Option(
            "--keep", metavar="place|option", help="保住任一安排，或原样的安排 / any place, or the very same option"
        ),
    ] = "place",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="每级一个方案文件夹 / a plan folder each below it")
    ] = None,
    changes: Changes = None,
    gap: Gap = 1e-3,
    time: Seconds = None,
    seed: Seed = 1,
    solver: Solver = None,
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """资金逐级增加，已安排的不失去 / Plans for growing budgets: nobody loses a place when there is more."""
    with telling(lang, as_json) as language:
        numbers = parse_changes(changes)
        check_limits(gap, time, seed)
        shares = _shares(steps)
        if keep not in ("place", "option"):
            raise mistake(
                Wording(
                    f"--keep 只能是 place 或 option，不能是“{keep}”。", f"--keep must be place or option, not '{keep}'."
                )
            )
        for share in shares if out is not None else ():
            check_out((out or Path()) / f"{share:03d}")
        task, stop = api.load(instance, numbers), threading.Event()
        with quiet_native_output(), Watch(language) as watch:
            found = run_stoppable(
                lambda: answer(
                    task, budget, shares, keep="place" if keep == "place" else "option", gap=gap, time=time, seed=seed, solver=solver,
                    progress=watch, stop=stop,
                ),
                stop,
                watch,
            )  # fmt: skip
        folders = write_nest(found, out, language) if out is not None else []
        if as_json:
            say_json({**nest_record(found), "plans": list(map(str, folders))})
            return
        print(found.text.to(language))
        for folder in folders:
            print(Wording(f"方案文件夹：{folder}", f"Plan folder: {folder}").to(language))


def _shares(text: str) -> list[int]:
    """Whole percentages, separated by commas."""
    parts = [part.strip().removesuffix("%") for part in text.replace("，", ",").split(",")]
    if not all(part.isdigit() and 0 < int(part) <= 1000 for part in parts):
        raise mistake(
            Wording(f"--steps “{text}”应为整数百分比，以逗号隔开。", f"--steps '{text}' should be whole percentages, separated by commas."),
            Wording("Maybe（也许）用 --steps 80,90,100。", "Maybe use --steps 80,90,100."),
        )  # fmt: skip
    return [int(part) for part in parts]
