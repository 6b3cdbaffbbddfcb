"""What a household that came later gets, in sentences: which place, why this one, what stands against the others, what is left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from optimizer.analysis.placing import Options
from optimizer.decisions.mixes import SLOTS
from optimizer.instance import Instance
from optimizer.report.answers import Teller
from optimizer.report.phrases import amount
from optimizer.rules import Violation
from optimizer.wording import Language

SHOWN = 6
"""So many other options, and limits with what is left of them, are told."""


def place_lines(
    instance: Instance, options: Options, household: str, chosen: Mapping[str, object] | None, left: pd.DataFrame,
    again: bool, broken: Sequence[Violation], language: Language,
) -> list[str]:  # fmt: skip
    """The answer, a line a fact."""
    teller = Teller(instance, language)
    if chosen is None:
        return list(_none(teller, options, household, broken))
    what = teller.option(chosen)
    lines = [teller.say(f"{household}：可以安排 {what}。", f"{household} can get: {what}.")]
    rows = options.frame.to_dict("records")
    best = next(r for r in rows if all(str(r[k]) == str(v) for k, v in chosen.items()))
    if again:
        lines.append(
            teller.say(
                "按方案原来的房源和资金安排放不下；重新安排建房和各项资金（已定的农户不变）后放得下，已逐条审核。",
                "It does not fit with homes and money as the plan had them; with these settled anew (nobody else changes) it does, audited.",
            )
        )
    lines.append(_why(teller, options, rows))
    lines += _others(teller, options, best, rows)
    lines += [*_left(teller, left), *_broken(teller, broken)]
    return lines


def _why(teller: Teller, options: Options, rows: list[dict[Any, Any]]) -> str:
    fits = sum(bool(r["fits"]) for r in rows)
    if fits <= 1:
        return teller.say("它的其他选择都放不下。", "None of its other options fits.")
    if options.stage is None:
        return teller.say(
            f"放得下的选择有 {fits} 个，这一个对方案的目标最好。",
            f"{fits} of its options fit; this one is best for the plan's goals.",
        )
    return teller.say(
        f"放得下的选择有 {fits} 个；扣去它们占用的紧缺限额（按方案里这些限额的价值计），这一个最好。",
        f"{fits} of its options fit; after what they use of scarce limits (at what these are worth in the plan) this one is best.",
    )


def _others(
    teller: Teller, options: Options, best: Mapping[Any, Any], rows: list[dict[Any, Any]]
) -> Iterator[str]:  # fmt: skip
    """The nearest of each other sort of option (apart from year and homes)."""
    names = [k for k in options.keys[1:] if k != "year" and k not in SLOTS]
    seen, told = {tuple(str(best[k]) for k in names)}, 0
    for row in rows:
        sort = tuple(str(row[k]) for k in names)
        if sort in seen:
            continue
        seen.add(sort)
        told += 1
        if told > SHOWN:
            break
        what = teller.option({k: row[k] for k in options.keys[1:]})
        yield f"  {what}{teller.say('：', ': ')}{_against(teller, options, best, row)}"


def _against(teller: Teller, options: Options, best: Mapping[Any, Any], row: Mapping[Any, Any]) -> str:
    if row["refused"]:
        return teller.say(f"不在可选之列：{teller.clause(row)}。", f"not on offer: {teller.clause(row)}.")
    if not row["fits"]:
        if int(row["missing"]):
            lack = amount(int(row["missing"]), str(row["unit"]), teller.language)
            return teller.say(
                f"放不下：{teller.clause(row)}，还差 {lack}。", f"does not fit: {teller.clause(row)}, {lack} short."
            )
        return teller.say(f"不允许：{teller.clause(row)}。", f"not allowed: {teller.clause(row)}.")
    if options.stage is None or best["net"] is None or pd.isna(best["net"]):
        return teller.say("放得下，但对目标差一些。", "fits, but is worse for the goals.")
    title, unit = teller.goals[options.stage.stage]
    less = max(0.0, (int(best["net"]) - int(row["net"])) / 2.0**options.shift)
    much = amount(round(less), unit, teller.language)
    if round(less) == 0:
        return teller.say("放得下，几乎一样好。", "fits, and is almost as good.")
    return teller.say(
        f"放得下，但连同占用的紧缺限额一起算，“{title.zh}”要差 {much}。",
        f"fits, but counting what it uses of scarce limits '{title.en}' would be worse by {much}.",
    )


def _left(teller: Teller, left: pd.DataFrame) -> Iterator[str]:
    """What is left where it goes."""
    if left.empty:
        return
    yield teller.say("安排后，它占用的限额还剩：", "Left of the limits that it uses, with it placed:")
    for row in left.head(SHOWN).to_dict("records"):
        rest, used = (amount(int(row[k]), str(row["unit"]), teller.language) for k in ("left", "used"))
        yield teller.say(
            f"  {teller.clause(row)}：{rest}（本户用 {used}）", f"  {teller.clause(row)}: {rest} (it uses {used})"
        )


def _none(teller: Teller, options: Options, household: str, broken: Sequence[Violation]) -> Iterator[str]:
    if options.frame.empty:
        yield teller.say(f"{household}：没有任何可选项。", f"{household} has no options at all.")
        return
    yield teller.say(
        f"{household}：现有的余地放不下它的任何选择，先列入候补。",
        f"{household}: nothing that it may choose fits the room left; it waits.",
    )
    names = [k for k in options.keys[1:] if k != "year" and k not in SLOTS]
    seen: set[tuple[str, ...]] = set()
    for row in options.frame.to_dict("records"):
        sort = tuple(str(row[k]) for k in names)
        if sort not in seen and len(seen) < SHOWN:
            seen.add(sort)
            what = teller.option({k: row[k] for k in options.keys[1:]})
            yield f"  {what}{teller.say('：', ': ')}{_against(teller, options, row, row)}"
    yield from _broken(teller, broken)


def _broken(teller: Teller, broken: Sequence[Violation]) -> Iterator[str]:
    """What the plan breaks anyhow."""
    for violation in broken[:SHOWN]:
        yield teller.say(
            f"  请注意：现在的方案不符合 {violation.text.zh}",
            f"  Mind: as things are, the plan does not hold: {violation.text.en}",
        )
