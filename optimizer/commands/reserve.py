"""``optimizer reserve``: what withdrawals do to a plan, and who follows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimizer.commands.base import AsJson, FromInstance, Lang, app, say_json, telling
from optimizer.report.reserve import write_reserve
from optimizer.terminal import quiet_native_output


@app.command()
def reserve(
    plan: Annotated[
        str,
        typer.Argument(
            metavar="PLAN|INSTANCE",
            help="方案文件夹；或实例，先求解 / plan folder, or an instance, which is solved first",
        ),
    ],
    rates: Annotated[
        str,
        typer.Option(
            "--rates",
            metavar="RATE|FILE",
            help="退出比例：如 0.05、5%，或按村（镇、户…）的 CSV 表 / share that withdraws, or a CSV by village, town, household …",
        ),
    ],
    scenarios: Annotated[int, typer.Option("--scenarios", help="情景数 / how many scenarios")] = 200,
    seed: Annotated[int, typer.Option("--seed", help="抽取情景的种子 / seed of the scenarios")] = 1,
    audits: Annotated[
        int, typer.Option("--audits", help="最差的多少种情景按表逐条审核 / how many of the worst scenarios to audit")
    ] = 3,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="候补名单写到此文件：.csv，或 .xlsx（连同各情景） / reserve lists as .csv, or .xlsx with the scenarios",
        ),
    ] = None,
    instance: FromInstance = None,
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """有农户退出时由谁候补，结果会怎样 / Who follows if households withdraw, and what then comes of the plan."""
    from optimizer.asking.reserve import reserve as answer
    from optimizer.asking.reserve import reserve_record

    with telling(lang, as_json) as language:
        with quiet_native_output():
            found = answer(plan, rates, scenarios, seed, instance, audits)
        if out is not None:
            write_reserve(out, found.reserve.model.instance, found.lists, found.scenarios, language)
        if as_json:
            say_json(reserve_record(found))
        else:
            print(found.text.to(language))
