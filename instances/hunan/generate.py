"""Generate the Hunan instance (work plan 2021): ``python generate.py --seed 2021 --out DIR``.

Public: names of the 14 cities and prefectures, their four regions and their residents (2020 census, Hunan Statistics Bureau,
bulletin no. 2 of 2021-05-19), names of Changsha's nine districts, counties and cities and of the candidate county towns, the four
groups and 17 fields of work on county towns. Approximate: urban shares and district populations (rounded). Generated: all the rest;
the candidates are not the province's own list. The same seed gives the same tables. Needs numpy, pandas and, for fair shares, this package.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from optimizer.apportionment import fair_shares

Ints = npt.NDArray[np.int64]
Generator = np.random.Generator

CITIES = (
    # city, region, residents (census 2020), urban share in % (approximate)
    ("长沙市", "长株潭", 10_047_914, 83), ("株洲市", "长株潭", 3_902_738, 71), ("湘潭市", "长株潭", 2_726_181, 64),
    ("衡阳市", "湘南", 6_645_243, 54), ("邵阳市", "大湘西", 6_563_520, 51), ("岳阳市", "洞庭湖", 5_051_922, 60),
    ("常德市", "洞庭湖", 5_279_102, 56), ("张家界市", "大湘西", 1_517_027, 51), ("益阳市", "洞庭湖", 3_851_564, 51),
    ("郴州市", "湘南", 4_667_134, 58), ("永州市", "湘南", 5_289_824, 48), ("怀化市", "大湘西", 4_587_594, 48),
    ("娄底市", "大湘西", 3_826_996, 48), ("湘西州", "大湘西", 2_488_105, 49),
)  # fmt: skip
CAPITAL = "长沙市"
DISTRICTS = (
    # district, residents in 10,000 (approximate), land of a home in m², share of need started before, room against need
    ("芙蓉区", 64, 22, 0.55, 0.95), ("天心区", 84, 24, 0.20, 1.6), ("岳麓区", 153, 26, 0.30, 1.5),
    ("开福区", 82, 24, 0.25, 1.4), ("雨花区", 127, 24, 0.20, 1.05), ("望城区", 89, 32, 0.15, 1.9),
    ("长沙县", 138, 32, 1.25, 1.9), ("浏阳市", 143, 36, 0.10, 1.2), ("宁乡市", 126, 36, 0.10, 1.2),
)  # fmt: skip
TOWNS = {
    "长沙市": ("长沙县", "浏阳市", "宁乡市"), "株洲市": ("醴陵市", "攸县", "茶陵县"), "湘潭市": ("湘乡市", "湘潭县", "韶山市"),
    "衡阳市": ("耒阳市", "祁东县", "衡东县", "常宁市"), "邵阳市": ("邵东市", "武冈市", "隆回县"),
    "岳阳市": ("汨罗市", "平江县", "华容县", "湘阴县"), "常德市": ("津市市", "汉寿县", "石门县", "澧县"),
    "张家界市": ("慈利县", "桑植县"), "益阳市": ("沅江市", "安化县", "桃江县"), "郴州市": ("资兴市", "永兴县", "桂阳县"),
    "永州市": ("祁阳市", "宁远县", "江华瑶族自治县"), "怀化市": ("洪江市", "溆浦县", "沅陵县"),
    "娄底市": ("冷水江市", "涟源市", "新化县"), "湘西州": ("吉首市", "凤凰县", "永顺县"),
}  # fmt: skip
FIELDS = {
    "service": ("医疗卫生", "教育", "养老托育", "文旅体育", "社会福利", "社区综合服务"),
    "sanitation": ("垃圾处理", "污水处理", "公共厕所"),
    "municipal": ("市政交通", "市政管网", "配送投递", "老旧小区", "智慧县城"),
    "industry": ("产业平台", "冷链物流", "农贸市场"),
}
COST = {"service": 5200, "sanitation": 2800, "municipal": 6500, "industry": 4400}  # 万元, middle of a project
KINDS = (
    # kind, all over the province at least, share of a city's stock of old estates, cost in 万元 (middle)
    ("estate", 0, 1.0, 260), ("factory", 40, 0.06, 900), ("street", 30, 0.05, 1500), ("village", 20, 0.03, 2600),
)  # fmt: skip
GROUPS = ("long_resident", "young", "graduate", "whole_family")
STAGES = (("primary", 45, 0.72), ("junior", 50, 0.28))  # seats of a class, share of the children
YEARS = (2021, 2022, 2023)
HOMES, ESTATES, CHOSEN = 43_500, 1_500, 15  # the document's own numbers


def whole(values: npt.ArrayLike, step: int = 1) -> Ints:
    """Rounded to whole steps."""
    return (np.rint(np.asarray(values, dtype=float) / step) * step).astype(np.int64)


def spread(chance: Generator, size: int, width: float) -> npt.NDArray[np.float64]:
    """Factors around 1, within ± width."""
    return 1 + width * (2 * chance.random(size) - 1)


def cities() -> pd.DataFrame:
    """Names, regions, residents, urban residents (approximate, whole thousands)."""
    frame = pd.DataFrame(CITIES, columns=["city", "region", "residents", "share"])
    frame["urban"] = whole(frame["residents"] * frame["share"] / 100, 1000)
    frame["standard"] = np.where(frame["city"] == CAPITAL, 60, np.where(frame["share"] >= 60, 80, 100))
    return frame.drop(columns="share")


def regions(city: pd.DataFrame, towns: pd.DataFrame) -> pd.DataFrame:
    """The four regions with the residents of their candidate county towns."""
    people = towns.merge(city[["city", "region"]], on="city").groupby("region", sort=False)["people"].sum()
    return people.rename("people").reset_index()


def districts(chance: Generator) -> pd.DataFrame:
    """Households in need of a rental home, homes started before, room, land."""
    names, people, land, started, room = zip(*DISTRICTS, strict=True)
    need = whole(np.array(people) * 1000 * spread(chance, len(names), 0.15), 10)
    fair = need / need.sum() * HOMES
    homes, begun = whole(fair * np.array(room), 10), whole(fair * np.array(started), 10)
    due = fair_shares(HOMES, need.tolist(), begun.tolist(), homes.tolist())
    ground = whole(homes * np.array(land) * 1.03, 100)
    ground[names.index("岳麓区")] = (int(due[names.index("岳麓区")]) - 17) * 26  # land is short there for 17 homes
    return pd.DataFrame(
        {
            "district": names, "city": CAPITAL, "need": need, "started": begun,
            "room": homes, "home_land": land, "land": ground,
        }
    )  # fmt: skip


def estates(chance: Generator, urban: Ints, names: list[str]) -> pd.DataFrame:
    """Old estates, factories, streets and urban villages of each city: stock, started before, room, cost of one."""
    rows = []
    for kind, _, share, cost in KINDS:
        stock = whole(urban / 5200 * share * spread(chance, len(names), 0.3))
        stock = np.maximum(stock, 6 if kind != "estate" else 60)
        part = stock / stock.sum() * ESTATES if kind == "estate" else stock * 0.4
        early, most = chance.uniform(0.1, 0.6, len(names)), chance.uniform(1.1, 1.9, len(names))
        if kind == "estate":
            early[names.index("常德市")], most[names.index("衡阳市")] = 1.15, 0.8
        started = whole(part * early) if kind == "estate" else np.zeros(len(names), dtype=np.int64)
        room = np.minimum(whole(part * most), stock)
        costs = whole(cost * spread(chance, len(names), 0.25), 5)
        rows += [(n, kind, *v) for n, v in zip(names, zip(stock, started, room, costs, strict=True), strict=True)]
    return pd.DataFrame(rows, columns=["city", "kind", "stock", "started", "room", "cost"])


def settlers(chance: Generator, people: Ints, names: list[str]) -> pd.DataFrame:
    """People willing to settle, by group, with their years of social insurance; only the capital has a threshold."""
    rows = []
    for name, residents in zip(names, people, strict=True):
        for group, part in zip(GROUPS, (0.0042, 0.0020, 0.0012, 0.0026), strict=True):
            insured = {"long_resident": 5, "young": 1, "graduate": 0, "whole_family": 2}[group]
            willing = int(whole(residents * part * chance.uniform(0.7, 1.3)))
            asked = name == CAPITAL and group != "graduate"
            rows.append((name, group, willing, insured, "是" if asked else "否"))
    return pd.DataFrame(rows, columns=["city", "group", "willing", "insured", "threshold"])


def land_needs(chance: Generator, people: Ints, names: list[str]) -> pd.DataFrame:
    """m² of new building land by use: committed (least) and applied for (most)."""
    rows = []
    for name, residents in zip(names, people, strict=True):
        for use, size, committed in (
            ("rural", 0.22, 0.35),
            ("rental", 0.16, 0.0),
            ("settled", 1.4, 0.0),
            ("general", 2.0, 0.55),
        ):
            size = 0.42 if name == CAPITAL and use == "settled" else size  # the capital's room is short
            step = 300 if use == "settled" else 100  # a whole number of people at 60 or 100 m² each
            most = int(whole(residents * size * chance.uniform(0.8, 1.2), step))
            rows.append((name, use, int(whole(most * committed, 100)), most))
    return pd.DataFrame(rows, columns=["city", "use", "least", "most"])


def apart(chance: Generator, people: Ints, urban: Ints, names: list[str]) -> pd.DataFrame:
    """Land needed for villagers' homes (listed apart) and for rental homes outside the capital's districts, m²."""
    village = whole((people - urban) * 0.55 * spread(chance, len(names), 0.2), 100)
    rental = whole(urban * 0.02 * spread(chance, len(names), 0.3), 100)
    rental[names.index(CAPITAL)] = 0  # counted by home, district by district
    return pd.DataFrame({"city": names, "village": village, "rental": rental})


def schools(chance: Generator, urban: Ints, names: list[str]) -> pd.DataFrame:
    """Migrant children, free places, what a class costs, places that could be bought and their price."""
    rows = []
    for name, people in zip(names, urban, strict=True):
        for stage, seats, share in STAGES:
            drawn = 0.034 if name == CAPITAL else 0.021
            children = int(whole(people * drawn * share * chance.uniform(0.85, 1.15)))
            spare = int(whole(children * chance.uniform(0.80, 0.97)))
            cost = int(whole(chance.uniform(230, 330) * (1.3 if name == CAPITAL else 1.0), 5))
            rows.append(
                (
                    name,
                    stage,
                    children,
                    spare,
                    seats,
                    cost,
                    40,
                    int(children * 0.04),
                    int(chance.integers(8, 14)) * 1000,
                )
            )
    columns = ["city", "stage", "children", "spare", "seats", "class_cost", "most_classes", "on_offer", "price"]
    frame = pd.DataFrame(rows, columns=columns)
    missing = np.maximum(frame["children"] - frame["spare"], 0)
    return frame.assign(most_classes=np.ceil(missing * 1.3 / frame["seats"]).astype(np.int64) + 1)


def money(chance: Generator, school: pd.DataFrame, estate: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Each city's own money for school places and for renewal, 万元: less than the work costs, the rest being support."""
    missing = np.maximum(school["children"] - school["spare"], 0)
    cost = (missing / school["seats"] * school["class_cost"]).groupby(school["city"]).sum().reindex(names)
    old = estate[estate["kind"] == "estate"]
    part = (old["stock"] * old["cost"]).groupby(old["city"]).sum().reindex(names)
    fair = part / old["stock"].sum() * ESTATES
    return pd.DataFrame(
        {
            "city": names,
            "schools": whole(cost.to_numpy() * chance.uniform(0.45, 0.85, len(names))),
            "renewal": whole(fair.to_numpy() * chance.uniform(0.3, 0.5, len(names)), 10),
        }
    )


def county_towns(chance: Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Candidate county towns with residents (generated), and their projects: one a field at most."""
    towns, projects = [], []
    for city, names in TOWNS.items():
        for name in names:
            people = int(whole(chance.uniform(9, 34) * 10_000, 1000))
            towns.append((name, city, people))
            for group, fields in FIELDS.items():
                ready = chance.random(len(fields)) < 0.55
                if not ready.any() and chance.random() < 0.9:
                    ready[0] = True  # one town in some dozens has no project in a group and cannot be chosen
                for field in np.array(fields)[ready]:
                    cost = int(whole(COST[group] * chance.uniform(0.4, 1.7), 10))
                    projects.append((name, field, cost, int(whole(people * chance.uniform(0.1, 0.9), 100))))
    return (
        pd.DataFrame(towns, columns=["town", "city", "people"]),
        pd.DataFrame(projects, columns=["town", "field", "cost", "served"]),
    )


def tables(seed: int) -> dict[str, pd.DataFrame]:
    """All tables by name, values in the units of the policy file's columns."""
    chance = np.random.default_rng(seed)
    city = cities()
    names, people, urban = list(city["city"]), city["residents"].to_numpy(), city["urban"].to_numpy()
    estate, school = estates(chance, urban, names), schools(chance, urban, names)
    towns, projects = county_towns(chance)
    needs = land_needs(chance, people, names)
    quota = int(whole(needs["most"].sum() * 0.74, 10_000))
    support = pd.DataFrame({"year": YEARS, "amount": [130_000, 205_000, 84_000]})
    return {
        "regions": regions(city, towns),
        "cities": city,
        "districts": districts(chance),
        "kinds": pd.DataFrame([(k, least) for k, least, *_ in KINDS], columns=["kind", "least"]),
        "estates": estate,
        "settlers": settlers(chance, people, names),
        "land_needs": needs,
        "land_apart": apart(chance, people, urban, names),
        "land_plan": pd.DataFrame({"year": [2021], "quota": [quota]}),
        "schools": school,
        "money": money(chance, school, estate, names),
        "groups": pd.DataFrame({"group": list(FIELDS)}),
        "fields": pd.DataFrame([(f, g) for g, fs in FIELDS.items() for f in fs], columns=["field", "group"]),
        "towns": towns,
        "projects": projects,
        "town_support": support,
    }


def main() -> None:
    """Write the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=2021)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    for name, frame in tables(given.seed).items():
        frame.to_csv(given.out / f"{name}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
