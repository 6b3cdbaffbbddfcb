"""From a solver's outcome to the finished plan: its tables, stages, prices and certificate."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib import metadata
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from optimizer.build import Model
from optimizer.check import Audit
from optimizer.errors import PlanBreaksClause
from optimizer.plan import Plan, StageResult
from optimizer.program import Ints
from optimizer.rules import Violation
from optimizer.units import UNITS, display_unit
from optimizer.wording import Wording

if TYPE_CHECKING:
    from optimizer.solvers import Engine
    from optimizer.solvers.base import Outcome


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


def plan_of(
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
    """The plan of an outcome whose audit is ``found``: stages with the values that the audit reached and the proven bounds, priced
    clauses, the lottery (``number``; ``decided``: sets for which it decided), the certificate, and how it was made."""
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


def refuse_broken(violations: Sequence[Violation], plan: Plan) -> None:
    """Raises ``PlanBreaksClause``, with the plan and the first clauses that it breaks, unless there are none."""
    if violations:
        first = violations[:10]
        raise PlanBreaksClause(
            Wording(
                zh="求得的方案未通过审核：\n" + "\n".join(v.text.zh for v in first),
                en="The plan found does not pass the audit:\n" + "\n".join(v.text.en for v in first),
            ),
            plan=plan,
        )
