"""What a plan's tables say, counted and added up for the workbook and the page.

No policy is named here: pictures and sheets follow from the columns that a plan has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from optimizer.codes import distinct, index_of, numbered, positions
from optimizer.instance import Instance
from optimizer.plan import Plan
from optimizer.report.labels import with_place
from optimizer.units import UNITS, BaseUnit, display_unit

FULL = 0.99
SEVERITY = ("violated", "stretch missed", "binding", "met", "record")


def table_units(plan: Plan, table: str) -> Mapping[str, str]:
    """The unit of each column of a table that has one: a base unit, or a count such as households."""
    units: Mapping[str, Mapping[str, str]] = plan.settings.get("units", {})
    return {
        column: unit if UNITS[unit].size == 1 else UNITS[unit].base for column, unit in units.get(table, {}).items()
    }


def statement_units(plan: Plan, name: str) -> Mapping[str, str]:
    """Units of a statement's columns: as given, else the unit of the rule's clause rows, else fen."""
    given = table_units(plan, name)
    if given:
        return given
    units = plan.clauses.loc[plan.clauses["rule"] == name, "unit"]
    return {"amount": UNITS[str(units.iloc[0])].base if len(units) else "fen"}


def display_prices(clauses: pd.DataFrame) -> list[float]:
    """Prices for one more display unit (a yuan, a m²) instead of one more base unit."""
    return [
        float("nan") if pd.isna(price) else float(price) * float(UNITS[display_unit(str(unit))].size)
        for price, unit in zip(clauses["price"], clauses["unit"], strict=True)
    ]


def choice_table(plan: Plan) -> pd.DataFrame | None:
    """The table that says who goes where; None where the plan has none or took nothing."""
    frame = plan.tables.get("moves")
    return None if frame is None or frame.empty else frame


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as plain dictionaries."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def tokens(key: object) -> list[str]:
    """The parts of a clause row's key: ``S07, 2022`` or ``site=S07`` or ``S07/2022``."""
    return [part for part in re.split(r"[\s,，;；/|·:：=()（）]+", str(key)) if part]


@dataclass(frozen=True)
class ClauseGroup:
    """All rows of one rule and sense: its worst status, its tightest row, how many rows bind."""

    clause: str
    rule: str
    title_zh: str
    title_en: str
    sense: str
    unit: str
    status: str
    rows: int
    binding: int
    worst_key: str
    limit: int | None
    attained: int | None
    slack: int | None
    price: float | None


def clause_groups(clauses: pd.DataFrame) -> list[ClauseGroup]:
    """Clause rows collapsed per rule, what fails or binds on top, else in the order given."""
    groups = [_group(rows) for _, rows in clauses.groupby(["clause", "rule", "sense"], sort=False, dropna=False)]
    return sorted(groups, key=lambda group: SEVERITY.index(group.status))


def _group(rows: pd.DataFrame) -> ClauseGroup:
    severity = rows["status"].map({status: at for at, status in enumerate(SEVERITY)})
    worst = rows[severity == severity.min()]
    scale = worst["limit"].abs().clip(lower=1)
    tightness = (worst["slack"].astype("Float64") / scale.astype("Float64")).fillna(float("inf"))
    row = records(worst)[int(tightness.to_numpy(dtype="float64").argmin())]
    return ClauseGroup(
        clause=str(row["clause"]),
        rule=str(row["rule"]),
        title_zh=str(row["title_zh"]),
        title_en=str(row["title_en"]),
        sense=str(row["sense"]),
        unit=str(row["unit"]),
        status=str(row["status"]),
        rows=len(rows),
        binding=int((rows["status"] == "binding").sum()),
        worst_key="" if pd.isna(row["key"]) else str(row["key"]),
        limit=_whole(row["limit"]),
        attained=_whole(row["attained"]),
        slack=_whole(row["slack"]),
        price=None if worst["price"].isna().all() else float(worst["price"].abs().max()),
    )


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


@dataclass(frozen=True)
class Statement:
    """A running account: amounts by item and year, and by place where it has places."""

    name: str
    unit: BaseUnit
    place: str | None
    rows: pd.DataFrame

    def matrix(self, language: str, place: str | None = None) -> pd.DataFrame:
        """Items (income first, then by size) down, years across; only items with an amount."""
        rows = self.rows if place is None else self.rows[self.rows[self.place or ""] == place]
        table = rows.pivot_table(index=f"item_{language}", columns="year", values="amount", aggfunc="sum", fill_value=0)
        table = table.reindex(columns=self.years, fill_value=0).astype("int64")
        table = table[(table != 0).any(axis=1)]
        total = table.sum(axis=1)
        income = (total >= 0).astype(int)
        order = pd.DataFrame({"income": income, "size": total.abs()}).sort_values(
            ["income", "size"], ascending=False, kind="stable"
        )
        return table.loc[order.index]

    @property
    def years(self) -> list[int]:
        """All years of the account, in order."""
        return sorted(int(year) for year in self.rows["year"].unique())

    @property
    def places(self) -> list[str]:
        """All places of the account, in the order of its rows."""
        return [] if self.place is None else [str(p) for p in self.rows[self.place].unique()]


def statements(plan: Plan, instance: Instance) -> list[Statement]:
    """The plan's running accounts (those with year, item and amount), by place first."""
    found = []
    for name, rows in plan.statements.items():
        if rows.empty or not {"year", "item_zh", "item_en", "amount"} <= set(rows.columns):
            continue
        place = instance.policy.policy.place
        unit = UNITS[statement_units(plan, name).get("amount", "fen")].base
        found.append(Statement(name, unit, place if place in rows.columns else None, rows))
    return sorted(found, key=lambda each: (each.place is None, each.unit != "fen"))


@dataclass(frozen=True)
class Target:
    """A number that is to be reached by the end of a year, counted like the picture's bars."""

    year: int
    limit: int
    clause: str
    stretch: bool


def targets(plan: Plan, by_year: pd.Series) -> list[Target]:
    """Targets among the clause rows: at least so many by a year. Only rows that count exactly what
    ``by_year`` (rows of the choice table by year) counts are taken."""
    reached = by_year.sort_index().cumsum()
    found = []
    for row in records(plan.clauses[plan.clauses["sense"] == ">="]):
        year = re.search(r"\b(20\d\d)\b", f"{row['key']} {row['rule']}".replace("_", " "))
        if year is None or pd.isna(row["limit"]) or pd.isna(row["attained"]):
            continue
        until = reached[reached.index <= int(year[1])]
        if UNITS[str(row["unit"])].base == "1" and len(until) and int(until.iloc[-1]) == row["attained"]:
            stretch = row["status"] == "stretch missed" or "stretch" in str(row["rule"])
            found.append(Target(int(year[1]), int(row["limit"]), tokens(row["clause"])[0], stretch))
    return sorted(set(found), key=lambda each: (each.year, each.limit))


@dataclass(frozen=True)
class Fill:
    """How full a site is: its tightest upper limit."""

    site: str
    limit: int
    attained: int
    unit: str

    @property
    def share(self) -> float:
        """Part of the limit that is used."""
        return self.attained / self.limit


def fills(plan: Plan, sites: Iterable[str]) -> list[Fill]:
    """For each site the fullest of its own upper limits (rows whose key is the site, or site and year)."""
    known = set(sites)
    best: dict[str, Fill] = {}
    rows = plan.clauses[(plan.clauses["sense"] == "<=") & plan.clauses["limit"].notna()]
    for row in records(rows):
        parts = [part for part in tokens(row["key"]) if part != "site" and not re.fullmatch(r"20\d\d", part)]
        if len(parts) != 1 or parts[0] not in known or pd.isna(row["attained"]) or row["limit"] <= 0:
            continue
        fill = Fill(parts[0], int(row["limit"]), int(row["attained"]), str(row["unit"]))
        if parts[0] not in best or fill.share > best[parts[0]].share:
            best[parts[0]] = fill
    return sorted(best.values(), key=lambda each: -each.share)


def with_unplaced(plan: Plan, instance: Instance) -> Plan:
    """The plan with ``statements["unplaced"]``, so that a report of many parts counts those not placed only once."""
    left = unplaced(plan, instance)
    return plan if left is None else replace(plan, statements={**plan.statements, "unplaced": left})


def unplaced(plan: Plan, instance: Instance) -> pd.DataFrame | None:
    """Those who consented to something and are not placed: who, where, how many wishes, why.

    ``statements["unplaced"]`` is taken where the plan brings it; else the reason is whether all the
    sites wished for are full. None where the instance has no table of consents.
    """
    if "unplaced" in plan.statements:
        return plan.statements["unplaced"]
    moves = choice_table(plan)
    if moves is None:
        return None
    who = str(moves.columns[0])
    wishes = _wishes(instance, who)
    if wishes is None:
        return None
    left = wishes.loc[positions(wishes[who], moves[who]) < 0, [c for c in (who, "site") if c in wishes]]
    names, number = index_of(distinct(left[who])), numbered(left[who])
    order = np.argsort(names)
    found = pd.DataFrame({who: names[order]})
    placed = with_place(instance, found, instance.policy.policy.place)
    found = placed.assign(wishes=np.bincount(number, minlength=len(names))[order])
    found["reason_zh"] = "所愿安置点尚有余量，由其他条款或优先顺序决定"
    found["reason_en"] = "sites wished for have room; other clauses or the priority order decide"
    if "site" in left.columns:
        full = [fill.site for fill in fills(plan, left["site"].unique()) if fill.share >= FULL]
        open_ = np.bincount(number, weights=positions(left["site"], full) < 0, minlength=len(names))[order]
        found.loc[open_ == 0, "reason_zh"] = "所愿安置点均已用到 99% 以上"
        found.loc[open_ == 0, "reason_en"] = "every site wished for is at least 99% full"
    return found


def summary(frame: pd.DataFrame, units: Mapping[str, str], place: str) -> pd.DataFrame:
    """A choice table added up: how many rows, and the sum of each amount, by place, mode and year."""
    by = [c for c in (place, "mode", "year") if c in frame.columns]
    sums = [c for c in frame.columns if c not in by and (c in units or c == "persons")]
    groups = frame.groupby(by, sort=True, observed=True)
    added = groups[sums].sum() if sums else pd.DataFrame(index=groups.size().index)
    added.insert(0, "moved", groups.size())
    return added.reset_index()


def _wishes(instance: Instance, who: str) -> pd.DataFrame | None:
    """The table keyed by the chooser and something else: its consents."""
    for table in instance.policy.table:
        if who in table.key and len(table.key) > 1 and table.name in instance.tables:
            return instance.tables[table.name]
    return None
