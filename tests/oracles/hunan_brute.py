"""The small Hunan instance part by part, every plan of each part looked at. Nothing of ``optimizer`` is used.

Parts meet only in the land quota, which is linear in what is left: the best "other" land is what homes and settlers leave.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product
from math import ceil
from typing import Any

from tests.oracles.hunan_tables import SHARES, Task, bounded_shares


def within(ranges: Sequence[tuple[int, int]], total: int) -> Iterator[tuple[int, ...]]:
    """Every whole division of ``total``."""
    for shares in product(*(range(a, b + 1) for a, b in ranges)):
        if sum(shares) == total:
            yield shares


def best_homes(task: Task) -> dict[str, int]:
    """HN-01 by largest remainders: least Σ (x − q)², also under the districts' land."""
    rows = task.by("districts", "district")
    fair = bounded_shares(task.p["homes_target"], {d: (r["need"], r["started"], r["room"]) for d, r in rows.items()})
    legal = [
        s
        for s in within([(r["started"], r["room"]) for r in rows.values()], task.p["homes_target"])
        if all(x * r["home_land"] <= r["land"] for x, r in zip(s, rows.values(), strict=True))
    ]
    best = min(legal, key=lambda s: sum((x - q) ** 2 for x, q in zip(s, fair.values(), strict=True)))
    return dict(zip(rows, best, strict=True))


def best_estates(task: Task) -> tuple[dict[str, int], int, int]:
    """HN-02 by Webster (least Σ x²/need), then the most other renewal that the money allows, and the least support for it."""
    rows, money = task.by("estates", "city", "kind"), task.by("money", "city")
    others = [k for k in rows if k[1] != "estate"]
    most: dict[tuple[int, ...], tuple[int, int]] = {}
    cities = [c for c, kind in rows if kind == "estate"]
    old = [rows[c, "estate"] for c in cities]
    for shares in within([(r["started"], r["room"]) for r in old], task.p["estates_target"]):
        for chosen in product(*(range(rows[k]["started"], rows[k]["room"] + 1) for k in others)):
            cost = {c: x * r["cost"] for c, x, r in zip(cities, shares, old, strict=True)}
            for (city, kind), x in zip(others, chosen, strict=True):
                cost[city] += x * rows[city, kind]["cost"]
            support = sum(max(0, ceil(cost[c] - money[c]["renewal"])) for c in cities)
            kinds = {k: sum(x for o, x in zip(others, chosen, strict=True) if o[1] == k) for _, k in others}
            enough = all(kinds.get(k, 0) >= r["least"] for k, r in task.by("kinds", "kind").items() if k != "estate")
            if enough and support <= task.p["renewal_fund"]:
                most[shares] = max(most.get(shares, (0, -support)), (sum(chosen), -support))
    best = min(most, key=lambda s: sum(Fraction(x * x, r["stock"]) for x, r in zip(s, old, strict=True)))
    return dict(zip(cities, best, strict=True)), most[best][0], -most[best][1]


def best_land(task: Task, homes: dict[str, int]) -> tuple[int, int]:
    """HN-03, HN-06 to HN-08: the most settlers, then the most other land."""
    needs, people = task.by("land_needs", "city", "use"), task.by("settlers", "city", "group")
    quota, settled, linked = task.rows["land_plan"][0]["quota"], 0, 0
    for city, r in task.by("cities", "city").items():
        free = sum(s["willing"] for (c, _), s in people.items() if c == city and s["threshold"] == "否")
        asked = [s for (c, _), s in people.items() if c == city and s["threshold"] == "是"]
        more = sum(s["willing"] for s in asked if s["insured"] >= task.p["threshold_years"])
        mine = max(n for n in range(free, free + more + 1) if n * r["standard"] <= needs[city, "settled"]["most"])
        settled, linked = settled + mine, linked + mine * r["standard"]
    rental = sum(r["rental"] for r in task.rows["land_apart"])
    rental += sum(homes[r["district"]] * r["home_land"] for r in task.rows["districts"])
    uses = {use: [r for (_, u), r in needs.items() if u == use] for use in ("rural", "general")}
    rural = max(sum(r["least"] for r in uses["rural"]), ceil(Fraction(task.p["rural_share"] * quota, 100)))
    return settled, min(sum(r["most"] for r in uses["general"]), quota - linked - rental - rural)


def best_towns(task: Task) -> tuple[list[int], int]:
    """HN-05 and X-04: of the legal choices of towns and projects the one whose regions' tenths served, worst first, are the
    largest, then with the most people served. Sums of the smallest (basis points), and those people."""
    group, works = task.by("fields", "field"), task.by("projects", "town", "field")
    support = {r["year"]: r["amount"] for r in task.rows["town_support"]}
    region = {t: task.by("cities", "city")[r["city"]]["region"] for t, r in task.by("towns", "town").items()}
    people = {name: r["people"] for name, r in task.by("regions", "region").items()}
    best: tuple[list[int], int] = ([], 0)
    for towns in combinations(task.by("towns", "town"), task.p["towns_chosen"]):
        mine = [k for k in works if k[0] in towns]
        for taken in product((0, 1), repeat=len(mine)):
            some = [k for k, x in zip(mine, taken, strict=True) if x]
            covered = {(t, group[f]["group"]) for t, f in some}
            cost = sum(works[k]["cost"] for k in some)
            if len(covered) == 4 * len(towns) and all(SHARES[y] * cost <= a for y, a in support.items()):
                served = {name: sum(works[k]["served"] for k in some if region[k[0]] == name) for name in people}
                tenths = sorted(min(10, 10 * served[name] // (4 * people[name])) for name in people)
                best = max(best, ([1000 * sum(tenths[:k]) for k in range(1, len(tenths) + 1)], sum(served.values())))
    return best


def least_places(task: Task) -> tuple[Fraction, int]:
    """HN-04: every city's cheapest plans by what they cost, and the support that these need, within the fund."""
    rows, money = task.by("schools", "city", "stage"), task.by("money", "city")
    total, support = Fraction(0), 0
    for city, m in money.items():
        mine = [r for (c, _), r in rows.items() if c == city]
        cost = min(_school_costs(mine, task.p))
        total, support = total + cost, support + max(0, ceil(cost - m["schools"]))
    assert support <= task.p["school_fund"]
    return total, support


def _school_costs(rows: list[dict[str, Any]], p: dict[str, Any]) -> Iterator[Fraction]:
    for classes in product(*(range(r["most_classes"] + 1) for r in rows)):
        short = [max(0, r["children"] - r["spare"] - r["seats"] * c) for r, c in zip(rows, classes, strict=True)]
        seats = sum(r["seats"] * c for r, c in zip(rows, classes, strict=True))
        if all(b <= r["on_offer"] for b, r in zip(short, rows, strict=True)):
            bought = sum(short)
            if 100 * bought <= p["bought_share"] * (seats + bought):
                parts = zip(rows, classes, short, strict=True)
                yield sum((c * r["class_cost"] + Fraction(b * r["price"], 10_000) for r, c, b in parts), Fraction(0))
