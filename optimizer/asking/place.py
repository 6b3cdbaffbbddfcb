"""A household that comes after the plan is placed at once, at the plan's prices, in the room that the plan left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from optimizer.analysis.matching import taken_options
from optimizer.analysis.placing import Options, left_after, options_at_prices, with_place
from optimizer.analysis.variant import varied
from optimizer.api import Source
from optimizer.asking.amounts import amounts_for
from optimizer.asking.plan import Asked, asked
from optimizer.build import build
from optimizer.check import audit
from optimizer.decisions import decisions_of
from optimizer.decisions.choice import Choice
from optimizer.errors import OptimizerError
from optimizer.instance import Instance
from optimizer.lagrangian.record import Certificate
from optimizer.plan import Plan
from optimizer.plan_of import taken_tables
from optimizer.program import Ints
from optimizer.reading.additions import read_additions
from optimizer.report.place import place_lines
from optimizer.report.stated import read_stated, stated_of
from optimizer.rules import Violation
from optimizer.wording import Wording

TRIES = 6
"""So many options are audited, the best first; and so many are tried with other amounts where none fits as they are."""


@dataclass(frozen=True)
class Placed:
    """What one household gets. ``options``: each of its options (see ``analysis.placing.Options``). ``chosen``: keys of the one it
    gets (None: none fits). ``left``: what is left of the limits it takes part of. ``amounts``: whether amounts (homes, money)
    were settled anew for it. ``tables``: the plan with it (keys and quantities, base units). ``broken``: clauses that the plan
    breaks without and with it (others withdrew; or a hamlet cleared whole has one house more now). ``text``: the answer."""

    household: str
    options: Options
    chosen: Mapping[str, object] | None
    left: pd.DataFrame
    amounts: bool
    tables: Mapping[str, pd.DataFrame]
    broken: tuple[Violation, ...]
    text: Wording


def place(plan: Plan | str | Path, who: str | Path, instance: Source | None = None) -> tuple[Placed, ...]:
    """Place ``who``: the code of a household of the instance that has no place, or a folder or workbook with new rows of its tables
    (households, consents …), whose households come in their order. The plan itself is not changed: see ``Placed.tables``.

    No plan with a household more breaks a clause in the exact audit that it kept without, or the household gets nothing. Raises ``OptimizerError`` where the
    household is unknown or has a place already, ``InputError`` for faulty rows.
    """
    about = asked(plan, instance)
    certificate = (stated_of(plan) if isinstance(plan, Plan) else read_stated(Path(plan))).certificate
    task, codes = _comers(about, who)
    tables, found = about.tables, list[Placed]()
    for code in codes:
        found.append(_placed(task, tables, code, certificate, about.seed))
        tables = found[-1].tables
    return tuple(found)


def _comers(about: Asked, who: str | Path) -> tuple[Instance, list[str]]:
    """The task with the new rows, and the households to place, in order."""
    choice = _choice(about.instance)
    if not Path(who).exists():
        held = about.tables[choice.id]
        if (held[choice.set].astype(str) == str(who)).any():
            raise OptimizerError(
                Wording(f"{who} 在方案里已有安置。", f"{who} has a place in the plan already."),
                Wording("Maybe（也许）用 why 查看它的安置。", "Maybe ask with why what it got."),
            )
        return about.instance, [str(who)]
    tables, _ = read_additions(Path(who), about.instance)
    home = next(t.name for t in about.instance.policy.table if t.key == [choice.set])
    changed = tables.get(home, tables.get(choice.source))
    if changed is None:
        raise OptimizerError(
            Wording(f"“{who}”里没有农户，也没有意愿。", f"'{who}' has neither households nor what they agree to."),
            Wording("Maybe（也许）文件名写错了。", "Maybe a file is misnamed."),
        )
    before = len(about.instance.tables[home if home in tables else choice.source])
    codes = changed[choice.set].iloc[before:].astype(str).drop_duplicates().tolist()
    taken = set(about.tables[choice.id][choice.set].astype(str))
    return varied(about.instance, tables=tables), [code for code in codes if code not in taken]


def _choice(instance: Instance) -> Choice:
    found = next((d for d in decisions_of(instance.policy) if isinstance(d, Choice)), None)
    if found is None:
        raise OptimizerError(
            Wording("这项政策没有逐户的选择。", "This policy has no choices of households."),
            Wording("Maybe（也许）请看 clauses.csv。", "Maybe look at clauses.csv."),
        )
    return found


def _placed(
    task: Instance, tables: Mapping[str, pd.DataFrame], household: str, certificate: Certificate, seed: int
) -> Placed:
    """The best option that fits and breaks nothing new in the audit; else the best with amounts settled anew; else none."""
    options = options_at_prices(task, tables, household, certificate, seed)
    fits = options.frame.loc[options.frame["fits"]].head(TRIES)
    before = audit(task, tables, seed).violations
    known = {(v.rule, v.key) for v in before}
    chosen, after, broken, again = None, dict(tables), before, False
    stopped: dict[int, Violation] = {}
    for at, row in zip(fits.index, fits.to_dict("records"), strict=True):
        tried = with_place(task, tables, _keys(options, row), household)
        wrong = audit(task, tried, seed).violations
        fresh = [v for v in wrong if (v.rule, v.key) not in known]
        if not fresh:
            chosen, after, broken = _keys(options, row), tried, wrong
            break
        stopped[at] = fresh[0]
    if chosen is None:
        chosen, after, again = _with_amounts(task, tables, options, household, seed)
        broken = () if chosen is not None else before
    options = replace(options, frame=_noted(options.frame, stopped))
    left = left_after(task, after, household, seed) if chosen is not None else pd.DataFrame()
    lines = [
        "\n".join(place_lines(task, options, household, chosen, left, again, broken, language))
        for language in ("zh", "en")
    ]
    return Placed(household, options, chosen, left, again, after, broken, Wording(*lines))


def _keys(options: Options, row: Mapping[Any, Any]) -> dict[str, object]:
    return {k: int(row[k]) if isinstance(row[k], (int, np.integer)) else str(row[k]) for k in options.keys[1:]}


def _noted(frame: pd.DataFrame, stopped: Mapping[int, Violation]) -> pd.DataFrame:
    """Options that fit every limit but that the audit refuses are stopped by the clause that it names."""
    done = frame.copy()
    for at, violation in stopped.items():
        done.loc[at, ["fits", "clause", "rule", "key"]] = [False, violation.clause, violation.rule, violation.key]
    return done


def _with_amounts(
    task: Instance, tables: Mapping[str, pd.DataFrame], options: Options, household: str, seed: int
) -> tuple[dict[str, object] | None, dict[str, pd.DataFrame], bool]:
    """The best option that fits once the amounts are settled anew, as good for the plan's last goal over them as they can be."""
    frame = options.frame.loc[~options.frame["refused"] & options.frame["net"].notna()]
    frame = frame.sort_values("net", ascending=False, kind="stable", key=lambda s: s.map(int)).head(TRIES)
    if frame.empty or all(d.set_column is not None for d in decisions_of(task.policy)):
        return None, dict(tables), False
    model = build(task)
    program = model.program
    goal = next((s for s in reversed(program.stages) if s.given_choices), None)
    cost = np.zeros(program.columns) if goal is None else (goal.sign * goal.value).astype(np.float64)
    for row in frame.to_dict("records"):
        tried = with_place(task, tables, _keys(options, row), household)
        x = amounts_for(program, _taken(model, tried), (program.row_lower, program.row_upper), cost)
        if x is None:
            continue
        made = taken_tables(model, x)
        if not audit(task, made, seed).violations:
            return _keys(options, row), made, True
    return None, dict(tables), False


def _taken(model: Any, tables: Mapping[str, pd.DataFrame]) -> Ints:
    return taken_options(model, tables)


def place_record(found: tuple[Placed, ...]) -> dict[str, Any]:
    """The answer for ``--json``; amounts are whole base units of the unit beside them."""
    return {"status": "ok", "placed": [_record(each) for each in found]}


def _record(each: Placed) -> dict[str, Any]:
    frame = each.options.frame.drop(columns=["worth"])
    scale = 2.0**each.options.shift
    frame = frame.assign(net=[None if pd.isna(n) else n / scale for n in frame["net"]])
    return {
        "household": each.household,
        "chosen": None if each.chosen is None else dict(each.chosen),
        "amounts_settled_anew": each.amounts,
        "options": frame.astype(object).to_dict("records"),
        "left": each.left.astype(object).to_dict("records"),
        "broken": [{"clause": v.clause, "rule": v.rule, "key": v.key} for v in each.broken],
        "text": {"zh": each.text.zh, "en": each.text.en},
    }
