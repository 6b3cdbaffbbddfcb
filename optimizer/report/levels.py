"""How the levels came to agree, in sentences, as ``levels.csv`` and as the ``levels`` part of plan.json."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.plan import Levels, Plan
from optimizer.report.cells import exact_texts, guard, write_rows
from optimizer.report.phrases import amount
from optimizer.units import UNITS, display_unit
from optimizer.wording import Language, Wording

UPPER = Wording("上级", "upper level")
KINDS = {
    "prices": Wording("各地报价", "prices"),
    "plans": Wording("各地报完整方案", "whole plans"),
    "agreed": Wording("两级一致", "agreed"),
}
MOST_NAMED = 5
COLUMNS = ("round", "place", "clause", "rule", "key", "given", "used", "missing", "price", "unit", "sense", "stage", "kind", "title")  # fmt: skip


def write_levels(levels: Levels, path: Path, language: Language) -> None:
    """``levels.csv``: every round's division in display units; a price is what one more of them is worth."""
    frame = levels.division.reset_index(drop=True)
    cells: dict[str, list[str]] = {
        name: [guard(str(v)) for v in frame[name]]
        for name in ("round", "clause", "rule", "key", "sense", "stage", "kind")
    }
    cells["place"] = [guard(str(p)) if p else UPPER.to(language) for p in frame["place"]]
    for name in ("given", "used", "missing"):
        texts = [""] * len(frame)
        for unit, rows in frame.groupby("unit", sort=False).groups.items():
            for at, text in zip(rows, exact_texts(frame.loc[rows, name], str(unit)), strict=True):
                texts[int(str(at))] = text
        cells[name] = texts
    size = [float(UNITS[display_unit(str(unit))].size) for unit in frame["unit"]]
    cells["price"] = [f"{price * each:.6g}" for price, each in zip(frame["price"], size, strict=True)]
    cells["unit"] = [display_unit(str(unit)) for unit in frame["unit"]]
    cells["title"] = [guard(str(title)) for title in frame[f"title_{language}"]]
    write_rows(path, COLUMNS, [cells[name] for name in COLUMNS])


def levels_record(levels: Levels, language: Language) -> dict[str, Any]:
    """For plan.json and ``--json``: the rounds, the last division, sentences, and the comparison; base units."""
    last = levels.division[levels.division["round"] == levels.division["round"].max()]
    columns = ["place", "clause", "rule", "key", "sense", "given", "used", "price", "unit"]
    rounds = [{k: None if pd.isna(v) else v for k, v in row.items()} for row in levels.rounds.to_dict("records")]
    compared = [{k: None if pd.isna(v) else v for k, v in row.items()} for row in levels.comparison.to_dict("records")]
    return {
        "rounds": rounds,
        "division": last[columns].to_dict("records"),
        "fell_short": len(levels.shortfalls),
        "sentences": [each.to(language) for each in sentences(levels)],
        "comparison": compared,
        "fallback": levels.fallback,
    }


def sentences(levels: Levels) -> list[Wording]:
    """The story: the first division, who fell short and why, how it ended, and the comparison."""
    rounds = levels.rounds
    said = [
        Wording(
            f"上级先按需要（每户各选项的平均用量）用最大余数法把任务和资金分到各地，各地规划后回报价格或缺口，上级据此再分；共 {len(rounds)} 轮，"
            f"其中 {int((rounds['short'] > 0).sum())} 轮有地方完不成。",
            f"The upper level first divides tasks and money by need (the mean use of a household's options, largest remainders); places "
            f"plan and send back prices or what is missing, and it divides again: {len(rounds)} rounds, in "
            f"{int((rounds['short'] > 0).sum())} of which some place fell short.",
        )
    ]
    said += shortfall_sentences(levels)
    if levels.fallback:
        said.append(
            Wording(
                "分级衔接没有得到两级一致的方案，也没有证明冲突，改由整体求解。",
                "The levels found neither an agreement nor a proven conflict; the whole program was solved at once.",
            )
        )
    elif len(rounds):
        said.append(
            Wording(
                "最后两级一致：分给每个地方的，正好等于它的方案所用；余下的由上级留用，各项合计与上级总数分毫不差。",
                "In the end both levels agree: what each place is given is what its plan uses; the upper level keeps the rest, and all adds "
                "up to its total exactly.",
            )
        )
    return [*said, *map(_compared, levels.comparison.to_dict("records"))]


def shortfall_sentences(levels: Levels) -> list[Wording]:
    """The largest shortfalls of the last rounds that had any, one a place."""
    if levels.shortfalls.empty:
        return []
    told = levels.shortfalls.sort_values("round", ascending=False, kind="stable").drop_duplicates("place")
    words = [_short(row) for row in told.head(MOST_NAMED).to_dict("records")]
    more = len(told) - MOST_NAMED
    if more > 0:
        words.append(
            Wording(
                f"另有 {more} 个地方也曾完不成，见 levels.csv。", f"{more} more places fell short once; see levels.csv."
            )
        )
    return words


def _short(row: dict[Any, Any]) -> Wording:
    def told(language: Language) -> tuple[str, str]:
        return amount(int(row["given"]), str(row["unit"]), language), amount(int(row["missing"]), str(row["unit"]), language)  # fmt: skip

    given, missing = told("zh")
    given_en, missing_en = told("en")
    clause = str(row["clause"]).split()[0]
    task = row["sense"] == ">="
    held_zh = f"，卡在 {row['binding_zh']}" if row["binding_zh"] else ""
    held_en = f"; held back by {row['binding_en']}" if row["binding_en"] else ""
    return Wording(
        f"第 {row['round']} 轮：{row['place']} 对 {clause} {row['title_zh']}（{row['key']}）分得 {given}，"
        f"{'完不成' if task else '不够用'}，缺 {missing}{held_zh}。",
        f"Round {row['round']}: {row['place']} was given {given_en} of {clause} {row['title_en']} ({row['key']}); "
        f"{missing_en} {'could not be done' if task else 'more is needed'}{held_en}.",
    )


def _compared(row: dict[Any, Any]) -> Wording:
    def told(language: Language) -> list[str]:
        return [
            "—" if pd.isna(row[name]) else amount(int(row[name]), str(row["unit"]), language)
            for name in ("value", "bound", "joint_value", "joint_bound")
        ]

    value, bound, joint, joint_bound = told("zh")
    value_en, bound_en, joint_en, joint_bound_en = told("en")
    joint_seconds = 0.0 if pd.isna(row["joint_seconds"]) else row["joint_seconds"]
    return Wording(
        f"与整体一次求解相比（目标 {row['stage']}）：分级 {value}（界 {bound}，{row['seconds']:.1f} 秒），整体 {joint}（界 {joint_bound}，"
        f"{joint_seconds:.1f} 秒）；{row['places']} 个地方中有 {row['places_different']} 个分得不同。",
        f"Beside the whole program at once (goal {row['stage']}): by levels {value_en} (bound {bound_en}, {row['seconds']:.1f} s), at once "
        f"{joint_en} (bound {joint_bound_en}, {joint_seconds:.1f} s); of {row['places']} places {row['places_different']} are given "
        f"something else.",
    )


def levels_section(plan: Plan, language: Language) -> dict[str, Any] | None:
    """What the page shows: sentences and the rounds as a table."""
    levels = plan.levels
    if levels is None:
        return None
    units = {stage.id: stage.unit for stage in plan.stages}
    rows = [
        {
            "round": row["round"],
            "kind": KINDS[str(row["kind"])].to(language),
            "bound": _told(row["bound"], units.get(str(row["stage"]), "1"), language),
            "value": _told(row["value"], units.get(str(row["stage"]), "1"), language),
            "short": row["short"],
        }
        for row in levels.rounds.to_dict("records")
    ]
    return {"sentences": [each.to(language) for each in sentences(levels)], "rounds": rows}


def _told(value: Any, unit: str, language: Language) -> str:
    return "—" if pd.isna(value) else amount(int(value), unit, language)
