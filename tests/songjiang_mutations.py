"""Single mutations of a Songjiang plan, each with the clauses that it must break, known without the checker.

Every breaking generator reads the input tables and the plan only, with plain Python sums of its own, and
returns ``None`` where it cannot be sure. Amounts stand in base units (fen, dm²).
"""

from __future__ import annotations

import hashlib
import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

Tables = dict[str, pd.DataFrame]
QUANTITY = {
    "hamlets": "cleared", "homes": "built", "borrowed": "area", "returned": "area", "linked": "area",
    "stored": "area", "mainly_town": "met", "bonus": "households", "met_2022": "met", "reward": "households",
    "saves_quarter": "met", "saved": "area", "fund_grants": "amount", "fund_other": "amount",
}  # fmt: skip
MOVE = ("household", "mode", "site", "year", "home_1", "home_2", "home_3")
HOMES = MOVE[4:]
LAST, LAST_MONEY = 2025, 2027
ACCOUNT = "account "
"""Before the name of a running account that stands among a mutation's tables."""

# the clauses, as the document numbers them
TOTALS, SHARE, MONEY = "SJ-01 一(三)", "SJ-02 一(三)", "SJ-03 一(三)"
PRIORITY, CONSENT, MODE = "SJ-04 一(三)", "SJ-05 一(二)", "SJ-05 二"
QUOTA, TURNOVER = "SJ-06 二(一)1(2)", "SJ-07 二(一)1(3)"
SUBSIDY, PAID = "SJ-08 二(一)2(1)", "SJ-10 二(一)2(3)"
BONUS, FLOOR, HOME, OWN_TOWN = "SJ-09 二(一)2(2)", "SJ-11 二(一)3(1)", "SJ-12 二(一)3(2)", "SJ-13 二(一)3(3)"
SETTLEMENT, VILLAGE, SAVED, FOOTPRINT = "SJ-14 二(二)", "SJ-14 二(二)1(2)", "SJ-15 二(二)2", "SJ-16 二(二)3"
EXIT, REWARD, FUND, WHOLE, YEARS = "SJ-17 二(三)", "SJ-19 三(一)", "SJ-20 三(二)", "SJ-21 三(五)", "SJ-22 四(三)"
LOTTERY = "X-03"


@dataclass(frozen=True)
class Mutation:
    """A changed plan, what was changed, and the clauses of which one must be named (none: harmless)."""

    name: str
    tables: Tables
    clauses: frozenset[str]
    what: str

    @property
    def decisions(self) -> Tables:
        """The plan's tables."""
        return {n: f for n, f in self.tables.items() if not n.startswith(ACCOUNT)}

    @property
    def accounts(self) -> Tables:
        """Running accounts that were changed, by rule."""
        return {n.removeprefix(ACCOUNT): f for n, f in self.tables.items() if n.startswith(ACCOUNT)}


class Facts:
    """The input and the plan as plain dictionaries and sums, for the generators."""

    def __init__(self, instance: Any, plan: Any, seed: int) -> None:
        self.seed, self.parameters = seed, dict(instance.parameters)
        self.tables = plain(plan.tables)
        self.written: pd.DataFrame = plan.tables["moves"]
        self.accounts: Tables = dict(plan.statements)
        given = {name: frame.astype(object).to_dict("records") for name, frame in instance.tables.items()}
        self.given = given
        self.household = {r["household"]: r for r in given["households"]}
        self.hamlet = {r["hamlet"]: r for r in given["hamlets"]}
        self.site = {r["site"]: r for r in given["sites"]}
        self.town = {r["town"]: r for r in given["towns"]}
        self.type = {r["home_type"]: r for r in given["home_types"]}
        village = {r["village"]: r for r in given["villages"]}
        self.town_of = {h: village[self.hamlet[r["hamlet"]]["village"]]["town"] for h, r in self.household.items()}
        self.demonstration = {h: village[r["village"]]["demonstration"] for h, r in self.hamlet.items()}
        self.agreed: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self.wishes: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
        for r in given["consents"]:
            self.agreed[r["household"]].add((r["mode"], r["site"] or ""))
            self.wishes[r["household"]].append((r["mode"], r["site"] or "", int(r["rank"])))
        self.most_homes = {(r["site"], r["home_type"]): int(r["homes"]) for r in given["site_homes"]}
        self.moves: list[dict[str, Any]] = self.tables["moves"].to_dict("records")
        self.row_of = {m["household"]: i for i, m in enumerate(self.moves)}
        self.members = Counter(r["hamlet"] for r in given["households"])
        self.taken = Counter((m["site"], m[s]) for m in self.moves for s in HOMES if m[s])
        self.built = {(r["site"], r["home_type"]): int(r["built"]) for r in self.rows("homes")}
        self.cleared = {r["hamlet"]: int(r["year"]) for r in self.rows("hamlets") if r["cleared"]}

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The plan's rows of one table."""
        return self.tables[name].to_dict("records")

    def area(self, homes: list[str]) -> int:
        """dm² of homes."""
        return sum(int(self.type[h]["area"]) for h in homes if h)

    def entitled(self, household: str) -> int:
        """SJ-11: 180 m² up to four persons, 20 m² for each further one, in dm²."""
        return 18_000 + 2_000 * max(0, int(self.household[household]["persons"]) - 4)

    def priority(self, household: str) -> int:
        """SJ-04: three highs, two zones, demonstration village or scattered small hamlet, others."""
        name = self.household[household]["hamlet"]
        hamlet = self.hamlet[name]
        if hamlet["three_highs"]:
            return 1
        if hamlet["two_zones"]:
            return 2
        scattered = not hamlet["planned_point"] and self.members[name] < 30
        return 3 if self.demonstration[name] or scattered else 4

    def quota_use(self, move: dict[str, Any]) -> int:
        """dm² of land quota that a move's site takes: none for an estate or an exit."""
        site = self.site.get(move["site"])
        if site is None or site["kind"] == "estate":
            return 0
        return self.area([move[s] for s in HOMES]) * int(site["quota_use"]) // 10_000  # stored in 0.01 %

    def stock(self, town: str) -> list[int]:
        """The town's land quota at the end of 2019 … 2027."""
        change = dict.fromkeys(range(2019, LAST_MONEY + 1), 0)
        change[2019] += int(self.town[town]["quota"])
        for name, year in self.cleared.items():
            if self.hamlet_town(name) == town:
                change[year + 1] += int(self.hamlet[name]["land"])
        for table, sign, key in (
            ("borrowed", 1, "town"), ("returned", -1, "town"), ("stored", -1, "town"),
            ("linked", 1, "north"), ("linked", -1, "south"),
        ):  # fmt: skip
            for r in self.rows(table):
                if r[key] == town:
                    change[int(r["year"])] += sign * int(r["area"])
        for m in self.moves:
            if self.town_of[m["household"]] == town:
                change[int(m["year"])] -= self.quota_use(m)
        return running(change)

    def hamlet_town(self, hamlet: str) -> str:
        """The town of a hamlet, by any household in it."""
        return self.town_of[next(h for h, r in self.household.items() if r["hamlet"] == hamlet)]

    def by_year(self, table: str, town: str) -> dict[int, int]:
        """A town's amounts of one table by year."""
        found = dict.fromkeys(range(2019, LAST_MONEY + 1), 0)
        for r in self.rows(table):
            if r["town"] == town:
                found[int(r["year"])] += int(r[QUANTITY[table]])
        return found

    def lot(self, household: str) -> int:
        """The public lottery's number, drawn as it is published."""
        return int.from_bytes(hashlib.sha256(f"{self.seed}:{household}".encode()).digest()[:8], "big") >> 12

    def twins(self) -> list[tuple[str, str]]:
        """Pairs of households that nothing but their code tells apart."""
        alike: dict[Any, list[str]] = defaultdict(list)
        for name, r in self.household.items():
            if self.wishes[name]:
                own = tuple(sorted((k, str(v)) for k, v in r.items() if k != "household"))
                alike[own, tuple(sorted(self.wishes[name]))].append(name)
        return [(a, b) for group in alike.values() for a, b in itertools.pairwise(group)]

    def result(self, household: str) -> tuple[Any, ...] | None:
        """What a household gets: everything but its code."""
        row = self.row_of.get(household)
        return None if row is None else tuple(self.moves[row][c] for c in MOVE[1:])


def running(change: dict[int, int]) -> list[int]:
    """Sums up to each year."""
    total, found = 0, []
    for year in sorted(change):
        total += change[year]
        found.append(total)
    return found


def plain(tables: Tables) -> Tables:
    """Keys and quantities only, codes as plain text."""
    done = {}
    for name, frame in tables.items():
        keys = [c for c in frame.columns if c in MOVE] if name == "moves" else list(frame.columns)
        part = frame[keys].copy()
        done[name] = part.astype({c: object for c in part if part[c].dtype.kind not in "iu"})
    return done


def changed(facts: Facts, table: str, row: int, **values: Any) -> Tables:
    """The plan with one row of one table changed."""
    frame = facts.tables[table].copy()
    for column, value in values.items():
        frame.loc[frame.index[row], column] = value
    return {**facts.tables, table: frame}


def added(facts: Facts, table: str, **values: Any) -> Tables:
    """The plan with one row more."""
    more = pd.DataFrame([values])[list(facts.tables[table].columns)]
    return {**facts.tables, table: pd.concat([facts.tables[table], more], ignore_index=True)}


def dropped(facts: Facts, table: str, rows: list[int]) -> Tables:
    """The plan without some rows of one table."""
    frame = facts.tables[table]
    return {**facts.tables, table: frame.drop(frame.index[rows]).reset_index(drop=True)}


Found = tuple[Tables, set[str], str] | None
Generator = Callable[[Facts, random.Random], Found]


@dataclass
class Register:
    """Generators by name, in file order."""

    made: dict[str, Generator] = field(default_factory=dict)

    def __call__(self, generator: Generator) -> Generator:
        """Add one."""
        self.made[generator.__name__] = generator
        return generator


breaking, harmless = Register(), Register()


def mutations(facts: Facts, register: Register, count: int, seed: int) -> list[Mutation]:
    """``count`` different mutations, the generators in turn; each must be able to give some."""
    chance, found, seen = random.Random(seed), [], set()
    names, misses = list(register.made), Counter[str]()
    while len(found) < count and names:
        for name in list(names):
            made = register.made[name](facts, chance)
            if made is None or (register is breaking and (name, made[2]) in seen):
                misses[name] += 1
                if misses[name] > 60:
                    names.remove(name)
                continue
            misses[name] = 0
            seen.add((name, made[2]))
            found.append(Mutation(name, made[0], frozenset(made[1]), made[2]))
    return found[:count]


def pick(chance: random.Random, values: list[Any]) -> Any:
    """One of them, or None."""
    return chance.choice(values) if values else None


def a_move(facts: Facts, chance: random.Random, mode: str | None = None) -> int | None:
    """The number of a move of that mode."""
    return pick(chance, [i for i, m in enumerate(facts.moves) if mode is None or m["mode"] == mode])
