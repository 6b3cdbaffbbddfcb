"""The command line: thin, everything that matters is in ``optimizer.api``.

Exit codes: 0 done, 2 faulty input, 3 no legal plan, 4 stopped before any plan, 5 the plan breaks a
clause (or its certificate does not hold), 1 our own failure.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time as clock
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from optimizer import api, asking
from optimizer.arguments import check_limits, check_out, language_of, mistake, parse_changes
from optimizer.errors import InputError, NoLegalPlan, OptimizerError
from optimizer.report.proof import proof_lines, proof_record
from optimizer.terminal import (
    Aborted,
    Watch,
    quiet_native_output,
    run_stoppable,
    summary,
    summary_record,
    tolerant_streams,
)
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
Lang = Annotated[str, typer.Option("--lang", metavar="zh|en", help="语言 / language")]
AsJson = Annotated[bool, typer.Option("--json", help="标准输出只给 JSON / JSON only on standard output")]


@app.callback()
def _root(
    debug: Annotated[
        bool, typer.Option("--debug", help="程序故障时给出完整追踪 / traceback on our own failure")
    ] = False,
) -> None:
    pass


@app.command()
def new(
    policy: Annotated[
        str, typer.Argument(metavar="POLICY", help="政策名（如 songjiang）或政策文件 .toml / a policy's id or file")
    ],
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="要写的工作簿 / the workbook to write")],
    lang: Lang = "zh",
) -> None:
    """写一份空白工作簿，填好即可求解 / Write an empty workbook to fill in."""
    with telling(lang) as language:
        if file.suffix.lower() != ".xlsx":
            raise mistake(
                Wording(f"“{file}”应以 .xlsx 结尾。", f"'{file}' should end in .xlsx."),
                Wording(f"Maybe（也许）用 {file.stem}.xlsx。", f"Maybe use {file.stem}.xlsx."),
            )
        if file.exists():
            raise mistake(
                Wording(f"“{file}”已存在，不会覆盖。", f"'{file}' exists already; it is not overwritten."),
                Wording("Maybe（也许）换一个文件名。", "Maybe choose another name."),
            )
        api.new(policy, file)
        print(Wording(f"已写出 {file}。", f"Wrote {file}.").to(language))


@app.command()
def validate(instance: InstanceName, changes: Changes = None, lang: Lang = "zh", as_json: AsJson = False) -> None:
    """检查输入，一次列出所有错误 / Check the input and list every fault at once."""
    with telling(lang, as_json) as language:
        task, notices = api.load_with_notices(instance, parse_changes(changes))
        rows = {name: len(frame) for name, frame in task.tables.items()}
        if as_json:
            say_json({"status": "ok", "instance": task.name, "policy": task.policy.id, "rows": rows})
            return
        for notice in notices:
            print(notice.to(language))
        listed = "，".join(f"{n} {c} 行" for n, c in rows.items())
        listed_en = ", ".join(f"{n} {c} rows" for n, c in rows.items())
        print(Wording(f"没有错误。{task.name}：{listed}。", f"No faults. {task.name}: {listed_en}.").to(language))


@app.command()
def solve(
    instance: InstanceName,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="方案文件夹，默认 out/实例名 / plan folder")
    ] = None,
    changes: Changes = None,
    gap: Annotated[float, typer.Option("--gap", help="每个目标允许的相对差距 / relative gap of every goal")] = 1e-3,
    time: Annotated[float | None, typer.Option("--time", help="最多多少秒 / seconds at most")] = None,
    seed: Annotated[int, typer.Option("--seed", help="公开抽签的种子 / seed of the public lottery")] = 1,
    solver: Annotated[str | None, typer.Option("--solver", help="求解器名，见 solvers / name, see solvers")] = None,
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


@app.command()
def check(
    instance: InstanceName,
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN", help="方案文件夹或安置表 / plan folder, or a table of moves (CSV)")
    ],
    changes: Changes = None,
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """逐条审核方案，手工方案也可以 / Audit any plan, clause by clause."""
    with telling(lang, as_json) as language:
        settings = parse_changes(changes)
        if not plan.exists():
            raise mistake(
                Wording(f"没有方案“{plan}”。", f"There is no plan '{plan}'."),
                Wording("Maybe（也许）请指向 solve --out 写出的文件夹。", "Maybe point at the folder of solve --out."),
            )
        found = api.check(instance, plan, settings)
        if as_json:
            rows = [{"clause": v.clause, "rule": v.rule, "key": v.key, "text": v.text.to(language)} for v in found]
            say_json({"status": "violated" if found else "ok", "violations": rows})
        else:
            for violation in found:
                print(violation.text.to(language))
            broken = Wording(f"方案违反条款 {len(found)} 处。", f"The plan breaks clauses in {len(found)} places.")
            kept = Wording("方案符合所有条款。", "The plan keeps every clause.")
            print((broken if found else kept).to(language))
        if found:
            raise typer.Exit(5)


@app.command()
def certify(
    instance: InstanceName,
    plan: PlanFolder,
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """不用求解器，由输入表重算证明 / Recompute the certificate from the tables, without a solver."""
    with telling(lang, as_json) as language:
        found = api.certify(instance, plan)
        if as_json:
            say_json(proof_record(found, language))
        else:
            print("\n".join(proof_lines(found, language)))
        if not found.holds:
            raise typer.Exit(5)


@app.command()
def why(
    plan: PlanFolder,
    household: Annotated[str, typer.Argument(metavar="HOUSEHOLD", help="户编号 / the household's code")],
    instead: Annotated[
        str | None,
        typer.Option("--instead", metavar="SITE", help="为何不是这个安置点（或方式） / why not this site (or mode)"),
    ] = None,
    instance: FromInstance = None,
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """说明一户为何得到这个结果 / Why a household got what it got, and what another result would take."""
    with telling(lang, as_json) as language:
        found = asking.why(plan, household, instead, instance)
        if as_json:
            say_json(asking.why_record(found))
        else:
            print(found.text.to(language))


@app.command()
def solvers(lang: Lang = "zh", as_json: AsJson = False) -> None:
    """列出可用的求解器 / List what can solve here."""
    with telling(lang, as_json) as language:
        found = api.solvers()
        if as_json:
            rows = [{"name": s.name, "version": s.version, "available": s.available} for s in found]
            say_json([row | {"note": s.note.to(language)} for row, s in zip(rows, found, strict=True)])
            return
        words = {True: Wording("可用", "available"), False: Wording("未安装", "not installed")}
        for s in sorted(found, key=lambda each: not each.available):
            print(f"{s.name:<18} {s.version:<10} {words[bool(s.available)].to(language)}  {s.note.to(language)}")


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


def main(arguments: Sequence[str] | None = None) -> None:
    """The ``optimizer`` command; always ends in ``SystemExit`` with the code named above."""
    tolerant_streams()
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        app(args=[a for a in given if a != "--debug"], prog_name="optimizer")
    except Exception as error:
        code, text = _unexpected(error)
        print(text, file=sys.stderr)
        if "--debug" in given:
            traceback.print_exception(error, file=sys.stderr)
        if "--json" in given:
            say_json({"status": "error", "exit_code": code, "message": text})
        sys.exit(code)
    finally:
        if any(t.name == "solve" and t.is_alive() for t in threading.enumerate()):
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(4)  # abandoned: a solver still runs in native code and cannot be joined


def _unexpected(error: Exception) -> tuple[int, str]:
    """Exit code and words, in both languages, for an error that no command expects."""
    if isinstance(error, OSError) and error.filename is not None:
        return 2, f"无法读写 / cannot read or write {error.filename}: {error.strerror}"
    fact = f"{type(error).__name__}: {error}"
    return 1, (
        f"程序故障，不是您的输入有误 / our own failure, not your input: {fact}\n"
        "Maybe（也许）加 --debug 再运行一次，把输出发给我们 / Maybe run it again with --debug and send us the output."
    )


if __name__ == "__main__":
    main()
