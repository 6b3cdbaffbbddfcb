"""Plans near the best one, and what is different in each, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from optimizer.instance import Instance
from optimizer.report.answers import Teller
from optimizer.report.frontier import chooser
from optimizer.report.phrases import amount, listed, percent
from optimizer.wording import Language, Wording


@dataclass(frozen=True)
class Told:
    """One plan: households with something new and the most that could have (proven); how many differ from the best plan;
    households placed there and here; for each goal title, unit, sense, value there and here; goals that were held exactly;
    some of the households that differ (keys before, ``_new`` after); the column of households."""

    differing: int
    most: int
    changed: int
    placed_before: int
    placed: int
    goals: tuple[tuple[Wording, str, str, int, int], ...]
    exact: tuple[Wording, ...]
    shown: Sequence[Mapping[Any, Any]]
    own: str


def alternative_lines(
    told: Sequence[Told], task: Instance, within: Fraction, exhausted: bool, language: Language
) -> list[str]:
    """How many plans there are, then each with what differs."""
    say = chooser(language)
    share = percent(float(within), 2)
    if not told:
        return [
            say(
                f"与最好方案相差不超过 {share} 的范围内，没有给任何一户不同安排的合法方案（已证明）。",
                f"No legal plan within {share} of the best gives any household something else (proven).",
            )
            if exhausted
            else say(
                f"没有找到与最好方案相差不超过 {share} 的其他方案。",
                f"No other plan within {share} of the best was found.",
            )
        ]
    lines = [
        say(
            f"找到 {len(told)} 个与最好方案相近的方案：每个目标相差都不超过 {share}，每个都通过逐条审核，安排则尽量不同。",
            f"{len(told)} plans near the best were found: no goal is more than {share} worse, each passed the audit, and they differ as"
            " much as can be.",
        )
    ]
    teller = Teller(task, language)
    for number, one in enumerate(told, start=1):
        lines += _plan(number, one, teller, language)
    if exhausted:
        lines.append(
            say("再没有能给任何一户新安排的方案（已证明）。", "No further plan gives anybody anything new (proven).")
        )
    return lines


def _plan(number: int, one: Told, teller: Teller, language: Language) -> list[str]:
    say = chooser(language)
    proven = say(
        "，已证明不能更多" if one.most == one.differing else f"，已证明最多 {one.most:,} 户",
        ", proven to be the most" if one.most == one.differing else f", proven to be at most {one.most:,}",
    )
    lines = [
        say(
            f"相近方案 {number}：{one.changed:,} 户与最好方案不同；{one.differing:,} 户的安排是前面各方案（同等条件的农户合看）都没有的{proven}。",
            f"Near plan {number}: {one.changed:,} households have something else than in the best plan; {one.differing:,} have what no earlier plan"
            f" gave to them or to an equal one{proven}.",
        )
    ]
    differences = [_goal(goal, language) for goal in one.goals if goal[3] != goal[4]]
    same = say("各目标与最好方案相同。", "Every goal is as in the best plan.")
    lines.append("  " + (say("，", "; ").join(differences) + say("。", ".") if differences else same))
    if one.exact:
        names = listed([t.to(language) for t in one.exact], language)
        lines.append(
            "  "
            + say(
                f"为不违反优先次序的条款，这些目标没有放宽：{names}。",
                f"So that no clause on priority is broken, these goals were not loosened: {names}.",
            )
        )
    for row in one.shown:
        before = {k: v for k, v in row.items() if k != one.own and not str(k).endswith("_new")}
        after = {str(k).removesuffix("_new"): v for k, v in row.items() if str(k).endswith("_new")}
        lines.append(
            "  "
            + say("例如 ", "For example ")
            + f"{row[one.own]}{say('：', ': ')}{_result(before, teller)} → {_result(after, teller)}"
        )
    return lines


def _goal(goal: tuple[Wording, str, str, int, int], language: Language) -> str:
    title, unit, sense, before, after = goal
    say = chooser(language)
    better = (after > before) == (sense == "max")
    much = amount(abs(after - before), unit, language)
    share = percent(abs(after - before) / max(1, abs(before)), 2)
    return say(
        f"“{title.zh}”{'好' if better else '差'} {much}（{share}）",
        f"'{title.en}' {'better' if better else 'worse'} by {much} ({share})",
    )


def _result(keys: Mapping[str, Any], teller: Teller) -> str:
    words = teller.option(keys)
    return words if words else teller.say("没有安排", "nothing")
