"""The limit of one line of the clause report, as something that could be moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from optimizer.analysis.levers import MOST
from optimizer.build import Model
from optimizer.policy.terms import Term
from optimizer.program import FREE, Ints
from optimizer.rules import Rule
from optimizer.rules.base import KEY_JOIN
from optimizer.rules.share import Share
from optimizer.rules.total import Total
from optimizer.units import UNITS, display_unit


@dataclass(frozen=True)
class LineLever:
    """One line's limit, loosened by whole ``step``s (base units of ``unit``): see ``Lever`` for ``rows`` and ``entries``.
    ``limit``: the line's limit; ``balance``: it is an account that may not fall below 0, and loosening it is having more;
    ``hint``: the first goal (position) that has a price on the line, and that price: where to look first, no result."""

    rule: Rule
    key: str
    sense: str
    limit: int
    hint: tuple[int, float]
    step: int
    unit: str
    rows: Ints
    entries: Ints
    balance: bool
    most: int = MOST

    @property
    def columns(self) -> Ints:
        """No bounds of columns."""
        return np.zeros(0, dtype=np.int64)

    @property
    def room(self) -> Ints:
        """No bounds of columns."""
        return np.zeros(0, dtype=np.int64)


Hints = Mapping[tuple[str, str], tuple[int, float]]
"""Rule and key → the first goal (position) in whose certificate the line has a price, and the price of one base unit."""

NO_HINT = (10**6, 0.0)


def hints_of(certificate: Mapping[str, Any]) -> Hints:
    """The prices that a plan's certificate states, by line."""
    found: dict[tuple[str, str], tuple[int, float]] = {}
    for number, stage in enumerate(certificate.get("stages", ())):
        for rule, key, price, unit in stage.get("prices", ()):
            if price and (rule, key) not in found:
                found[str(rule), str(key)] = (number, price / 2.0 ** stage.get("shift", 0) / unit)
    return found


def untouched(certificate: Mapping[str, Any]) -> dict[str, set[tuple[str, str]]]:
    """Of each goal whose bound its prices prove and the plan reaches: the lines with a price. Loosening any other line leaves
    the proof as it is: no plan can be better for that goal."""
    return {
        str(stage["stage"]): {(str(rule), str(key)) for rule, key, price, _ in stage["prices"] if price}
        for stage in certificate.get("stages", ())
        if stage.get("proof") == "prices" and stage["value"] == stage["bound"]
    }


def line_levers(model: Model, clauses: pd.DataFrame, hints: Hints) -> list[LineLever]:
    """The lines of totals and shares that hold the plan: those without room, and those with a price (a hint of the solver's
    where to look); the most promising first. Left out: lines that define one amount by others (a limit of 0 with nothing
    given beside it), whose limit nobody could change; ``equal`` ones without a price, which hold in both ways."""
    rules = {r.id: r for r in model.rules}
    found = []
    for line in clauses.itertuples(index=False):
        rule, key = rules.get(str(line.rule)), str(line.key) if pd.notna(line.key) else ""
        hint = hints.get((str(line.rule), key), NO_HINT)
        holding = line.status == "binding" or (hint != NO_HINT and line.status == "met")
        if not holding or pd.isna(line.limit) or not isinstance(rule, Total | Share) or getattr(rule, "stretch", False):
            continue
        if _defines(rule, model):
            continue
        lever = _lever(model, rule, key, str(line.sense), int(line.limit), hint)
        if lever is not None:
            found.append(lever)
    return sorted(found, key=lambda x: (x.hint[0], -abs(x.hint[1]) * x.step))


def _defines(rule: Total | Share, model: Model) -> bool:
    """Whether the rule only ties amounts to each other."""
    if isinstance(rule, Share):
        return False
    limits = [v for v in (rule.at_least, rule.at_most, rule.equal) if v is not None]
    given = any(term.table not in model.tables for term in rule.terms)
    return 0 in [v for v in limits if not isinstance(v, Term)] and not given


def _lever(
    model: Model, rule: Total | Share, key: str, sense: str, limit: int, hint: tuple[int, float]
) -> LineLever | None:
    program = model.program
    mine = np.flatnonzero((program.rows["rule"] == rule.id).to_numpy())
    way = 1 if sense == "<=" or (sense == "=" and hint[1] > 0) else -1
    held = program.row_upper[mine] < FREE // 2 if way > 0 else program.row_lower[mine] > -FREE // 2
    mine = mine[held]
    keys = program.rows["key"].to_numpy()[mine]
    rows = mine[[_reached(rule, str(k), key) for k in keys]] if len(mine) else mine
    if not len(rows):
        return None
    step = int(UNITS[display_unit(rule.unit)].size)
    entries = np.full(len(rows), -way * step * rule.per_row, dtype=np.int64)
    balance = sense == ">=" and isinstance(rule, Total) and rule.at_least == 0
    most = MOST if way > 0 or balance else max(0, limit // step)
    return LineLever(rule, key, sense, limit, hint, step, rule.unit, rows, entries, balance, most)


def _reached(rule: Total | Share, row: str, key: str) -> bool:
    """Whether a row has the line's key; of an account also every later year of it."""
    if row == key:
        return True
    if not rule.running or "year" not in rule.per:
        return False
    year = rule.per.index("year")
    one, two = row.split(KEY_JOIN), key.split(KEY_JOIN)
    return one[:year] + one[year + 1 :] == two[:year] + two[year + 1 :] and int(one[year]) >= int(two[year])
