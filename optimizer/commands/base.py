"""What all commands share: the application, its common options, and how a mistake is told."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from optimizer.arguments import language_of
from optimizer.errors import InputError, NoLegalPlan, OptimizerError
from optimizer.terminal import Aborted
from optimizer.wording import Language, Wording

app = typer.Typer(
    name="optimizer",
    help="规划分配求解器：读入表格，给出可逐条核对的方案。 / Allocation solver: tables in, audited plan out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="退出码 / exit codes: 0 完成 done · 2 输入有误 faulty input · 3 无合法方案 no legal plan · "
    "4 未得方案即停止 stopped before any plan · 5 方案违反条款或证明不成立 the plan breaks a clause or its proof does not hold · 1 程序故障 our own failure",
)

InstanceName = Annotated[
    str, typer.Argument(metavar="INSTANCE", help="文件夹、工作簿或内置实例名 / folder, workbook or bundled name")
]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="RULE.FIELD=VALUE", help="改动一条规则的数值，可重复 / change a number of a rule, repeatable"
    ),
]
PlanFolder = Annotated[Path, typer.Argument(metavar="PLAN", help="方案文件夹 / plan folder")]
FromInstance = Annotated[
    str | None,
    typer.Option("--instance", metavar="INSTANCE", help="方案所用的实例，默认按方案记载 / the plan's instance"),
]
Gap = Annotated[float, typer.Option("--gap", help="每个目标允许的相对差距 / relative gap of every goal")]
EachGap = Annotated[float, typer.Option("--gap", help="每个方案允许的相对差距 / relative gap of every plan")]
Seconds = Annotated[float | None, typer.Option("--time", help="最多多少秒 / seconds at most")]
AllSeconds = Annotated[float | None, typer.Option("--time", help="合计最多多少秒 / seconds in all at most")]
Seed = Annotated[int, typer.Option("--seed", help="公开抽签的种子 / seed of the public lottery")]
Solver = Annotated[str | None, typer.Option("--solver", help="求解器名，见 solvers / name, see solvers")]
Lang = Annotated[str, typer.Option("--lang", metavar="zh|en", help="语言 / language")]
AsJson = Annotated[bool, typer.Option("--json", help="标准输出只给 JSON / JSON only on standard output")]


@app.callback()
def _root(
    debug: Annotated[
        bool, typer.Option("--debug", help="程序故障时给出完整追踪 / traceback on our own failure")
    ] = False,
) -> None:
    pass


def say_json(value: object) -> None:
    """One JSON value on standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=1))


@contextmanager
def telling(lang: str, as_json: bool = False) -> Iterator[Language]:
    """Turns what goes wrong into a few lines on standard error and an exit code; never a traceback for a user."""
    language: Language = "zh"
    try:
        language = language_of(lang)
        yield language
    except OptimizerError as error:
        code = error.exit_code if error.exit_code != OptimizerError.exit_code else InputError.exit_code
        _told(error.describe(language), code, as_json, _details(error, language))
    except (Aborted, KeyboardInterrupt):
        _told(Wording("已放弃，没有写出任何文件。", "Abandoned; nothing was written.").to(language), 4, as_json, {})


def _told(text: str, code: int, as_json: bool, details: dict[str, Any]) -> None:
    print(text, file=sys.stderr)
    if as_json:
        say_json({"status": "error", "exit_code": code, "message": text, **details})
    raise typer.Exit(code)


def _details(error: OptimizerError, language: Language) -> dict[str, Any]:
    """What a program wants to know of an error beyond its words."""
    if isinstance(error, InputError):
        faults = [{"sheet": f.sheet, "row": f.row, "column": f.column, "value": f.value} for f in error.faults]
        words = [{"expected": f.expected.to(language), "maybe": f.maybe.to(language)} for f in error.faults]
        return {"faults": [a | b for a, b in zip(faults, words, strict=True)]}
    return {"conflict": list(error.conflict)} if isinstance(error, NoLegalPlan) else {}
