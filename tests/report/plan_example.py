"""A made-up but realistic Songjiang plan of a few hundred households, for trying reports on."""

from __future__ import annotations

import random
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.instance import Instance, Source
from optimizer.plan import Plan, StageResult
from optimizer.policy import Policy, Title
from optimizer.report.digest import records
from optimizer.wording import Wording

MODEL = Path(__file__).parents[2] / "models" / "songjiang.toml"
TOWNS = [
    "石湖荡镇",
    "新浜镇",
    "泖港镇",
    "叶榭镇",
    "车墩镇",
    "佘山镇",
    "小昆山镇",
    "新桥镇",
    "洞泾镇",
    "泗泾镇",
    "九亭镇",
]
YEARS = range(2019, 2026)
MONEY_YEARS = range(2019, 2028)
WAN = 1_000_000
ITEMS = (
    ("capacity", "镇可用财力", "town's own funds"),
    ("city", "市级补贴", "city subsidy"),
    ("district", "区级补贴", "district subsidy"),
    ("land", "土地出让金返还", "land income returned"),
    ("reward", "考核奖励", "reward"),
    ("building", "安置房建设", "building of homes"),
    ("infrastructure", "基础设施配套", "infrastructure"),
    ("exit", "退出补偿", "exit payments"),
    ("residual", "房屋残值补偿", "residual value of houses"),
)


def policy() -> Policy:
    """The Songjiang policy's header, tables and parameters, without rules."""
    raw = tomllib.loads(MODEL.read_text(encoding="utf-8"))
    kept = {key: raw[key] for key in ("policy", "table", "parameter") if key in raw}
    return Policy.model_validate({**kept, "decision": (), "rule": (), "objective": ()})


def instance(households: int = 420, seed: int = 7) -> Instance:
    """Towns, villages, hamlets, households, sites and consents; all other tables are left out."""
    luck = random.Random(seed)
    hamlets = [(f"Z{at:03d}", f"{TOWNS[min(at % 17, 10)]}第{at // 11 + 1}村", at) for at in range(60)]
    villages = sorted({(name, name.split("第")[0]) for _, name, _ in hamlets})
    sites = _sites()
    people = [(f"H{at:06d}", luck.choice(hamlets)[0], luck.choice([2, 3, 3, 4, 4, 5, 6])) for at in range(households)]
    town_of = {code: name.split("第")[0] for code, name, _ in hamlets}
    consents = []
    for who, hamlet, _ in people:
        own = [site for site in sites if site[3] == town_of[hamlet]] or sites[-2:]
        wish = luck.sample(own, k=min(len(own), luck.choice([1, 2, 2])))
        rows = [(who, "settlement" if site[2] == "settlement" else "town", site[0]) for site in wish]
        if luck.random() < 0.12:
            rows.append((who, "exit", ""))
        consents += [(*row, rank) for rank, row in enumerate(rows, start=1)]
    tables = {
        "towns": pd.DataFrame({"town": TOWNS}),
        "villages": pd.DataFrame(villages, columns=["village", "town"]),
        "hamlets": pd.DataFrame([(c, v) for c, v, _ in hamlets], columns=["hamlet", "village"]),
        "households": pd.DataFrame(people, columns=["household", "hamlet", "persons"]),
        "sites": pd.DataFrame(sites, columns=["site", "title", "kind", "town", "capacity"]),
        "consents": pd.DataFrame(consents, columns=["household", "mode", "site", "rank"]),
    }
    sources = (
        Source("镇名、政策条款", "public", "松江区人民政府文件，2022-03-15"),
        Source("补贴标准", "assumed", "文件写明“按市、区政府确定的标准”，此处为假定值"),
        Source("农户、意愿、安置点、财力", "generated", "由程序按种子 7 生成"),
    )
    title = Title(zh="松江区农民相对集中居住（示例）", en="Songjiang, villagers' concentrated living (example)")
    hashes = dict.fromkeys(tables, "0" * 64)
    return Instance("songjiang-example", title, policy(), tables, {}, sources, hashes, generated=True)


def _sites() -> list[tuple[str, str, str, str, int]]:
    rows = []
    for at, town in enumerate(TOWNS):
        short = town.removesuffix("镇")
        rows.append((f"S{2 * at:02d}", f"{short}镇区基地", "town", town, 560_000 + 40_000 * (at % 5)))
        rows.append((f"S{2 * at + 1:02d}", f"{short}平移点", "settlement", town, 120_000 + 10_000 * (at % 4)))
    rows.append(("S90", "佘山北大居", "estate", "佘山镇", 600_000))
    rows.append(("S91", "泗泾南大居", "estate", "泗泾镇", 400_000))
    return rows


def plan(task: Instance, seed: int = 11) -> Plan:
    """A plan in which about seven in ten households are placed."""
    luck = random.Random(seed)
    moves = _moves(task, luck)
    return Plan(
        policy="songjiang",
        instance=task.name,
        status="complete",
        tables={"moves": moves, "turnover": _turnover()},
        stages=_stages(moves),
        clauses=_clauses(task, moves, luck),
        statements={"town-money": _money(moves, luck)},
        lottery=_lottery(moves, luck),
        certificate={"bound": len(moves) + 2, "prices": {"site-area": {"S00": 0.25}}},
        seed=seed,
        engine="prices",
        seconds={"read": 0.4, "solve": 6.2, "total": 7.1},
        settings={
            "gap": 0.001,
            "price_stage": "total",
            "units": {
                "moves": {
                    "area": "dm2",
                    "persons": "1",
                    "city_subsidy": "fen",
                    "district_subsidy": "fen",
                    "building_cost": "fen",
                },
                "turnover": {"borrowed": "dm2"},
            },
            "titles": {
                "city_subsidy": {"zh": "市级补贴", "en": "City subsidy"},
                "district_subsidy": {"zh": "区级补贴", "en": "District subsidy"},
                "building_cost": {"zh": "建设成本", "en": "Building cost"},
                "town-money": {"zh": "各镇资金", "en": "Money of the towns"},
            },
        },
    )


def _moves(task: Instance, luck: random.Random) -> pd.DataFrame:
    people = task.tables["households"].merge(task.tables["hamlets"], on="hamlet")
    people = people.merge(task.tables["villages"], on="village")
    room = dict(zip(task.tables["sites"]["site"], task.tables["sites"]["capacity"], strict=True))
    wishes: dict[str, list[Any]] = {}
    for row in records(task.tables["consents"]):
        wishes.setdefault(row["household"], []).append(row)
    rows = []
    for who in records(people):
        area = 18_000 + 2_000 * max(0, who["persons"] - 4)
        for wish in wishes[who["household"]]:
            need = 13_000 if wish["mode"] == "settlement" else area if wish["mode"] == "town" else 0
            if wish["mode"] != "exit" and (room[wish["site"]] < need or luck.random() < 0.08):
                continue
            if wish["site"]:
                room[wish["site"]] -= need
            year = luck.choices(list(YEARS), weights=[3, 4, 5, 5, 4, 4, 3])[0]
            flat = wish["mode"] == "town"
            rows.append(
                {
                    "household": who["household"],
                    "mode": wish["mode"],
                    "site": wish["site"],
                    "year": year,
                    "flat_1": "F90" if flat else "",
                    "flat_2": "F90" if flat else "",
                    "plot": "P130" if wish["mode"] == "settlement" else "",
                    "town": who["town"],
                    "hamlet": who["hamlet"],
                    "village": who["village"],
                    "class": luck.randint(1, 5),
                    "rank": wish["rank"],
                    "persons": who["persons"],
                    "area": need,
                    "city_subsidy": 30 * WAN if flat else 12 * WAN,
                    "district_subsidy": 15 * WAN if flat else 8 * WAN,
                    "building_cost": need * 5_433 + 1 if flat else 25 * WAN,
                }
            )
            break
    return pd.DataFrame(rows)


def _turnover() -> pd.DataFrame:
    return pd.DataFrame({"site": ["S00", "S02"], "year": [2019, 2020], "borrowed": [1_234_567, 50]})


def _stages(moves: pd.DataFrame) -> tuple[StageResult, ...]:
    count = len(moves)
    cost = int(moves["building_cost"].sum())
    return (
        StageResult(
            "first", "SJ-04 一(三)", Wording("“三高两区”农户优先", "Three highs, two zones first"),
            "max", "households", 88, 88, 1.2, "prices"
        ),
        StageResult(
            "total", "SJ-01 一(三)", Wording("安置户数", "Households resettled"),
            "max", "households", count, count + 2, 2.1, "prices: many choice sets"
        ),
        StageResult(
            "cost", "SJ-03 一(三)", Wording("镇级建设支出", "Building cost of the towns"),
            "min", "fen", cost, cost - cost // 3000, 2.4, "prices: many choice sets"
        ),
    )  # fmt: skip


def _clauses(task: Instance, moves: pd.DataFrame, luck: random.Random) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []

    def add(clause: str, rule: str, key: str, sense: str, limit: int | None, attained: int, unit: str,
            zh: str, en: str, stretch: bool = False) -> None:  # fmt: skip
        slack = None if limit is None else attained - limit if sense == ">=" else limit - attained
        status = "record" if slack is None else "met" if slack > 0 else "binding"
        if slack is not None and slack < 0:
            status = "stretch missed" if stretch else "violated"
        price = (
            round(luck.random() / {"fen": 1e8, "dm2": 1e4}.get(unit, 1), 12) if status == "binding" else float("nan")
        )
        rows.append((clause, rule, key, sense, limit, attained, slack, status, price, unit, zh, en))

    until = [int((moves["year"] <= year).sum()) for year in (2022, 2025)]
    share = int((moves["mode"] == "town").mean() * 10_000)
    low, high = share - 130, share + 470
    add("SJ-01 一(三)", "total-2022", "", ">=", until[0], until[0], "households",
        "到2022年不少于目标户数", "by 2022 at least the target")  # fmt: skip
    add("SJ-01 一(三)", "total-2022-stretch", "", ">=", until[0] + 40, until[0], "households",
        "到2022年力争户数", "by 2022 the stretch target", stretch=True)  # fmt: skip
    add("SJ-01 一(三)", "total-2025", "", ">=", until[1] - 16, until[1], "households",
        "到2025年不少于目标户数", "by 2025 at least the target")  # fmt: skip
    add("SJ-02 一(三)", "into-town-share", "", ">=", low, share, "bp", "进城镇占比下限", "share into town")
    add(
        "SJ-02 一(三)",
        "into-town-share",
        "",
        "<=",
        high,
        share,
        "bp",
        "进城镇占比上限",
        "share into town",
    )
    sites = task.tables["sites"]
    used = moves.groupby("site")["area"].sum()
    for site in records(sites):
        unit_zh, unit_en = "安置点面积不超过可建面积", "site area within capacity"
        add("SJ-12 二(一)3(2)", "site-area", site["site"], "<=", site["capacity"],
            int(used.get(site["site"], 0)), "dm2", unit_zh, unit_en)  # fmt: skip
    for town in TOWNS:
        for year in MONEY_YEARS:
            limit = luck.randint(200, 900) * WAN
            attained = limit if luck.random() < 0.2 else limit - luck.randint(1, 150 * WAN)
            add("SJ-03 一(三)", "town-money", f"{town}, {year}", "<=", limit, attained, "fen",
                "镇级支出不超过当年财力", "the town's cost fits its means")  # fmt: skip
    add("SJ-22 四(三)", "assessment", "2019-2022", "record", None, until[0], "households",
        "两阶段考核：第一阶段户数", "assessed in two stages: the first")  # fmt: skip
    names = [
        "clause",
        "rule",
        "key",
        "sense",
        "limit",
        "attained",
        "slack",
        "status",
        "price",
        "unit",
        "title_zh",
        "title_en",
    ]
    frame = pd.DataFrame(rows, columns=names)
    return frame.astype({"limit": "Int64", "attained": "Int64", "slack": "Int64", "price": "float64"})


def _money(moves: pd.DataFrame, luck: random.Random) -> pd.DataFrame:
    rows = []
    for town in TOWNS:
        here = moves[moves["town"] == town]
        for year in MONEY_YEARS:
            now, before = here[here["year"] == year], here[here["year"] == year - 1]
            cost = int(now["building_cost"].sum()) // 2 + int(before["building_cost"].sum()) // 2
            amounts = {
                "capacity": luck.randint(20, 110) * WAN + luck.randint(0, 99),
                "city": int(now["city_subsidy"].sum()),
                "district": int(now["district_subsidy"].sum()),
                "land": len(before) * 30 * WAN,
                "reward": len(now) * 7 * WAN if year == 2022 else 0,
                "building": -cost,
                "infrastructure": -len(now) * 6 * WAN,
                "exit": -int((now["mode"] == "exit").sum()) * 80 * WAN,
                "residual": -len(now) * 3 * WAN,
            }
            rows += [(town, year, item, zh, en, amounts[item]) for item, zh, en in ITEMS if amounts[item]]
    return pd.DataFrame(rows, columns=["town", "year", "item", "item_zh", "item_en", "amount"])


def _lottery(moves: pd.DataFrame, luck: random.Random) -> pd.DataFrame:
    numbers = list(range(1, len(moves) + 1))
    luck.shuffle(numbers)
    decided = [number % 37 == 0 for number in numbers]
    return pd.DataFrame({"household": moves["household"], "number": numbers, "decided": decided})
