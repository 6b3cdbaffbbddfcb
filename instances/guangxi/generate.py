"""Generate the Guangxi instances: ``python instances/guangxi/generate.py [--households 283000] [--out DIR]``.

County names are public (``places.py``); the document's own numbers are public; townships, sites, households, consents, costs,
land and county budgets are drawn at random and describe nobody. Writes three folders: the counties' design task
(``DIR-steps``), the whole region (``DIR``) and one county of it (``DIR-duan``). The same seed gives the same tables.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import households
import numpy as np
import numpy.typing as npt
import pandas as pd
from places import counties
from written import write_all

Ints = npt.NDArray[np.int64]
Tables = dict[str, pd.DataFrame]

YEARS = (2016, 2017, 2018)
TASKS = {"registered": (300_000, 400_000, 300_000), "along": (30_000, 40_000, 30_000)}
MONEY = {"central": (800_000, "0"), "fund": (500_000, "1.2"), "bonds": (975_000, "3"), "loans": (3_500_000, "0.49")}
BY_YEAR = {"central": (25, 50, 75, 100, 100), "fund": (100,) * 5, "bonds": (40, 80, 100, 100, 100), "loans": (30, 65, 90, 100, 100)}  # fmt: skip
HOUSEHOLDS = 283_000
DUAN = "都安瑶族自治县"
WEIGHT = {"1": 6.0, "2": 2.2, "3": 1.1}  # thousand households of a county, about
COST = {"1": (1340, 1460), "2": (1260, 1380), "3": (1190, 1300)}  # yuan a m² of home

CLASSES = pd.DataFrame(
    [("1", 24_000, 24_000, 32_000, 50_000), ("2", 18_000, 21_000, 44_000, 60_000), ("3", 13_500, 19_000, 52_000, 70_000)],
    columns=["class", "floor", "reference", "average", "along_least"],
)  # fmt: skip
LEVELS = pd.DataFrame(
    [("1", "一般贫困", "2"), ("2", "中等贫困", "3"), ("3", "特别贫困", "4"), ("4", "极度贫困", "")],
    columns=["level", "title", "above"],
)
CAPS = pd.DataFrame(
    [
        (c, str(k + 1), cap)
        for c, caps in (
            ("1", (11_000, 9_000, 7_000, 5_000)),
            ("2", (14_000, 12_000, 10_000, 8_000)),
            ("3", (16_000, 14_000, 12_000, 10_000)),
        )
        for k, cap in enumerate(caps)
    ],
    columns=["class", "level", "cap"],
)


def shared(total: int, weights: npt.NDArray[np.float64]) -> Ints:
    """``total`` in whole parts by weight (largest remainder), so that the parts add up exactly."""
    exact = total * weights / weights.sum()
    parts = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - parts), kind="stable")
    parts[order[: total - int(parts.sum())]] += 1
    return parts


def generate(many: int, seed: int) -> Tables:
    """All tables of the region but ``steps``, values in the units of ``models/guangxi.toml``."""
    random = np.random.default_rng(seed)
    places = counties()
    names = np.array([p[0] for p in places], dtype=object)
    classes = np.array([p[2] for p in places], dtype=object)
    weight = np.array([WEIGHT[c] for c in classes]) * random.uniform(0.6, 1.4, len(names))
    weight[names == DUAN] = 6_000 * weight[names != DUAN].sum() / (HOUSEHOLDS - 6_000)
    county_of = np.repeat(np.arange(len(names)), shared(many, weight))
    townships = households.townships(names, random)
    people = households.people(county_of, names, townships, random)
    scale = many / HOUSEHOLDS
    tasks = _tasks(households.listed(people, townships), county_of, names, scale)
    base = _counties(places, people, county_of, tasks, random)
    sites = households.sites(names, people, county_of, base, random)
    consents = households.consents(people, county_of, names, sites, random)
    land = tasks.assign(p=tasks["registered"] + tasks["along"]).groupby("county", sort=False)["p"].sum().to_numpy()
    base["land_quota"] = np.floor(land * 43.0 * random.uniform(0.97, 1.12, len(names))).astype(np.int64)
    parks = sites.loc[sites["kind"] == "park", ["site"]].reset_index(drop=True)
    parks["workforce"] = random.integers(120, 2_500, len(parks))
    parks["reward"] = random.integers(10, 60, len(parks)) * 1_000
    yearly = {k: [int(np.floor(t * scale)) for t in v] for k, v in TASKS.items()}
    return {
        "cities": pd.DataFrame({"city": list(dict.fromkeys(p[1] for p in places))}),
        "classes": CLASSES, "levels": LEVELS, "caps": CAPS, "counties": base, "townships": townships, "sites": sites,
        "parks": parks, "households": people, "consents": consents,
        "plan_years": pd.DataFrame({"year": YEARS, **yearly}),
        "county_tasks": tasks, **sources(scale),
    }  # fmt: skip


def sources(scale: float) -> Tables:
    """The four sources and what may be drawn of them by the end of each year (万元)."""
    limit = {s: int(np.ceil(v * scale)) for s, (v, _) in MONEY.items()}
    rows = [(s, 2016 + y, limit[s] * p // 100) for s, parts in BY_YEAR.items() for y, p in enumerate(parts)]
    return {
        "sources": pd.DataFrame([(s, limit[s], r) for s, (_, r) in MONEY.items()], columns=["source", "limit", "rate"]),
        "source_years": pd.DataFrame(rows, columns=["source", "year", "limit"]),
    }


def _tasks(people: pd.DataFrame, county_of: Ints, names: npt.NDArray[np.object_], scale: float) -> pd.DataFrame:
    """The yearly tasks divided over counties in whole persons, by how many persons each has on its list.

    ``people``: kind and persons of each household, 0 where it may not be listed.
    """
    frame = pd.DataFrame({"county": np.repeat(names, len(YEARS)), "year": np.tile(YEARS, len(names))})
    for kind, totals in TASKS.items():
        own = np.where(people["kind"] == kind, people["persons"], 0).astype(float)
        listed = np.bincount(county_of, weights=own, minlength=len(names))
        frame[kind] = np.column_stack([shared(int(np.floor(t * scale)), listed) for t in totals]).ravel()
    return frame


def _counties(
    places: list[tuple[str, str, str, bool]], people: pd.DataFrame, county_of: Ints, tasks: pd.DataFrame,
    random: np.random.Generator,
) -> pd.DataFrame:  # fmt: skip
    """Costs, county money and interest that the treasury can pay (万元 a year)."""
    sums = tasks.groupby("county", sort=False)[["registered", "along"]].sum()
    low, high = (np.array([COST[p[2]][i] for p in places]) for i in (0, 1))
    return pd.DataFrame(
        {
            "county": [p[0] for p in places], "city": [p[1] for p in places], "class": [p[2] for p in places],
            "tradable": [p[3] for p in places],
            "unit_cost": random.integers(low // 10, high // 10) * 10,
            "land_quota": 0,
            "local": np.ceil(sums["along"].to_numpy() * 1.3 + 20).astype(np.int64),
            "repayment": np.ceil(sums["registered"].to_numpy() * random.uniform(0.040, 0.055, len(places)) + 1).astype(np.int64),
        }
    )  # fmt: skip


def register(tables: Tables) -> pd.DataFrame:
    """Registered persons by county and poverty level, with their share of the county in basis points."""
    county = tables["townships"].set_index("township")["county"]
    people = tables["households"].loc[tables["households"]["kind"] == "registered"]
    counted = people.groupby([people["township"].map(county), "level"])["persons"].sum()
    keys = pd.MultiIndex.from_product([tables["counties"]["county"], LEVELS["level"]], names=["county", "level"])
    frame = counted.reindex(keys, fill_value=0).rename("persons").reset_index()
    shares = [shared(10_000, part.to_numpy(dtype=float)) for _, part in frame.groupby("county", sort=False)["persons"]]
    return frame.assign(share=np.concatenate(shares))


def county_alone(tables: Tables, county: str) -> Tables:
    """One county of the region as a task of its own: its rows, its tasks, and its part of the region's money."""
    part = {n: f.loc[f["county"] == county].reset_index(drop=True) for n, f in tables.items() if "county" in f}
    place = part["townships"]["township"]
    part["households"] = tables["households"].loc[tables["households"]["township"].isin(place)].reset_index(drop=True)
    listed = tables["consents"]["household"].isin(part["households"]["household"])
    part["consents"] = tables["consents"].loc[listed].reset_index(drop=True)
    part["parks"] = tables["parks"].loc[tables["parks"]["site"].isin(part["sites"]["site"])].reset_index(drop=True)
    part["cities"] = (
        tables["cities"].loc[tables["cities"]["city"].isin(part["counties"]["city"])].reset_index(drop=True)
    )
    part["plan_years"] = part["county_tasks"].drop(columns="county")
    mine = int(part["county_tasks"]["registered"].sum())
    money = sources(mine / sum(TASKS["registered"]))
    same = {n: tables[n] for n in ("classes", "levels", "caps")}
    return {**same, **part, **money}


def main() -> None:
    """Write the folders."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--households", type=int, default=HOUSEHOLDS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    chosen = parser.parse_args()
    tables = generate(chosen.households, chosen.seed)
    write_all(chosen.out, tables, register(tables), county_alone(tables, DUAN), chosen.seed)


if __name__ == "__main__":
    main()
