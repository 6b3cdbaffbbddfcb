"""Withdrawals in sentences: what is to be expected, what at worst, what the reserve list is worth, and who comes first where."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from optimizer.instance import Instance
from optimizer.report.answers import Teller
from optimizer.report.cells import column_kinds
from optimizer.report.columns import write_table
from optimizer.report.labels import Labels
from optimizer.report.phrases import amount, percent
from optimizer.report.sheets import Book, write_frame
from optimizer.wording import Language, Wording

WORDS = {
    "position": Wording("顺位", "Position"),
    "lottery": Wording("抽签序号", "Number drawn"),
    "called": Wording("补上的情景数", "Scenarios called in"),
    "scenario": Wording("情景", "Scenario"),
    "withdrawn": Wording("退出户数", "Withdrawn"),
    "placed": Wording("安置户数", "Placed"),
    "placed_without": Wording("安置户数（无候补）", "Placed, no list"),
    "unused": Wording("未用资金", "Money unused"),
    "unused_without": Wording("未用资金（无候补）", "Money unused, no list"),
    "missed": Wording("未达项数", "Targets missed"),
    "missed_without": Wording("未达项数（无候补）", "Targets missed, no list"),
    "audited": Wording("审核（−1未审，其余为问题数）", "Audit (-1: not asked)"),
    "failed": Wording("无法排平", "Not settled"),
}
"""What the columns of the tables are called."""

SHOWN_PLACES, SHOWN_HOUSEHOLDS, SHOWN_TARGETS = 8, 5, 8


def reserve_lines(
    instance: Instance, lists: pd.DataFrame, frame: pd.DataFrame, targets: pd.DataFrame, by: str, rate: float,
    language: Language,
) -> list[str]:  # fmt: skip
    """The answer, a line a fact."""
    teller = Teller(instance, language)
    number = f"{len(frame):,}"
    lines = [
        teller.say(
            f"按平均 {percent(rate)} 的退出比例抽取 {number} 种情景（可用同一种子重抽）：",
            f"{number} scenarios drawn with {percent(rate)} withdrawing in the mean (the same seed draws them again):",
        ),
        *_households(teller, frame),
        *_goals(teller, frame),
        *_money(teller, frame),
        *_targets(teller, targets, len(frame)),
        *_checked(teller, frame),
        *_lists(teller, lists, by, len(frame)),
    ]
    return lines


def _mean(values: pd.Series) -> str:  # type: ignore[type-arg]
    return f"{values.mean():,.1f}"


def _households(teller: Teller, frame: pd.DataFrame) -> Iterator[str]:
    gone, called = _mean(frame["withdrawn"]), _mean(frame["called"])
    most = f"{int(frame['withdrawn'].max()):,}"
    yield teller.say(
        f"  退出：平均 {gone} 户，最多 {most} 户；候补补上：平均 {called} 户。",
        f"  withdrawn: {gone} households in the mean, {most} at most; followed from the reserve list: {called} in the mean.",
    )
    own, bare = (f"{int(frame[c].min()):,}" for c in ("placed", "placed_without"))
    yield teller.say(
        f"  安置户数：有候补平均 {_mean(frame['placed'])} 户，最差 {own} 户；没有候补平均 {_mean(frame['placed_without'])} 户，最差 {bare} 户。",
        f"  households placed: with the list {_mean(frame['placed'])} in the mean, {own} at worst; without it "
        f"{_mean(frame['placed_without'])}, {bare} at worst.",
    )


def _goals(teller: Teller, frame: pd.DataFrame) -> Iterator[str]:
    for goal, (title, unit) in teller.goals.items():
        if goal not in frame:
            continue
        own, bare = (amount(round(frame[c].mean()), unit, teller.language) for c in (goal, f"{goal}_without"))
        worst = amount(int(frame[goal].min()), unit, teller.language)
        yield teller.say(
            f"  {title.zh}：有候补平均 {own}（最低 {worst}），没有候补平均 {bare}。",
            f"  {title.en}: with the list {own} in the mean ({worst} at least), without it {bare}.",
        )


def _money(teller: Teller, frame: pd.DataFrame) -> Iterator[str]:
    if "unused" not in frame:
        return
    own, bare = (amount(round(frame[c].mean()), "fen", teller.language) for c in ("unused", "unused_without"))
    yield teller.say(
        f"  没有用出去的资金：有候补平均 {own}，没有候补平均 {bare}。",
        f"  money left unused: with the list {own} in the mean, without it {bare}.",
    )


def _targets(teller: Teller, targets: pd.DataFrame, count: int) -> Iterator[str]:
    if targets.empty:
        yield teller.say("  各项目标和占比在所有情景中都保持。", "  Every target and share holds in every scenario.")
        return
    for row in targets.head(SHOWN_TARGETS).to_dict("records"):
        what = teller.clause(row)
        lack = "" if row["kind"] == "share" else amount(int(row["worst"]), str(row["unit"]), teller.language)
        tail = teller.say(f"，最多差 {lack}", f", by {lack} at worst") if lack and row["times"] else ""
        yield teller.say(
            f"  {what}：有候补有 {row['times']} 种情景达不到{tail}；没有候补有 {row['times_without']} 种。",
            f"  {what}: missed in {row['times']} scenarios with the list{tail}; in {row['times_without']} without it.",
        )
    if len(targets) > SHOWN_TARGETS:
        more = len(targets) - SHOWN_TARGETS
        yield teller.say(f"  另有 {more} 项（见 --json）。", f"  And {more} more (see --json).")


def _checked(teller: Teller, frame: pd.DataFrame) -> Iterator[str]:
    done = frame.loc[frame["audited"] >= 0, "audited"]
    wrong = int((done > 0).sum())
    if len(done):
        zh = f"  最差的 {len(done)} 种情景按表逐条审核：" + ("都符合。" if not wrong else f"{wrong} 种另有条款不符合。")
        en = f"  The {len(done)} worst scenarios were audited from their tables: " + (
            "all hold." if not wrong else f"{wrong} break other clauses."
        )
        yield teller.say(zh, en)
    failed = int(frame["failed"].sum())
    if failed:
        yield teller.say(
            f"  有 {failed} 种情景的资金、指标等无法重新排平，这些情景的结果不可用。",
            f"  In {failed} scenarios money and quotas could not be settled again; their results are not to be used.",
        )


def _lists(teller: Teller, lists: pd.DataFrame, by: str, count: int) -> Iterator[str]:
    if lists.empty:
        yield teller.say("没有可列入候补的农户。", "Nobody is there to follow.")
        return
    yield teller.say(
        "候补名单（各处前几名；先按优先次序，同等的按公开抽签）：",
        "Reserve lists (the first of each; by priority, equals by the public lottery):",
    )
    column = str(lists.columns[0])
    likely = lists.groupby(column, sort=True)["called"].sum().sort_values(ascending=False, kind="stable")
    for place in likely.index[:SHOWN_PLACES]:
        mine = lists.loc[lists[column] == place]
        named = [f"{h}（{c / count:.0%}）" if teller.language == "zh" else f"{h} ({c / count:.0%})"
                 for h, c in zip(mine.iloc[:, 2].head(SHOWN_HOUSEHOLDS), mine["called"].head(SHOWN_HOUSEHOLDS), strict=True)]  # fmt: skip
        where = teller.labels.full(by, place) if place else teller.say("（不限地点）", "(no site)")
        joined = ("、" if teller.language == "zh" else ", ").join(named)
        yield teller.say(f"  {where}：{joined}；共 {len(mine)} 户", f"  {where}: {joined}; {len(mine)} in all")


def write_reserve(
    path: Path, instance: Instance, lists: pd.DataFrame, scenarios: pd.DataFrame, language: Language
) -> None:
    """The reserve lists as CSV (columns as they are), or lists and scenarios as a workbook (.xlsx, columns in words)."""
    if path.suffix.lower() != ".xlsx":
        write_table(lists, column_kinds(lists, {}), path)
        return
    labels, teller = Labels(instance, None, language), Teller(instance, language)
    goals = {goal: title for goal, (title, _) in teller.goals.items()}
    none = Wording("（无候补）", ", no list").to(language)
    names = {**{k: w.to(language) for k, w in WORDS.items()}, **{g: t.to(language) for g, t in goals.items()}}
    names |= {f"{g}_without": t.to(language) + none for g, t in goals.items()}
    numbered = scenarios.reset_index(names="scenario").assign(scenario=lambda f: f["scenario"] + 1)
    units = {names[c]: "fen" for c in ("unused", "unused_without") if c in numbered}
    units |= {
        names[g + end]: unit for g, (_, unit) in teller.goals.items() for end in ("", "_without") if g + end in numbered
    }
    with Book(path, language) as book:
        sheet = book.sheet(Wording("候补名单", "Reserve lists").to(language))
        write_frame(book, sheet, lists.rename(columns=names), {}, labels, path.name)
        sheet = book.sheet(Wording("退出情景", "Withdrawals").to(language))
        write_frame(book, sheet, numbered.rename(columns=names), units, labels, path.name)
