"""Writes the generated Guangxi folders; the counties' subsidy steps are designed by ``optimizer`` on the way."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import optimizer

Tables = dict[str, pd.DataFrame]
LONG = ("households", "consents")
"""Tables that are written as Parquet: a spreadsheet is no help with so many rows."""

DOCUMENT = "都安瑶族自治县人民政府公布《易地扶贫搬迁政策》, 2018-01-19"
SOURCES = [
    ("县（市、区）和设区市的名称；石漠化片区县 (names of counties and cities; karst-area counties)", "public", "广西壮族自治区行政区划（2016年）；片区县名单凭公开资料整理，个别可能有出入 (from public lists, from memory: a few may differ)"),
    ("任务、标准、比例、渠道规模和利率 (tasks, standards, shares, sources and rates of the clauses)", "public", DOCUMENT),
    ("参加的79个县和13个市、各县地区类别 (which 79 counties of 13 cities take part, their classes)", "assumed", "文件未列出名单；北海市视为未列入 (the document does not list them; Beihai is taken to be left out)"),
    ("地方政府债务利率3%、各渠道年度进度、分散安置比例、产业扶持、资本金比例 (rate of bonds, yearly progress of sources, …)", "assumed", "文件未给出；参数表中标“假定” (not in the document; marked as assumed)"),
    ("各县任务（按名单人口用最大余数法分摊）、人口、成本、用地、财力 (county tasks, people, costs, land, budgets)", "generated", "随机生成 (drawn at random)"),
    ("乡镇、安置点、农户、意愿 (townships, sites, households, consents)", "generated", "随机生成，不对应任何真实乡镇、安置点或农户 (no real township, site or household)"),
]  # fmt: skip


def write_all(out: Path, tables: Tables, register: pd.DataFrame, county: Tables, seed: int) -> None:
    """``out-steps``, ``out`` and ``out-duan``."""
    steps = out.with_name(f"{out.name}-steps")
    design = {n: tables[n] for n in ("classes", "levels", "caps")}
    design["counties"] = tables["counties"][["county", "class", "unit_cost"]]
    design["register"] = register
    write(
        steps,
        design,
        "guangxi-steps",
        ("各县分档补助标准设计（生成数据）", "design of the counties' subsidy steps (generated data)"),
        seed,
        {},
    )
    tables["steps"] = designed(steps, tables)
    many = len(tables["households"])
    title = (f"易地扶贫搬迁（79县{many}户，生成数据）", f"relocation, 79 counties, {many} households, generated data")
    write(out, tables, "guangxi", title, seed, numbers(tables))
    own = county["counties"]["county"].iloc[0]
    county["steps"] = tables["steps"].loc[tables["steps"]["county"] == own].reset_index(drop=True)
    many = len(county["households"])
    title = (
        f"易地扶贫搬迁（{own}{many}户，生成数据）",
        f"relocation, one county (Du'an), {many} households, generated data",
    )
    alone = {**numbers(county), "province_tolerance": 4}  # as for a county of the region: households are not split
    write(out.with_name(f"{out.name}-duan"), county, "guangxi", title, seed, alone)


def numbers(tables: Tables) -> dict[str, int]:
    """Parameters that go with the size: persons in all, and a fifth of them out of poverty each year."""
    total = int(tables["plan_years"]["registered"].sum())
    return {"registered_total": total, "out_of_poverty": total // 5}


def designed(folder: Path, tables: Tables) -> pd.DataFrame:
    """The table ``steps`` from the plan of the design task, in yuan."""
    plan = optimizer.solve(folder, gap=1e-4)
    found = {n: plan.tables[n].set_index(["county", "level"])["amount"] // 100 for n in ("steps", "owns")}
    keys = pd.MultiIndex.from_product(
        [tables["counties"]["county"], tables["levels"]["level"]], names=["county", "level"]
    )
    frame = pd.DataFrame({"amount": found["steps"], "own": found["owns"]}).reindex(keys, fill_value=0).reset_index()
    frame = frame.fillna(0).astype({"amount": "int64", "own": "int64"})
    frame = frame.merge(tables["levels"][["level", "above"]], on="level", how="left", sort=False)
    return frame.merge(tables["counties"][["county", "class"]], on="county", how="left", sort=False)


def write(
    folder: Path, tables: Tables, policy: str, title: tuple[str, str], seed: int, parameters: dict[str, int]
) -> None:  # fmt: skip
    """One folder: long tables as Parquet, the others as CSV."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        if name in LONG and len(frame) > 30_000:
            frame.to_parquet(folder / f"{name}.parquet", index=False, compression="zstd")
        else:
            flags = frame.select_dtypes("bool").columns
            plain = frame.assign(**{f: frame[f].map({True: "是", False: "否"}) for f in flags})
            plain.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    lines = [
        "[instance]", f'name = "{folder.name}"', f'title = {{ zh = "广西{title[0]}", en = "Guangxi: {title[1]}" }}',
        f'policy = "{policy}"', "generated = true", f"seed = {seed}",
        *([f"households = {len(tables['households'])}"] if "households" in tables else []),
        "", *(["[parameters]", *(f"{k} = {v}" for k, v in parameters.items()), ""] if parameters else []),
    ]  # fmt: skip
    for what, kind, note in SOURCES:
        lines += ["[[source]]", f'what = "{what}"', f'kind = "{kind}"', f'note = "{note}"', ""]
    (folder / "instance.toml").write_text("\n".join(lines), encoding="utf-8")
