"""What withdrawals do to a plan, and who follows: reserve lists, and expected and worst results over seeded scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from optimizer.analysis.matching import plan_columns
from optimizer.analysis.settled import with_settled
from optimizer.analysis.variant import varied
from optimizer.analysis.withdrawals import (
    Reserve,
    Scenarios,
    alone,
    missed,
    reached,
    reserve_lists,
    run_scenarios,
    unused,
    withdrawn,
)
from optimizer.api import Source, load, solve
from optimizer.asking.amounts import amounts_for, nearest_amounts
from optimizer.asking.plan import Asked, asked
from optimizer.build import Model, build
from optimizer.check import Audit, audit
from optimizer.decisions import decisions_of
from optimizer.decisions.choice import Choice
from optimizer.errors import OptimizerError
from optimizer.instance import Instance
from optimizer.kinds import nearest
from optimizer.plan import Plan
from optimizer.plan_of import taken_tables
from optimizer.program import FREE, Floats, Ints
from optimizer.reading.rates import OTHERS, read_rates
from optimizer.report.reserve import reserve_lines
from optimizer.units import UNITS
from optimizer.wording import Wording

AUDITED = 3
"""So many scenarios are audited from their tables: the worst ones. Every scenario's limits are kept in whole numbers anyway."""

STOCKS = ("fen", "dm2")
"""Where amounts cannot keep every limit it is money and land that are told to be short, not what depends on them."""

MOST = 100_000
"""Scenarios in one go."""


@dataclass(frozen=True)
class ReservePlan:
    """``lists``: who follows where (see ``analysis.withdrawals.reserve_lists``). ``scenarios``: a row a scenario: withdrawn, called,
    placed, placed_without, for each goal its id and id + "_without", unused and unused_without (fen, where the policy limits
    money), missed and missed_without (how many targets and shares are missed), audited (what the audit found: −1 not asked,
    else clauses broken beyond the targets that are named). ``targets``: in how many scenarios which target is missed, with
    and without the list, and by how much at worst. ``by``: the column of the lists. ``text``: the answer."""

    lists: pd.DataFrame
    scenarios: pd.DataFrame
    targets: pd.DataFrame
    by: str
    text: Wording
    reserve: Reserve
    found: Scenarios


def reserve(
    plan: Plan | str | Path, rates: str | float | Path, scenarios: int = 200, seed: int = 1,
    instance: Source | None = None, audits: int = AUDITED,
) -> ReservePlan:  # fmt: skip
    """Reserve lists for a plan, and what ``scenarios`` seeded draws of withdrawals do to it with and without them.

    ``plan``: a plan, its folder, or an instance (folder, workbook, bundled name), which is solved first. ``rates``: see
    ``optimizer.reading.rates.read_rates``. ``audits``: so many scenarios, the worst first, are audited from their tables.
    Raises ``OptimizerError`` for unknown rates, and what ``solve`` raises.
    """
    if not 1 <= scenarios <= MOST:
        raise OptimizerError(
            Wording(
                f"情景数应在 1 到 {MOST} 之间，不能是 {scenarios}。", f"Scenarios must be 1 to {MOST}, not {scenarios}."
            )
        )
    about = _asked(plan, instance, seed)
    model = build(about.instance)
    choice = _choice(about.instance)
    held = Reserve.of(model, plan_columns(model, about.tables), about.seed)
    chance = _chances(model, held, rates, about.instance)
    gone = withdrawn(chance, scenarios, seed)
    found = run_scenarios(held, gone, lambda choices: _settled(model, held, choices))
    by = next((k for k in ("site", *choice.key) if k in choice.key and k != "mode"), about.instance.policy.policy.place)
    frame = _frame(held, found, about.instance)
    worst = np.argsort(frame["placed"].to_numpy(), kind="stable")[:audits]
    for number in worst.tolist():
        frame.loc[number, "audited"] = len(unforeseen(held, found, about.instance, number, about.seed))
    lists, targets = reserve_lists(held, found, by), _targets(held, found)
    lines = [
        "\n".join(
            reserve_lines(
                about.instance, lists, frame, targets, by, float(chance.mean()) if len(chance) else 0.0, language
            )
        )
        for language in ("zh", "en")
    ]
    return ReservePlan(lists, frame, targets, by, Wording(*lines), held, found)


def _asked(plan: Plan | str | Path, instance: Source | None, seed: int) -> Asked:
    """The plan to ask about; an instance is solved first."""
    if isinstance(plan, Plan) or (Path(plan) / "plan.json").is_file():
        return asked(plan, instance)
    task = load(plan)
    made = solve(task, seed=seed)
    return Asked(task, made.tables, made.seed)


def _choice(instance: Instance) -> Choice:
    found = next((d for d in decisions_of(instance.policy) if isinstance(d, Choice)), None)
    if found is None:
        raise OptimizerError(
            Wording("这项政策没有逐户的选择。", "This policy has no choices of households."),
            Wording("Maybe（也许）请看 clauses.csv。", "Maybe look at clauses.csv."),
        )
    return found


def _chances(model: Model, held: Reserve, rates: str | float | Path, instance: Instance) -> Floats:
    """How likely each household with a place is to withdraw."""
    column, rate = read_rates(rates)
    rest = rate.get(OTHERS, 0.0)
    if not column:
        return np.full(len(held.placed), rest)
    choice = _choice(instance)
    names = pd.DataFrame({choice.set: pd.Series(np.asarray(model.program.sets, dtype=object)[held.placed]).astype(str)})
    known = {choice.set: names[choice.set]}
    whole = choice.complete(_rows(model, held), instance, [])
    known |= {name: whole[name].astype(str) for name in whole.columns}
    if column not in known:
        raise OptimizerError(
            Wording(f"没有“{column}”这一列可以对应比例。", f"There is no column '{column}' that rates could go by."),
            nearest(column, known),
        )
    codes = known[column].astype(object)
    unknown = sorted(set(rate) - {OTHERS} - set(_codes(instance, column, codes)))
    if unknown:
        raise OptimizerError(
            Wording(f"比例表里的“{unknown[0]}”不在“{column}”之中。", f"'{unknown[0]}' of the rates is no {column}."),
            nearest(unknown[0], _codes(instance, column, codes)),
        )
    return codes.map(rate).fillna(rest).to_numpy(dtype=np.float64)


def _codes(instance: Instance, column: str, codes: pd.Series[Any]) -> list[str]:
    """Every code that a column can have: those of the table that it is the key of, else those that occur."""
    for table in instance.policy.table:
        if table.key == [column]:
            return [str(code) for code in instance.tables[table.name][column]]
    return [str(code) for code in codes.unique()]


def _rows(model: Model, held: Reserve) -> pd.DataFrame:
    """The plan's rows of the choice table, in order of the placed sets."""
    choice = next(t for t in model.tables.values() if t.set_column)
    frame = choice.frame[list(choice.keys)].iloc[held.held[held.placed]].reset_index(drop=True)
    return frame.astype({k: object for k in choice.keys if frame[k].dtype == "category"})


def _settled(model: Model, held: Reserve, choices: Ints) -> Ints | None:
    """Amounts for what is left, as good for the plan's last goal over them as they can be. Where none keep every limit
    targets may be missed; where that does not suffice either, the limits are missed by as little as can be."""
    program, offer = model.program, held.offer
    if program.options == program.columns:
        return None
    loose = alone(held)
    high = np.where(loose, FREE, offer.high)
    goal = next((s for s in reversed(program.stages) if s.given_choices), None)
    cost = np.zeros(program.columns) if goal is None else (goal.sign * goal.value).astype(np.float64)
    for aims in (loose, loose | offer.asked):
        found = amounts_for(program, choices, (np.where(aims, -FREE, offer.low), high), cost)
        if found is not None:
            return found
    units = {rule.id: UNITS[rule.unit].base for rule in model.rules}
    stocks = program.rows["rule"].map(units).isin(STOCKS).to_numpy() | offer.asked
    return nearest_amounts(program, choices, (np.where(loose, -FREE, offer.low), high), cost, stocks)


def _frame(held: Reserve, found: Scenarios, instance: Instance) -> pd.DataFrame:
    """A row a scenario."""
    gone, called = found.gone.sum(axis=1), (found.called >= 0).sum(axis=1)
    placed = len(held.placed) - gone
    parts = {"withdrawn": gone, "called": called, "placed": placed + called, "placed_without": placed}
    frame = pd.DataFrame({**parts, "failed": found.failed})
    for end, with_list in (("", True), ("_without", False)):
        frame = frame.join(reached(held, found, with_list).add_suffix(end))
    money = [r.id for r in held.model.rules if UNITS[r.unit].base == "fen" and r.kind == "total" and not r.stretch]
    if money:
        last = instance.policy.policy.money_years[1]
        frame["unused"] = unused(held, found.used, money[:1], last)
        frame["unused_without"] = unused(held, found.without, money[:1], last)
    frame["missed"] = (missed(held, found.used) > 0).sum(axis=1)
    frame["missed_without"] = (missed(held, found.without) > 0).sum(axis=1)
    return frame.assign(audited=-1)


def _targets(held: Reserve, found: Scenarios) -> pd.DataFrame:
    """Targets and shares that some scenario misses: clause, rule, key, unit, times, times_without, worst, worst_without."""
    program = held.model.program
    after, before = missed(held, found.used), missed(held, found.without)
    rules = {r.id: r for r in held.model.rules}
    rows = []
    for row in np.flatnonzero((after > 0).any(axis=0) | (before > 0).any(axis=0)):
        name = str(program.rows["rule"].iloc[row])
        size = int(program.row_unit[row])
        rows.append(
            (str(program.rows["clause"].iloc[row]), name, str(program.rows["key"].iloc[row]), rules[name].unit, rules[name].kind,
             int((after[:, row] > 0).sum()), int((before[:, row] > 0).sum()),
             int(after[:, row].max()) * size, int(before[:, row].max()) * size)
        )  # fmt: skip
    columns = ["clause", "rule", "key", "unit", "kind", "times", "times_without", "worst", "worst_without"]
    return pd.DataFrame(rows, columns=columns)


def scenario_plan(
    held: Reserve, found: Scenarios, instance: Instance, number: int
) -> tuple[Instance, Mapping[str, pd.DataFrame]]:
    """One scenario as a planning task of its own (those who withdrew agree to nothing more, those who stay keep what they have)
    and its plan with the list."""
    model = held.model
    choice = _choice(instance)
    left = set(map(str, np.asarray(model.program.sets, dtype=object)[held.placed[found.gone[number]]]))
    source = instance.tables[choice.source]
    kept = source.loc[~source[choice.set].isin(left)].reset_index(drop=True)
    task = varied(instance, tables={choice.source: kept})
    stay = held.x.copy()
    stay[: model.program.options][held.held[held.placed[found.gone[number]]]] = 0
    return with_settled(task, taken_tables(model, stay)), taken_tables(model, found.plan(held, number))


def unforeseen(held: Reserve, found: Scenarios, instance: Instance, number: int, seed: int) -> list[tuple[str, str]]:
    """What the exact audit finds broken in a scenario beyond the targets and shares that it is known to miss, and such of
    these as the audit does not find: none where the scenario is told rightly."""
    task, tables = scenario_plan(held, found, instance, number)
    audited: Audit = audit(task, tables, seed)
    told = {(v.rule, v.key.removesuffix(" >=").removesuffix(" <=")) for v in audited.violations}
    rows = held.model.program.rows.iloc[np.flatnonzero(missed(held, found.used)[number])]
    named = set(zip(rows["rule"].astype(str), rows["key"].astype(str), strict=True))
    return sorted(told ^ named)


def reserve_record(found: ReservePlan) -> dict[str, Any]:
    """The answer for ``--json``; amounts are whole base units."""
    frame = found.scenarios
    numbers = [c for c in frame.columns if c not in ("failed", "audited")]
    summary = {
        name: {"mean": float(frame[name].mean()), "least": int(frame[name].min()), "most": int(frame[name].max())}
        for name in numbers
    }
    return {
        "status": "ok",
        "scenarios": len(frame),
        "summary": summary,
        "targets": found.targets.astype(object).to_dict("records"),
        "audited": int((frame["audited"] >= 0).sum()),
        "audit_faults": int(frame["audited"].clip(lower=0).sum()),
        "lists": found.lists.astype(object).to_dict("records"),
        "text": {"zh": found.text.zh, "en": found.text.en},
    }
