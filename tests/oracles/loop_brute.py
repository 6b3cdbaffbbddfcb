"""The loop by brute force: every combination of moves, and for each whether land and money go round.

Homes are started the year before somebody moves in: earlier only costs money and land sooner. Quota has one price in all years
here, so that selling as early as the land account allows is best.
"""

from __future__ import annotations

from itertools import product
from typing import Any

from tests.oracles.loop_tables import MONEY, PLAN, Task

Moves = dict[str, tuple[str, int]]
"""Household → site and year; who stays is not there."""


def left_over(task: Task, moves: Moves) -> int | None:
    """What quota earns above what homes cost, in yuan, or None where the moves cannot be carried out."""
    homes, sites = task.by("home_types", "home"), task.by("sites", "site")
    land, money, certified = (dict.fromkeys(MONEY, 0) for _ in range(3))
    for name, (site, year) in moves.items():
        row = task.by("households", "household")[name]
        home = homes[row["home"]]
        if year - 1 not in PLAN or not task.fits(row):
            return None
        land[year - 1] -= home["land"]
        money[year - 1] -= home["floor"] * sites[site]["cost"]
        money[year] += row["persons"] * task.p["grant_person"] * 10_000
        if row["clears"]:
            money[year] -= row["works"]
            certified[year + 1] += row["homestead"]
    built = sum(
        homes[task.by("households", "household")[h]["home"]]["floor"] * sites[s]["cost"] for h, (s, _) in moves.items()
    )
    for site, row in sites.items():
        if sum(s == site for s, _ in moves.values()) > row["room"]:
            return None
    taken = sum(
        homes[task.by("households", "household")[h]["home"]]["land"] * sites[s]["farmland"] / 100
        for h, (s, _) in moves.items()
    )
    if sum(certified.values()) < taken:
        return None
    return _sold(task, land, money, certified, built)


def _sold(task: Task, land: dict[int, Any], money: dict[int, Any], certified: dict[int, Any], built: Any) -> int | None:
    """Year by year: as much quota as later years can spare, until the account is short or all is well."""
    market = task.by("market", "year")
    price = market[MONEY[0]]["price"]
    assert all(r["price"] == price for r in market.values())
    for row in task.rows["years"]:
        land[row["year"]] += row["lent"] - row["returned"]
        money[row["year"]] += (row["advance"] - row["repay"]) * 10_000
    stock, own, at = 0, 0, {}
    for year in MONEY:
        stock, own = stock + land[year] + certified[year], own + certified[year]
        at[year] = (stock, own)
    if any(s < 0 for s, _ in at.values()):
        return None
    sold, balance = 0, 0
    for year in MONEY:
        spare = min(min(at[y][0] for y in MONEY if y >= year), at[year][1]) - sold
        now = min(spare, market[year]["volume"])
        sold, balance = sold + now, balance + now * price + money[year]
        if balance < 0:
            return None
    return int(sold * price - built)


def best(task: Task) -> tuple[int, int]:
    """The most persons that can be settled, and with so many the most person-years early."""
    persons = {r["household"]: r["persons"] for r in task.rows["households"]}
    choices = [
        [None, *((w["site"], y) for w in task.rows["wishes"] if w["household"] == name for y in PLAN[1:])]
        for name in persons
    ]
    combinations = []
    for combination in product(*choices):
        moves = {h: m for h, m in zip(persons, combination, strict=True) if m is not None}
        people = sum(persons[h] for h in moves)
        combinations.append((people, sum(persons[h] * (2023 - y) for h, (_, y) in moves.items()), moves))
    combinations.sort(key=lambda c: c[:2], reverse=True)
    return next(c[:2] for c in combinations if left_over(task, c[2]) is not None)
