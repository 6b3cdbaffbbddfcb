"""``optimizer alternatives``: plans near the best one that differ most."""

from __future__ import annotations

import threading
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer

from optimizer.arguments import check_limits, mistake, parse_changes
from optimizer.asking.alternatives import alternatives as answer
from optimizer.asking.answer_files import ALTERNATIVES, alternatives_record, write_alternatives
from optimizer.asking.frontier_files import refuse_other
from optimizer.commands.base import (
    AllSeconds,
    AsJson,
    Changes,
    EachGap,
    FromInstance,
    Lang,
    Seed,
    app,
    say_json,
    telling,
)
from optimizer.terminal import Watch, quiet_native_output, run_stoppable
from optimizer.wording import Wording


@app.command()
def alternatives(
    about: Annotated[
        str,
        typer.Argument(metavar="INSTANCE-or-PLAN", help="实例，或已求得的方案文件夹 / an instance, or a plan folder"),
    ],
    within: Annotated[
        str, typer.Option("--within", metavar="SHARE", help="每个目标最多差多少，如 0.5% / most that a goal may lose")
    ] = "0.5%",
    count: Annotated[int, typer.Option("--count", help="方案个数 / how many plans")] = 5,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="文件夹，默认 out/名称-alternatives / folder")
    ] = None,
    instance: FromInstance = None,
    changes: Changes = None,
    gap: EachGap = 1e-3,
    time: AllSeconds = None,
    seed: Seed = 1,
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """与最好方案相近而安排尽量不同的方案 / Plans near the best one that differ as much as can be."""
    with telling(lang, as_json) as language:
        settings = parse_changes(changes)
        check_limits(gap, time, seed)
        share = share_of(within)
        if count < 1:
            raise mistake(Wording(f"--count 至少为 1，不能是 {count}。", f"--count must be 1 or more, not {count}."))
        folder = out if out is not None else Path("out") / f"{Path(about).name}-alternatives"
        refuse_other(folder, ALTERNATIVES)
        stop = threading.Event()
        with quiet_native_output(), Watch(language) as watch:
            found = run_stoppable(
                lambda: answer(
                    about, within=share, count=count, instance=instance, set=settings, gap=gap, time=time, seed=seed,
                    progress=watch, stop=stop,
                ),
                stop,
                watch,
            )  # fmt: skip
        write_alternatives(found, folder, language)
        if as_json:
            say_json({**alternatives_record(found), "out": str(folder)})
        else:
            print(found.text.to(language))
            print(Wording(f"各方案：{folder}", f"The plans: {folder}").to(language))


def share_of(text: str) -> Fraction:
    """``0.5%`` or ``0.005`` as an exact share. Raises ``OptimizerError`` for anything else, and for a share of 1 or more."""
    number = text.strip().removesuffix("%").strip()
    try:
        share = Fraction(number) / (100 if text.strip().endswith("%") else 1)
    except (ValueError, ZeroDivisionError):
        share = Fraction(-1)
    if 0 <= share < 1:
        return share
    raise mistake(
        Wording(f"--within 应是 0 与 100% 之间的比例，不能是“{text}”。", f"--within must be a share from 0 to 100 %, not '{text}'."),
        Wording("Maybe（也许）用 0.5%。", "Maybe use 0.5%."),
    )  # fmt: skip
