"""What ``import optimizer`` offers: load, solve, check, certify, write, new, solvers.

Solvers are imported where one is asked for, so that a plan can be checked and certified where none is installed.
"""

from __future__ import annotations

import threading
import time as clock
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from optimizer.analysis.certificate import Verification, verify
from optimizer.analysis.contradictions import refuse_contradictions, refuse_out_of_reach
from optimizer.analysis.matching import plan_columns
from optimizer.analysis.variant import varied_again
from optimizer.build import Model, build
from optimizer.bundled import bundled_instances, instance_path, model_path
from optimizer.check import audit
from optimizer.errors import InputError, OptimizerError
from optimizer.instance import Instance
from optimizer.kinds import nearest
from optimizer.lottery import by_lot, draw
from optimizer.plan import Plan
from optimizer.plan_of import plan_of, refuse_broken, taken_tables
from optimizer.policy import Policy
from optimizer.policy.load import load_policy
from optimizer.program import Floats
from optimizer.progress import Progress
from optimizer.reading import read_instance, write_empty_workbook
from optimizer.records import altered_records
from optimizer.refusal import no_plan
from optimizer.report.folder import read_plan_folder, read_seed, read_statements, write_plan_folder
from optimizer.report.handmade import read_handmade
from optimizer.report.stated import read_stated, stated_of
from optimizer.rules import Violation
from optimizer.units import to_base
from optimizer.wording import Language, Wording

if TYPE_CHECKING:
    from optimizer.levels.run import LevelsRun
    from optimizer.solvers import Engine
    from optimizer.solvers.base import Limits

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
    settled: Callable[[Instance, Mapping[str, pd.DataFrame]], Instance] | None = None,
) -> Plan:
    """The best plan found, audited, with a proven bound for every stage.

    ``gap``: relative, for every stage. ``time``: seconds in all. ``solver``: "prices" (default), "highs", or a
    PuLP solver's name. ``levels``: an upper level divides, places plan, until both agree (``plan.levels``); "compare": and the whole
    program at once beside it. ``start``: tables of a plan to begin with, where it is legal. ``settled``: makes of the task and
    the plan's tables the task that the plan is for, with rules more that this plan keeps; it is audited and certified against
    that. Raises ``NoLegalPlan``, ``StoppedBeforePlan``, ``InputError``, ``PolicyError``.
    """
    from optimizer.solvers import engine_named
    from optimizer.solvers.base import Limits
    from optimizer.solvers.certified import with_prices

    began = clock.perf_counter()
    task = load(instance, set) if not isinstance(instance, Instance) else instance
    read = clock.perf_counter()
    refuse_contradictions(task)
    model = build(task)
    refuse_out_of_reach(model)
    built = clock.perf_counter()
    limits = Limits(
        gap, None if time is None else time - (built - began), seed, stop.is_set if stop else (lambda: False),
        progress or (lambda event: None), start=None if start is None else plan_columns(model, start),
    )  # fmt: skip
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
    if settled is not None:
        task = settled(task, tables)
        model = replace(model, instance=task)
    found = audit(task, tables, seed)
    seconds = {
        "read": read - began, "build": built - read, "solve": solved - built, "check": clock.perf_counter() - solved
    }  # fmt: skip
    varied = {"varied": list(task.variation)} if task.variation else {}
    settings = {
        "gap": gap, "time": time, "seed": seed, "solver": engine.name, "set": dict(set or {}), "source": task.source, **varied
    }  # fmt: skip
    made = replace(plan_of(model, outcome, found, number, decided, seed, seconds, settings, engine), levels=agreed)
    refuse_broken(found.violations, made)
    return made


def _by_levels(model: Model, joint: Engine, lottery: Floats, limits: Limits, compare: bool) -> LevelsRun:
    from optimizer.levels.run import LevelsRun

    return LevelsRun(model, joint, lottery, limits, compare)


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


def write(
    plan: Plan, instance: Instance, out: str | Path, language: Language = "zh", *, carried: bool = False
) -> None:  # fmt: skip
    """The plan folder: plan.json, tables, clauses.csv, certificate.json, plan.xlsx, report.html; ``carried``: and the instance,
    where it is no file's."""
    write_plan_folder(plan, instance, Path(out), language, carried=carried)


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
