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
from optimizer.analysis.contradictions import refuse_contradictions
from optimizer.analysis.matching import as_vector
from optimizer.analysis.variant import varied_again
from optimizer.build import Model, build
from optimizer.bundled import bundled_instances, instance_path, model_path
from optimizer.check import Audit, audit
from optimizer.errors import InputError, OptimizerError, PlanBreaksClause
from optimizer.instance import Instance
from optimizer.kinds import nearest
from optimizer.lottery import by_lot, draw
from optimizer.plan import Plan, StageResult
from optimizer.policy import Policy
from optimizer.policy.load import load_policy
from optimizer.program import Floats, Ints
from optimizer.progress import Progress
from optimizer.reading import read_instance, write_empty_workbook
from optimizer.records import altered_records
from optimizer.refusal import no_plan
from optimizer.report.folder import read_plan_folder, read_seed, read_statements, write_plan_folder
from optimizer.report.handmade import read_handmade
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
    beside = path if path.is_dir() else path.parent
    instance, notices = read_instance(path, lambda policy: policy_named(policy, beside, set))
    bundled = not Path(source).exists()
    instance = replace(instance, source=str(source) if bundled else str(path.resolve()))
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
    start: Mapping[str, pd.DataFrame] | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Plan:
    """The best plan found, audited, with a proven bound for every stage.

    ``gap``: relative, for every stage. ``time``: seconds in all. ``solver``: "prices" (default), "highs", or a
    PuLP solver's name. ``levels``: an upper level divides, places plan, until both agree (``plan.levels``); "compare": and the whole
    program at once beside it. ``start``: tables of a plan to begin with, where it is legal. Raises ``NoLegalPlan``, ``StoppedBeforePlan``, ``InputError``, ``PolicyError``.
    """
    from optimizer.solvers import engine_named
    from optimizer.solvers.base import Limits
    from optimizer.solvers.certified import with_prices

    began = clock.perf_counter()
    task = load(instance, set) if not isinstance(instance, Instance) else instance
    read = clock.perf_counter()
    refuse_contradictions(task)
    model = build(task)
    built = clock.perf_counter()
    report = progress or (lambda event: None)
    limits = Limits(
        gap,
        None if time is None else time - (built - began),
        seed,
        stop.is_set if stop else (lambda: False),
        report,
        start=None if start is None else as_vector(model, start),
    )
    engine = engine_named(solver, model.program)
    number = draw(model.program.sets, seed)
    asked = _by_levels(model, engine, number, limits, levels == "compare") if levels else None
    engine = engine if asked is None else asked.engine
    outcome = engine.solve(model.program, limits, number)
    agreed = None if asked is None else asked.levels(outcome)
    if outcome is None:
        raise no_plan(model, engine, limits, agreed)
    outcome = with_prices(model.program, outcome, limits)
    x, decided = by_lot(outcome.x, model.program.set_start, model.cases, number)
    solved = clock.perf_counter()
    tables = taken_tables(model, x)
    found = audit(task, tables, seed)
    seconds = {
        "read": read - began, "build": built - read, "solve": solved - built, "check": clock.perf_counter() - solved
    }  # fmt: skip
    settings = {
        "gap": gap,
        "time": time,
        "seed": seed,
        "solver": engine.name,
        "set": dict(set or {}),
        "source": task.source,
        **({"varied": list(task.variation)} if task.variation else {}),
    }
    made = replace(_plan(model, outcome, found, number, decided, seed, seconds, settings, engine), levels=agreed)
    if found.violations:
        raise PlanBreaksClause(
            Wording(
                zh="求得的方案未通过审核：\n" + "\n".join(v.text.zh for v in found.violations[:10]),
                en="The plan found does not pass the audit:\n" + "\n".join(v.text.en for v in found.violations[:10]),
            ),
            plan=made,
        )
    return made


def _by_levels(model: Model, joint: Engine, lottery: Floats, limits: Limits, compare: bool) -> LevelsRun:
    from optimizer.levels.run import LevelsRun

    return LevelsRun(model, joint, lottery, limits, compare)


def taken_tables(model: Model, x: Ints) -> dict[str, pd.DataFrame]:
    """The plan's rows: keys and quantities (base units) of everything that is not 0."""
    tables = {}
    for name, (first, count) in model.program.tables.items():
        table = model.tables[name]
        if table.auxiliary:
            continue
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
    task = load(instance, stated.changes) if not isinstance(instance, Instance) else instance
    if stated.variation and not task.variation:
        try:
            task = varied_again(task, stated.variation)
        except ValueError as error:
            raise OptimizerError(
                Wording(
                    f"方案所记的改动读不懂：{error}。", f"The changes that the plan states cannot be read: {error}."
                ),
                Wording("Maybe（也许）文件被改动过。", "Maybe the file was edited."),
            ) from None
    return verify(task, stated)


def write(plan: Plan, instance: Instance, out: str | Path, language: Language = "zh") -> None:
    """The plan folder: plan.json, tables, clauses.csv, certificate.json, plan.xlsx, report.html."""
    write_plan_folder(plan, instance, Path(out), language)


def new(policy: str, path: str | Path) -> None:
    """An empty workbook for a policy: the id of a bundled one, or a policy file (.toml) of one's own."""
    write_empty_workbook(policy_named(policy), Path(path))


def policy_named(policy: str, beside: Path = Path(), set: Mapping[str, object] | None = None) -> Policy:
    """A bundled policy by its id, or one's own by its file (.toml), looked up from the folder ``beside``; ``set`` as in
    ``load_with_notices``. Raises ``PolicyError``."""
    if policy.lower().endswith(".toml"):
        return load_policy(beside / policy, set, bundled=False)
    return load_policy(model_path(policy), set)


def solvers() -> list[Any]:
    """What can solve here: name, version, available, note."""
    from optimizer.solvers import installed

    return installed()
