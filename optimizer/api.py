"""What ``import optimizer`` offers: load, solve, check, certify, write, new, solvers.

Solvers are imported where one is asked for, so that a plan can be checked and certified where none is installed.
"""

from __future__ import annotations

import platform
import threading
import time as clock
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from optimizer.analysis.certificate import Verification, verify
from optimizer.build import Model, build
from optimizer.bundled import bundled_instances, instance_path, model_path
from optimizer.check import Audit, audit
from optimizer.errors import InputError, NoLegalPlan, OptimizerError, PlanBreaksClause, StoppedBeforePlan
from optimizer.instance import Instance
from optimizer.kinds import nearest
from optimizer.lottery import by_lot, draw
from optimizer.plan import Levels, Plan, StageResult
from optimizer.policy import Policy
from optimizer.policy.load import load_policy
from optimizer.program import Floats, Ints
from optimizer.progress import Progress
from optimizer.reading import read_instance, write_empty_workbook
from optimizer.records import altered_records
from optimizer.report.folder import read_plan_folder, read_seed, read_statements, write_plan_folder
from optimizer.report.handmade import read_handmade
from optimizer.report.levels import shortfall_sentences
from optimizer.report.stated import read_stated, stated_of
from optimizer.rules import Violation
from optimizer.units import UNITS, display_unit, to_base
from optimizer.wording import Language, Wording

if TYPE_CHECKING:
    from optimizer.levels.run import LevelsRun
    from optimizer.solvers import Engine
    from optimizer.solvers.base import Limits, Outcome

Source = Instance | str | Path


def load_with_notices(source: str | Path, set: Mapping[str, object] | None = None) -> tuple[Instance, list[Wording]]:
    """An instance from a folder, a workbook or the name of a bundled one, with notices on what was read.

    ``set``: ``rule.field`` or ``parameter.value`` → value, put over the policy file. Raises ``InputError`` with
    every fault, ``PolicyError`` for a faulty policy file or key, ``OptimizerError`` where nothing is there.
    """
    path = _found(source)
    instance, notices = read_instance(path, lambda policy: load_policy(model_path(policy), set))
    return _with_parameters(instance, set or {}), notices


def _with_parameters(instance: Instance, changes: Mapping[str, object]) -> Instance:
    """Parameters set by the caller stand above those of the instance, as they stand above the policy's."""
    chosen = {
        p.id: to_base(str(changes[f"{p.id}.value"]), p.unit)
        for p in instance.policy.parameter
        if f"{p.id}.value" in changes
    }
    return replace(instance, parameters={**instance.parameters, **chosen}) if chosen else instance


def load(source: str | Path, set: Mapping[str, object] | None = None) -> Instance:
    """The same, without the notices."""
    return load_with_notices(source, set)[0]


def _found(source: str | Path) -> Path:
    path = Path(source)
    if path.exists():
        return path
    bundled = instance_path(str(source))
    if bundled is not None:
        return bundled
    error = OptimizerError(
        Wording(
            zh=f"没有“{source}”这个文件夹、工作簿或内置实例。",
            en=f"There is no folder, workbook or bundled instance '{source}'.",
        ),
        nearest(str(source), bundled_instances()),
    )
    error.exit_code = InputError.exit_code  # type: ignore[misc]
    raise error


def solve(
    instance: Source,
    *,
    set: Mapping[str, object] | None = None,
    gap: float = 1e-3,
    time: float | None = None,
    seed: int = 1,
    solver: str | None = None,
    levels: bool | Literal["compare"] = False,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Plan:
    """The best plan found, audited, with a proven bound for every stage.

    ``gap``: relative, for every stage. ``time``: seconds in all. ``solver``: "prices" (default), "highs", or a
    PuLP solver's name. ``levels``: an upper level divides, places plan, until both agree (``plan.levels``); "compare": and the whole
    program at once beside it. Raises ``NoLegalPlan``, ``StoppedBeforePlan``, ``InputError``, ``PolicyError``.
    """
    from optimizer.solvers import engine_named
    from optimizer.solvers.base import Limits
    from optimizer.solvers.certified import with_prices

    began = clock.perf_counter()
    task = load(instance, set) if not isinstance(instance, Instance) else instance
    read = clock.perf_counter()
    model = build(task)
    built = clock.perf_counter()
    report = progress or (lambda event: None)
    limits = Limits(
        gap, None if time is None else time - (built - began), seed, stop.is_set if stop else (lambda: False), report
    )
    engine = engine_named(solver, model.program)
    number = draw(model.program.sets, seed)
    asked = _by_levels(model, engine, number, limits, levels == "compare") if levels else None
    engine = engine if asked is None else asked.engine
    outcome = engine.solve(model.program, limits, number)
    agreed = None if asked is None else asked.levels(outcome)
    if outcome is None:
        raise _none(model, engine, limits, agreed)
    outcome = with_prices(model.program, outcome, limits)
    x, decided = by_lot(outcome.x, model.program.set_start, model.cases, number)
    solved = clock.perf_counter()
    tables = taken_tables(model, x)
    found = audit(task, tables, seed)
    if found.violations:
        raise PlanBreaksClause(
            Wording(
                zh="求得的方案未通过审核：\n" + "\n".join(v.text.zh for v in found.violations[:10]),
                en="The plan found does not pass the audit:\n" + "\n".join(v.text.en for v in found.violations[:10]),
            )
        )
    seconds = {
        "read": read - began, "build": built - read, "solve": solved - built, "check": clock.perf_counter() - solved
    }  # fmt: skip
    settings = {"gap": gap, "time": time, "seed": seed, "solver": engine.name, "set": dict(set or {})}
    made = _plan(model, outcome, found, number, decided, seed, seconds, settings, engine)
    return replace(made, levels=agreed)


def _by_levels(model: Model, joint: Engine, lottery: Floats, limits: Limits, compare: bool) -> LevelsRun:
    from optimizer.levels.run import LevelsRun

    return LevelsRun(model, joint, lottery, limits, compare)


def _none(model: Model, engine: Engine, limits: Limits, levels: Levels | None = None) -> OptimizerError:
    """Why there is no plan: a conflict (with what places reported, by levels), or no time."""
    conflict = engine.conflict(model.program, limits)
    if conflict is None:
        return StoppedBeforePlan(
            Wording(zh="在时限内没有得到任何合法方案。", en="No legal plan was found before the stop."),
            Wording(zh="Maybe（也许）给更多时间（--time）会有方案。", en="Maybe more time (--time) helps."),
        )
    clauses = []
    for row in conflict.rows:
        rule = next(r for r in model.rules if r.id == model.program.rows["rule"].iloc[row])
        clauses.append((rule, str(model.program.rows["key"].iloc[row])))
    first, key = clauses[0]
    unit = display_unit(first.unit)
    size = UNITS[unit].size * first.per_row
    limit, best = (f"{float(v / size):,.2f}".rstrip("0").rstrip(".") for v in (conflict.limit, conflict.attainable))
    missing = f"{float(abs(conflict.limit - conflict.attainable) / size):,.2f}".rstrip("0").rstrip(".")
    others = list(dict.fromkeys(f"{r.clause}（{r.title.zh}）" for r, _ in clauses[1:]))
    others_en = list(dict.fromkeys(f"{r.clause} ({r.title.en})" for r, _ in clauses[1:]))
    at = f"（{key}）" if key else ""
    short = shortfall_sentences(levels) if levels is not None else []
    return NoLegalPlan(
        Wording(
            zh=f"没有合法方案。{first.clause} {first.title.zh}{at}要求 {limit} {UNITS[unit].zh}，其余条款之下最多（最少）只能达到 {best} "
            f"{UNITS[unit].zh}，相差 {missing} {UNITS[unit].zh}。\n与之冲突的条款：{'；'.join(others) or '各户意愿与资格'}。"
            + "".join("\n" + s.zh for s in short),
            en=f"There is no legal plan. {first.clause} {first.title.en} {key} asks for {limit} {UNITS[unit].en}; under the other clauses "
            f"the best is {best}: {missing} {UNITS[unit].en} are missing.\nIt cannot hold together with: "
            f"{'; '.join(others_en) or 'consents and eligibility'}." + "".join("\n" + s.en for s in short),
        ),
        list(dict.fromkeys(r.clause for r, _ in clauses)),
        Wording(
            zh=f"Maybe（也许）可把“{first.id}”放宽到 {best}，或放宽上述条款。",
            en=f"Maybe loosen '{first.id}' to {best}, or one of the clauses above.",
        ),
    )


def taken_tables(model: Model, x: Ints) -> dict[str, pd.DataFrame]:
    """The plan's rows: keys and quantities (base units) of everything that is not 0."""
    tables = {}
    for name, (first, count) in model.program.tables.items():
        table = model.tables[name]
        values = x[first : first + count]
        rows = np.flatnonzero(values)
        frame = table.frame[list(table.keys)].iloc[rows].reset_index(drop=True)
        whole = [key for key in table.keys if frame[key].dtype.kind == "i"]
        frame[whole] = frame[whole].astype(np.int64)
        if table.quantity:
            frame[table.quantity] = values[rows] * table.frame["_step"].to_numpy()[rows]
        tables[name] = frame
    return tables


def _plan(
    model: Model,
    outcome: Outcome,
    found: Audit,
    number: np.ndarray,  # type: ignore[type-arg]
    decided: np.ndarray,  # type: ignore[type-arg]
    seed: int,
    seconds: dict[str, float],
    settings: dict[str, Any],
    engine: Engine,
) -> Plan:
    from optimizer.solvers.certified import certificate_of

    stages = tuple(
        StageResult(
            s.stage.id, s.stage.clause, s.stage.title, "max" if s.stage.sign > 0 else "min", s.stage.unit,
            found.reached[s.stage.id], s.bound + s.stage.base, s.seconds, s.engine.zh, s.price_seconds,
        )
        for s in outcome.stages
    )  # fmt: skip
    tables, units = plan_tables(model, found)
    lottery = pd.DataFrame({"household": model.program.sets, "number": number, "decided": decided})
    lottery["number"] = lottery["number"].rank(method="first").astype("int64")
    return Plan(
        policy=model.instance.policy.id,
        instance=model.instance.name,
        status="stopped" if outcome.stopped or any(s.gap > settings["gap"] * 1.000001 for s in stages) else "complete",
        tables=tables,
        stages=stages,
        clauses=_priced(model, outcome, found.clauses),
        statements=found.statements,
        lottery=lottery,
        certificate=certificate_of(model.program, outcome, found.reached, model.instance).plain(),
        seed=seed,
        engine=engine.name,
        seconds=seconds,
        settings={**settings, "units": units, "versions": versions()},
        engine_reason=outcome.reason,
    )


def plan_tables(model: Model, found: Audit) -> tuple[dict[str, pd.DataFrame], dict[str, dict[str, str]]]:
    """The plan's tables for people: keys, then (for the choice table) place, class and the titled measures."""
    header = model.instance.policy.policy
    tables, units = {}, {}
    titled = [m for m in model.instance.policy.measure if "title" in m]
    for name, table in found.tables.items():
        columns = [*table.keys, *([table.quantity] if table.quantity else [])]
        unit = {table.quantity: table.unit} if table.quantity else {}
        if table.set_column:
            extra = [
                c for c in ("town", "village", "hamlet", "persons", "rank", "side", "site_kind") if c in table.frame
            ]
            measures = {str(m["id"]): str(m.get("unit", "1")) for m in titled if m.get("on", "moves") == name}
            columns += [c for c in [header.place, *extra, *measures] if c not in columns and c in table.frame]
            unit |= {c: u for c, u in measures.items() if u in ("fen", "dm2", "m")}
        frame = table.frame[list(dict.fromkeys(columns))].copy()
        for column in frame.columns:
            if frame[column].dtype == "category":
                frame[column] = frame[column].astype("str")
        tables[name], units[name] = frame, unit
    return tables, units


def _priced(model: Model, outcome: Outcome, clauses: pd.DataFrame) -> pd.DataFrame:
    """Prices of the stage that counts everybody: what one more display unit of a limit is worth in its unit."""
    stage = next((s for s in reversed(outcome.stages) if s.prices is not None and s.stage.sign > 0), None)
    if stage is None or stage.prices is None:
        return clauses
    rows = model.program.rows
    price = stage.prices[: len(rows)] / 2.0**stage.shift / model.program.row_unit
    known: dict[tuple[str, str], float] = {}
    for rule, key, value in zip(rows["rule"], rows["key"], price, strict=True):
        known[rule, key] = known.get((rule, key), 0.0) + float(value)
    size = {unit: float(UNITS[display_unit(unit)].size) for unit in clauses["unit"].unique()}
    values = [
        known.get((rule, key), np.nan) * size[unit]
        for rule, key, unit in zip(clauses["rule"], clauses["key"], clauses["unit"], strict=True)
    ]
    return clauses.assign(price=values)


def versions() -> dict[str, str]:
    """Python and the packages that a plan depends on."""
    names = ("highspy", "pulp", "numpy", "scipy", "pandas", "networkx", "pydantic")
    return {"python": platform.python_version(), **{n: metadata.version(n) for n in names}}


def check(instance: Source, plan: Plan | str | Path, set: Mapping[str, object] | None = None) -> list[Violation]:
    """Every clause that a plan breaks, and every written amount that is not its own.

    ``plan``: a ``Plan``, a plan folder, or a plan made by hand (see ``read_handmade``).
    """
    task = load(instance, set) if not isinstance(instance, Instance) else instance
    if isinstance(plan, Plan):
        tables, statements, seed = plan.tables, plan.statements, plan.seed
    elif not (Path(plan) / "plan.json").exists():
        tables, statements, seed = read_handmade(Path(plan), task.policy), {}, 1
    else:
        folder = Path(plan)
        tables, statements, seed = read_plan_folder(folder), read_statements(folder), read_seed(folder)
    found = audit(task, tables, seed)
    return [*found.violations, *altered_records(task, tables, statements, found)]


def certify(instance: Source, plan: Plan | str | Path) -> Verification:
    """What the plan's certificate proves, recomputed from the instance's tables in whole numbers and without a solver,
    and everything that does not hold.

    Numbers that the plan was made with (``--set``) are put over the policy, as the plan states them. Raises
    ``OptimizerError`` where the plan or its certificate cannot be read.
    """
    stated = stated_of(plan) if isinstance(plan, Plan) else read_stated(Path(plan))
    return verify(load(instance, stated.changes) if not isinstance(instance, Instance) else instance, stated)


def write(plan: Plan, instance: Instance, out: str | Path, language: Language = "zh") -> None:
    """The plan folder: plan.json, tables, clauses.csv, certificate.json, plan.xlsx, report.html."""
    write_plan_folder(plan, instance, Path(out), language)


def new(policy: str, path: str | Path) -> None:
    """An empty workbook for a policy."""
    write_empty_workbook(policy_named(policy), Path(path))


def policy_named(policy: str) -> Policy:
    """A bundled policy by its id."""
    return load_policy(model_path(policy))


def solvers() -> list[Any]:
    """What can solve here: name, version, available, note."""
    from optimizer.solvers import installed

    return installed()
