"""Generate a Songjiang instance of any size: ``python generate.py --households 14000 --seed 1 --out DIR``.

Public: the names and sides of the eleven towns, the policy's own numbers (Songjiang District, 2022-03-15).
Assumed: subsidy standards that the document leaves to the city and the district (in the policy file).
Generated: everything else. No real household, hamlet, budget or site is described; positions of towns
are approximate. The same seed gives the same tables on every machine.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

SOUTH = ("泖港", "石湖荡", "新浜", "叶榭")
NORTH = ("车墩", "佘山", "小昆山", "泗泾", "洞泾", "新桥", "九亭")
RETURNS = ("石湖荡", "新浜", "泖港", "叶榭", "车墩", "佘山")
NEW_TOWN = ("车墩", "佘山", "小昆山", "洞泾")
WEIGHT = (0.18, 0.12, 0.16, 0.20, 0.12, 0.09, 0.06, 0.02, 0.02, 0.015, 0.015)
PLACE_KM = ((8, 2), (5, 10), (1, 5), (16, 3), (18, 11), (10, 22), (4, 15), (17, 22), (15, 19), (21, 17), (20, 20))
YEARS = range(2019, 2028)
FULL = 14_000


@dataclass(frozen=True)
class Knobs:
    """How tight the instance is. Shares of households unless said otherwise; money in 万元 a household."""

    hamlet_mean: float = 15.5
    hamlet_signed: float = 0.60
    consent_elsewhere: float = 0.66
    wants_estate: float = 0.28
    wants_settlement: float = 0.42
    wants_exit: float = 0.45
    town_room: float = 0.66
    settlement_room: float = 0.30
    estate_room: float = 0.035
    capacity_early: float = 7.4
    capacity_late: float = 8.6
    quota_m2: float = 75.0
    turnover_m2: float = 40.0
    fund: float = 0.30
    link_m2: float = 4.0


class Draw:
    """Tables of one instance, made in order from one random stream."""

    def __init__(self, households: int, seed: int, knobs: Knobs) -> None:
        self.random = np.random.default_rng(seed)
        self.knobs = knobs
        small = households < 150
        self.town = list(SOUTH[:1] + NORTH[:1]) if small else list(SOUTH + NORTH)
        weight = np.array((0.7, 0.3)) if small else np.array(WEIGHT)
        self.weight = weight / weight.sum()
        self.small = small
        self.wanted = households

    def flag(self, values: np.ndarray) -> np.ndarray:
        """是 / 否."""
        return np.where(values, "是", "否")

    def settle(self) -> None:
        """Villages, hamlets and households, with the household's hamlet and town as positions."""
        random, knobs, towns = self.random, self.knobs, len(self.town)
        hamlets = max(2 * towns, round(self.wanted / knobs.hamlet_mean))
        villages = max(towns, round(hamlets / 9))
        self.village_town = np.sort(np.append(np.arange(towns), random.choice(towns, villages - towns, p=self.weight)))
        self.hamlet_village = np.sort(np.append(np.arange(villages), random.choice(villages, hamlets - villages)))
        size = np.clip(random.gamma(2.4, 1.0, hamlets), 0.35, 9.0)
        town = self.village_town[self.hamlet_village]
        for t in range(towns):
            size[town == t] *= self.weight[t] / size[town == t].sum()
        count = np.maximum(3 if not self.small else 2, np.floor(size * self.wanted)).astype(np.int64)
        while count.sum() != self.wanted:
            step = 1 if count.sum() < self.wanted else -1
            room = np.flatnonzero(count < 60) if step > 0 else np.flatnonzero(count > 2)
            many = min(abs(int(self.wanted - count.sum())), len(room))
            if many == 0:
                count[0] += self.wanted - count.sum()
                break
            count[random.choice(room, many, replace=False)] += step
        self.hamlet_of = np.repeat(np.arange(hamlets), count)
        self.town_of = town[self.hamlet_of]

    def places(self) -> dict[str, pd.DataFrame]:
        """towns, villages, hamlets."""
        random = self.random
        share = np.bincount(self.town_of, minlength=len(self.town))
        self.share = share
        villages = [f"{self.town[t]}{i + 1:0{len(str(len(self.village_town)))}d}村" for i, t in enumerate(self.village_town)]
        self.village_name = np.array(villages, dtype=object)
        towns = pd.DataFrame(
            {
                "town": self.town,
                "side": ["south" if t in SOUTH else "north" for t in self.town],
                "land_income_returns": self.flag(np.isin(self.town, RETURNS)),
                "target_2022": np.floor(share * 0.33).astype(int),
                "quota": np.round(share * self.knobs.quota_m2 / 100).astype(int) * 100,
            }
        )
        hamlets = len(np.unique(self.hamlet_of))
        highs = random.random(hamlets) < 0.12
        homestead = pd.Series(self.homestead).groupby(self.hamlet_of).sum().to_numpy()
        frame = pd.DataFrame(
            {
                "hamlet": self.codes("G", hamlets),
                "village": self.village_name[self.hamlet_village],
                "three_highs": self.flag(highs),
                "two_zones": self.flag(~highs & (random.random(hamlets) < 0.13)),
                "planned_point": self.flag(random.random(hamlets) < 0.62),
                "new_town": self.flag(
                    np.isin(np.array(self.town)[self.village_town[self.hamlet_village]], NEW_TOWN)
                    & (random.random(hamlets) < 0.6)
                ),
                "node": self.codes("NG", hamlets),
                "land": np.round(homestead * random.uniform(1.6, 2.0, hamlets) / 10).astype(int) * 10,
            }
        )
        village = pd.DataFrame(
            {
                "village": villages,
                "town": np.array(self.town, dtype=object)[self.village_town],
                "demonstration": self.flag(random.random(len(villages)) < 0.10),
            }
        )
        return {"towns": towns, "villages": village, "hamlets": frame}

    def codes(self, letter: str, count: int) -> list[str]:
        """G0001 …: as wide as the count needs."""
        width = max(2 if count < 100 else 4, len(str(count)))
        return [f"{letter}{i + 1:0{width}d}" for i in range(count)]

    def people(self) -> pd.DataFrame:
        """households; about one in fifteen is the equal case of the one before it in its hamlet."""
        random, count = self.random, len(self.hamlet_of)
        persons = random.choice(np.arange(1, 9), count, p=(0.04, 0.14, 0.27, 0.26, 0.17, 0.08, 0.03, 0.01))
        self.homestead = np.clip(np.round((150 + 18 * persons + random.normal(0, 22, count)) / 5) * 5, 160, 340).astype(int)
        farm = random.random(count) < 0.9
        qualifies = farm & (random.random(count) < 0.85)
        other = random.random(count) < 0.22
        residual = random.integers(80, 300, count) * 1000
        twin = np.append(False, (self.hamlet_of[1:] == self.hamlet_of[:-1]) & (random.random(count - 1) < 0.07))
        twin[1:] &= ~twin[:-1]
        self.twin = twin
        for values in (persons, self.homestead, farm, qualifies, other, residual):
            values[1:][twin[1:]] = values[:-1][twin[1:]]
        self.persons, self.qualifies, self.other = persons, qualifies, other
        width = max(6, len(str(count)))
        self.household = np.array([f"H{i + 1:0{width}d}" for i in range(count)], dtype=object)
        return pd.DataFrame(
            {
                "household": self.household,
                "hamlet": np.array(self.codes("G", int(self.hamlet_of.max()) + 1), dtype=object)[self.hamlet_of],
                "persons": persons,
                "homestead": self.homestead,
                "farm": self.flag(farm),
                "qualifies": self.flag(qualifies),
                "other_home": self.flag(other),
                "residual": residual,
            }
        )

    def building(self) -> dict[str, pd.DataFrame]:
        """sites, home_types, site_homes."""
        random, knobs, rows = self.random, self.knobs, []
        total = len(self.hamlet_of)
        for t, name in enumerate(self.town):
            need = int(self.share[t]) * 190
            for j in range(2 if self.weight[t] > 0.1 and not self.small else 1):
                room = need * knobs.town_room / (2 if self.weight[t] > 0.1 and not self.small else 1)
                rows.append(self._site("town", t, room, first=j == 0))
            points = (0 if name not in (*SOUTH, "车墩", "佘山") else 5 if self.weight[t] > 0.1 else 2) if not self.small else 2 - t
            for _ in range(points):
                rows.append(self._site("settlement", t, need * knobs.settlement_room / points, first=random.random() < 0.6))
        estates = [len(self.town) - 1] if self.small else [4, 5, 7, 10]
        for t in estates:
            rows.append(self._site("estate", t, max(400, total * 190 * knobs.estate_room * 4 / len(estates)), first=False))
        columns = "kind town village ready capacity cost land_income quota_use farmland".split()
        sites = pd.DataFrame(rows, columns=columns)
        sites.insert(0, "site", self.codes("S", len(sites)))
        kind = {"town": "安置基地", "settlement": "居民点", "estate": "大型居住社区"}
        numbers = sites.groupby(["town", "kind"]).cumcount() + 1
        sites.insert(1, "title", [f"{t}{kind[k]}{n}" for t, k, n in zip(sites["town"], sites["kind"], numbers, strict=True)])
        sites.insert(5, "node", self.codes("NS", len(sites)))
        self.sites = sites
        types = pd.DataFrame(
            [(f"F{a}", "flat", a, 0) for a in (60, 70, 80, 90, 100, 120)]
            + [("P80", "plot", 160, 80), ("P90", "plot", 180, 90), ("P100", "plot", 200, 100)],
            columns=["home_type", "use", "area", "footprint"],
        )
        return {"sites": sites, "home_types": types, "site_homes": self._site_homes(sites)}

    def _site(self, kind: str, t: int, room: float, first: bool) -> tuple[object, ...]:
        random, name = self.random, self.town[t]
        south = name in SOUTH
        village = random.choice(np.flatnonzero(self.village_town == t)) if kind == "settlement" else None
        ready = int(random.choice([2019, 2019, 2020] if first else [2020, 2021, 2022]))
        if kind == "town":
            cost = int(random.integers(54, 63) * 100) if south else int(random.integers(60, 67) * 100)
            income = int(random.integers(5, 12) * 100) if south else int(cost - 1100 - 100 * random.integers(0, 4))
            return kind, name, "", ready, round(room), cost, income, int(random.integers(45, 66)), self.flag(random.random() < 0.8)
        if kind == "estate":
            return kind, name, "", ready, round(room), 6900, 0, 0, "否"
        cost, use = int(random.integers(8, 14) * 100), int(random.integers(55, 96))
        return kind, name, self.village_name[village], ready, round(room), cost, 0, use, "否"

    def _site_homes(self, sites: pd.DataFrame) -> pd.DataFrame:
        rows = []
        for site, kind, capacity in sites[["site", "kind", "capacity"]].itertuples(index=False):
            types = ["P80", "P90", "P100"] if kind == "settlement" else ["F60", "F80", "F90", "F100", "F120"]
            area = 180 if kind == "settlement" else 88
            if kind != "settlement":
                types = sorted(self.random.choice(types, 4, replace=False))
            part = self.random.dirichlet(np.full(len(types), 6.0)) * 1.35
            rows += [(site, h, max(2, int(p * capacity / area))) for h, p in zip(types, part, strict=True)]
        return pd.DataFrame(rows, columns=["site", "home_type", "homes"])

    def wishes(self) -> pd.DataFrame:
        """consents: hamlets that signed whole, and single households elsewhere; ranks in the order of wishes."""
        random, knobs, count = self.random, self.knobs, len(self.hamlet_of)
        signed = (random.random(int(self.hamlet_of.max()) + 1) < knobs.hamlet_signed)[self.hamlet_of]
        agrees = signed | (random.random(count) < knobs.consent_elsewhere)
        leaning = random.beta(1.4, 1.4, int(self.hamlet_of.max()) + 1)[self.hamlet_of]
        parts = [
            self._choose("town", "town", agrees, np.ones(count, dtype=bool)),
            self._choose("town", "town", agrees & (random.random(count) < 0.5), np.ones(count, dtype=bool)),
            self._choose("settlement", "settlement", agrees & (random.random(count) < 2 * knobs.wants_settlement * leaning), self.qualifies),
            self._choose("town", "estate", agrees & (random.random(count) < knobs.wants_estate), np.ones(count, dtype=bool)),
            self._choose("exit", "", agrees & (random.random(count) < knobs.wants_exit), self.other),
        ]
        wish = pd.concat(parts, ignore_index=True).drop_duplicates(["row", "mode", "site"])
        lean = np.where(wish["mode"] == "settlement", leaning[wish["row"]], 0.75 - 0.35 * leaning[wish["row"]])
        lean = np.where(wish["kind"] == "estate", 0.25, np.where(wish["mode"] == "exit", 0.4, lean))
        wish["score"] = lean + random.uniform(0, 0.35, len(wish))
        return self._ranked(self._as_twins(wish))

    def _choose(self, mode: str, kind: str, asks: np.ndarray, may: np.ndarray) -> pd.DataFrame:
        """One random site of the kind in the own town (any estate) for each household that asks and may."""
        rows = np.flatnonzero(asks & may)
        site = np.full(len(rows), "", dtype=object)
        if kind == "estate":
            options = self.sites.loc[self.sites["kind"] == kind, "site"].to_numpy()
            site = options[self.random.integers(0, len(options), len(rows))]
        elif kind:
            for t, name in enumerate(self.town):
                here = self.town_of[rows] == t
                options = self.sites.loc[(self.sites["kind"] == kind) & (self.sites["town"] == name), "site"].to_numpy()
                if len(options):
                    popular = np.sort(self.random.dirichlet(np.full(len(options), 2.5)))[::-1]
                    site[here] = options[self.random.choice(len(options), int(here.sum()), p=popular)]
            keep = site != ""
            rows, site = rows[keep], site[keep]
        return pd.DataFrame({"row": rows, "mode": mode, "kind": kind, "site": site})

    def _as_twins(self, wish: pd.DataFrame) -> pd.DataFrame:
        """An equal case has the wishes of the household before it."""
        own = wish.loc[~self.twin[wish["row"]]]
        followed = own["row"] + 1
        copies = own.loc[(followed < len(self.twin)) & self.twin[np.minimum(followed, len(self.twin) - 1)]]
        return pd.concat([own, copies.assign(row=copies["row"] + 1)], ignore_index=True)

    def _ranked(self, wish: pd.DataFrame) -> pd.DataFrame:
        wish = wish.sort_values(["row", "score"], ascending=[True, False], kind="stable")
        wish["rank"] = wish.groupby("row").cumcount() + 1
        wish["household"] = self.household[wish["row"]]
        return wish[["household", "mode", "site", "rank"]].reset_index(drop=True)

    def roads(self) -> pd.DataFrame:
        """Hamlets and sites to their town's centre, towns to their nearest neighbours: one connected network."""
        random = self.random
        place = np.array(PLACE_KM, dtype=float)[[list(SOUTH + NORTH).index(t) for t in self.town]]
        centre = np.array([f"C{t}" for t in self.town], dtype=object)
        town = self.village_town[self.hamlet_village]
        near = pd.DataFrame({"from": self.codes("NG", len(town)), "to": centre[town], "length": random.integers(300, 5200, len(town))})
        site_town = np.array([self.town.index(t) for t in self.sites["town"]])
        site = pd.DataFrame({"from": self.sites["node"], "to": centre[site_town], "length": random.integers(200, 3200, len(site_town))})
        links = []
        for a in range(1, len(self.town)):
            b = int(np.argmin(((place[:a] - place[a]) ** 2).sum(axis=1)))
            links.append((centre[a], centre[b], int(1250 * np.hypot(*(place[a] - place[b])))))
        return pd.concat([near, site, pd.DataFrame(links, columns=["from", "to", "length"])], ignore_index=True)

    def money(self) -> dict[str, pd.DataFrame]:
        """town_budgets, new_town_fund, turnover, links."""
        random, knobs, total = self.random, self.knobs, len(self.hamlet_of)
        lean = random.uniform(0.85, 1.15, len(self.town))
        budgets = [
            (name, year, int(np.ceil(self.share[t] * lean[t] * (knobs.capacity_early if year <= 2022 else knobs.capacity_late))))
            for t, name in enumerate(self.town)
            for year in YEARS
        ]
        fund = [
            (y, int(np.ceil(total * knobs.fund)) if y <= 2025 else 0, int(np.ceil(total * knobs.fund * 0.2))) for y in YEARS
        ]
        links = [
            (a, b, int(random.integers(8, 14) * 100), int(np.ceil(total * knobs.link_m2 / 100) * 100))
            for a in self.town
            if a in SOUTH
            for b in self.town
            if b in NORTH[:4]
        ]
        return {
            "town_budgets": pd.DataFrame(budgets, columns=["town", "year", "capacity"]),
            "new_town_fund": pd.DataFrame(fund, columns=["year", "received", "other_inside"]),
            "turnover": pd.DataFrame([(y, int(np.ceil(total * knobs.turnover_m2 / 100) * 100)) for y in YEARS], columns=["year", "limit"]),
            "links": pd.DataFrame(links, columns=["south", "north", "price", "limit"]),
        }


def generate(households: int, seed: int, knobs: Knobs | None = None) -> dict[str, pd.DataFrame]:
    """All tables by name, values in the units of the policy file's columns."""
    if not 20 <= households <= 1_000_000:
        raise SystemExit(f"--households must be from 20 to 1,000,000, not {households}")
    draw = Draw(households, seed, knobs or Knobs())
    draw.settle()
    people = draw.people()
    tables = draw.places()
    tables["households"] = people
    tables |= draw.building()
    tables["consents"] = draw.wishes()
    tables["roads"] = draw.roads()
    return tables | draw.money()


def description(households: int, seed: int) -> str:
    """instance.toml: what this is, its targets, and where the numbers come from."""
    scaled = {k: households * v // FULL for k, v in (("target_2022", 5000), ("stretch_2022", 6100), ("target_2025", 10000))}
    targets = "\n".join(f"{k} = {v}" for k, v in scaled.items())
    return f"""[instance]
name = "songjiang"
title = {{ zh = "松江区农民相对集中居住（{households:,}户，生成数据）", en = "Songjiang, villagers' concentrated living ({households:,} households, generated data)" }}
policy = "songjiang"
generated = true
seed = {seed}
households = {households}

[parameters]
{targets}

[[source]]
what = "镇名和浦南浦北划分、各条款的目标、比例、面积和金额 (names and sides of the towns; targets, shares, areas and amounts of the clauses)"
kind = "public"
note = "上海市松江区人民政府, 2022-03-15, 关于进一步统筹城乡高质量发展推进农民相对集中居住的实施意见"

[[source]]
what = "市区补贴标准、退出补偿、收储价等 (subsidy standards, exit payments, storing price)"
kind = "assumed"
note = "文件留待市、区确定的标准；见参数表中标“假定”的各项 (parameters marked as assumed)"

[[source]]
what = "村、自然村、农户、意愿、安置点、道路、财力、指标 (villages, hamlets, households, consents, sites, roads, budgets, quotas)"
kind = "generated"
note = "generate.py --households {households} --seed {seed}；不对应任何真实农户、自然村或安置点 (no real household, hamlet or site)"
"""


def main() -> None:
    """Write one instance folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--households", type=int, default=FULL)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--format", choices=("csv", "parquet"), default="csv")
    chosen = parser.parse_args()
    tables = generate(chosen.households, chosen.seed)
    chosen.out.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        if chosen.format == "csv":
            frame.to_csv(chosen.out / f"{name}.csv", index=False, lineterminator="\n")
        else:
            frame.to_parquet(chosen.out / f"{name}.parquet", index=False)
    (chosen.out / "instance.toml").write_text(description(chosen.households, chosen.seed), encoding="utf-8")


if __name__ == "__main__":
    main()
