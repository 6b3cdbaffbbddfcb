"""Generate a relocation instance of any size: ``python generate.py --households 275000 --counties 79 --out DIR``.

All generated: no real province, county, site or household is described. Each county has about eight townships and six
sites of three tiers; a household consents to five sites of its county, in the order of its wishes; three plan years;
money and tasks by county and by province. The same seed gives the same tables. Needs numpy and pandas only.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

Ints = npt.NDArray[np.int64]
Tables = dict[str, pd.DataFrame]

YEARS = (2018, 2019, 2020)
TIERS = ("town", "town", "village", "village", "village", "park")
COST = (48_000, 45_000, 38_000, 36_000, 40_000, 52_000)  # yuan a person, about
LAND = (30, 32, 60, 65, 55, 40)  # m² a person, about
AGREED = 5  # sites that a household consents to
TOWNSHIPS = 8  # of a county
PROVINCE = 79  # counties of a province, at most
HOUSEHOLDS = 3_500  # of a county, about, where --counties is left out
ROOM = 0.86  # homes for this share of the households
MONEY = 0.80  # budgets for this share of the households' cost
TASK = 0.80  # tasks: this share of what the budgets pay for
LOAN = 0.97  # provinces' budgets: this share of their counties'


def generate(households: int, counties: int | None = None, seed: int = 1) -> Tables:
    """All tables, columns as in ``models/relocation.toml`` (areas in m², money in 万元 and 元)."""
    counties = counties or max(1, round(households / HOUSEHOLDS))
    if households < 20 * counties:
        raise SystemExit("a county needs at least 20 households / 每县至少20户")
    random = np.random.default_rng(seed)
    names = np.array([f"C{i + 1:04d}" for i in range(counties)], dtype=object)
    provinces = np.array([f"P{i + 1:02d}" for i in range(-(-counties // PROVINCE))], dtype=object)
    province_of = np.minimum(np.arange(counties) * len(provinces) // counties, len(provinces) - 1)
    county_of = _county_of_households(households, counties, random)
    township_of = county_of * TOWNSHIPS + random.integers(0, TOWNSHIPS, households)
    persons = random.choice(np.arange(1, 9), households, p=(0.07, 0.13, 0.20, 0.26, 0.18, 0.10, 0.04, 0.02))
    need = np.clip(np.rint(random.normal(480, 150, households)), 100, 1000).astype(np.int64)
    sites = _sites(counties, names, np.bincount(county_of, minlength=counties), random)
    people = pd.DataFrame(
        {"household": _codes("H", households, 7), "township": _codes("T", counties * TOWNSHIPS, 5)[township_of],
         "persons": persons, "need": need}
    )  # fmt: skip
    chosen, distance = _wishes(township_of, counties, random)
    consents = pd.DataFrame(
        {
            "household": np.repeat(people["household"].to_numpy(), AGREED),
            "mode": np.array(TIERS, dtype=object)[chosen.ravel()],
            "site": sites["site"].to_numpy()[(county_of[:, None] * len(TIERS) + chosen).ravel()],
            "rank": np.tile(np.arange(1, AGREED + 1), households),
            "distance": distance.ravel(),
        }
    )
    money, tasks = _plans(county_of, counties, persons, random)
    county_plans = _yearly("county", names, money, tasks)
    of_province = pd.get_dummies(pd.Series(province_of)).to_numpy().T.astype(float)
    share = random.uniform(0.95, 1.0, (len(provinces), len(YEARS)))
    province_money = np.floor(of_province @ money * LOAN * share).astype(np.int64)
    province_tasks = np.floor(of_province @ tasks * 1.04).astype(np.int64)
    used = np.bincount(county_of, weights=persons, minlength=counties)
    return {
        "provinces": pd.DataFrame({"province": provinces}),
        "counties": pd.DataFrame(
            {"county": names, "province": provinces[province_of],
             "land": np.floor(used * np.mean(LAND) * random.uniform(0.72, 0.95, counties)).astype(np.int64)}
        ),
        "townships": pd.DataFrame(
            {"township": _codes("T", counties * TOWNSHIPS, 5), "county": np.repeat(names, TOWNSHIPS)}
        ),
        "sites": sites,
        "households": people,
        "consents": consents,
        "county_plans": county_plans,
        "province_plans": _yearly("province", provinces, province_money, province_tasks),
    }  # fmt: skip


def _codes(letter: str, count: int, digits: int) -> npt.NDArray[np.object_]:
    return np.char.add(letter, np.char.zfill(np.arange(1, count + 1).astype(str), digits)).astype(object)


def _county_of_households(households: int, counties: int, random: np.random.Generator) -> Ints:
    """County of each household, in order of counties; counties differ by a factor of about four."""
    weight = random.uniform(0.4, 1.6, counties)
    extra = np.floor(weight / weight.sum() * (households - 20 * counties)).astype(np.int64) + 20
    extra[-1] += households - int(extra.sum())
    return np.repeat(np.arange(counties), extra)


def _sites(counties: int, names: npt.NDArray[np.object_], size: Ints, random: np.random.Generator) -> pd.DataFrame:
    many = counties * len(TIERS)
    part = random.dirichlet(np.full(len(TIERS), 6.0), counties)
    homes = np.maximum(1, np.floor(part * size[:, None] * ROOM)).astype(np.int64).ravel()
    noise = random.uniform(0.9, 1.1, (2, many))
    return pd.DataFrame(
        {"site": _codes("S", many, 5), "county": np.repeat(names, len(TIERS)), "tier": np.tile(np.array(TIERS, dtype=object), counties),
         "homes": homes, "cost": (np.rint(np.tile(COST, counties) * noise[0] / 100) * 100).astype(np.int64),
         "land": np.rint(np.tile(LAND, counties) * noise[1]).astype(np.int64)}
    )  # fmt: skip


def _wishes(township_of: Ints, counties: int, random: np.random.Generator) -> tuple[Ints, Ints]:
    """For each household the places (0 … 5) of its ``AGREED`` sites in the order of its wishes, and metres to them."""
    from_township = random.integers(800, 42_000, (counties * TOWNSHIPS, len(TIERS)))
    metres = from_township[township_of] + random.integers(0, 900, (len(township_of), len(TIERS)))
    liking = metres + random.integers(0, 18_000, metres.shape)
    chosen = np.argsort(liking, axis=1, kind="stable")[:, :AGREED]
    return chosen, np.take_along_axis(metres, chosen, axis=1)


def _plans(
    county_of: Ints, counties: int, persons: Ints, random: np.random.Generator
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """万元 and persons of each county and year."""
    people = np.bincount(county_of, weights=persons, minlength=counties)
    split = np.array([0.30, 0.38, 0.32]) * random.uniform(0.85, 1.15, (counties, len(YEARS)))
    paid = people[:, None] * split * MONEY
    return np.floor(paid * np.mean(COST) / 10_000), np.floor(paid * TASK)


def _yearly(
    key: str, names: npt.NDArray[np.object_], money: npt.NDArray[np.float64], tasks: npt.NDArray[np.float64]
) -> pd.DataFrame:
    years = len(YEARS)
    return pd.DataFrame(
        {key: np.repeat(names, years), "year": np.tile(YEARS, len(names)),
         "budget": money.ravel().astype(np.int64), "task": tasks.ravel().astype(np.int64)}
    )  # fmt: skip


def description(households: int, counties: int, seed: int) -> str:
    """instance.toml: what this is, and that all of it is made up."""
    lines = [
        "[instance]",
        f'name = "relocation-{households}"',
        f'title = {{ zh = "易地搬迁（{counties}县{households}户，生成数据）", en = "Relocation: {counties} counties, {households} households, generated data" }}',
        'policy = "relocation"',
        "generated = true",
        f"seed = {seed}",
        f"households = {households}",
        "",
        "[[source]]",
        'what = "全部表格 (all tables)"',
        'kind = "generated"',
        'note = "不对应任何真实的省、县、安置点或农户 (no real province, county, site or household)"',
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write one instance folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--households", type=int, default=275_000)
    parser.add_argument("--counties", type=int, help=f"one for each {HOUSEHOLDS} households where left out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--format", choices=("csv", "parquet"), default="parquet")
    chosen = parser.parse_args()
    tables = generate(chosen.households, chosen.counties, chosen.seed)
    chosen.out.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        if chosen.format == "csv":
            frame.to_csv(chosen.out / f"{name}.csv", index=False, lineterminator="\n")
        else:
            frame.to_parquet(chosen.out / f"{name}.parquet", index=False)
    words = description(chosen.households, len(tables["counties"]), chosen.seed)
    (chosen.out / "instance.toml").write_text(words, encoding="utf-8")


if __name__ == "__main__":
    main()
