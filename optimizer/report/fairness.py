"""Who gets how much of a plan, in sentences and as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from optimizer.analysis.fairness import Envy, Groups, Spread
from optimizer.instance import Instance
from optimizer.report.frontier import chooser
from optimizer.report.labels import Labels
from optimizer.report.phrases import amount, percent
from optimizer.wording import Language, Wording

COLUMNS = ("item", "group", "amount", "weight", "unit", "value")


@dataclass(frozen=True)
class Price:
    """What raising the worst-off costs: its value in basis points and the total, from the plan that has most in all to the one
    whose worst-off has most; ``now``: the worst-off of the plan that was asked about; ``fairest``: the groups' shares when the
    worst-off, then the second, … come first."""

    title: Wording
    unit: str
    least: tuple[int, int]
    total: tuple[int, int]
    now: Fraction
    fairest: Spread | None


def spread_table(groups: Groups) -> pd.DataFrame:
    """One row an item and group, columns ``COLUMNS``: amount in base units of unit, value of one as a fraction (text)."""
    rows = [
        (s.id, group, got, weight, s.unit, str(value))
        for s in groups.spreads
        for group, got, weight, value in zip(s.groups, s.amount, s.weight, s.values, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def fairness_lines(groups: Groups, instance: Instance, language: Language) -> list[str]:
    """What each group gets, who gets least and most, how unevenly, and whether equal cases were treated equally."""
    say = chooser(language)
    words = _Words(groups.by, instance, language)
    lines = [say(f"按“{words.column}”比较：", f"Compared by '{words.column}':")]
    for spread in groups.spreads:
        lines += _spread(spread, words, language)
    lines += _envy(groups.envy, language)
    return lines


class _Words:
    """Names of the groups of a column."""

    def __init__(self, by: str, instance: Instance, language: Language) -> None:
        self.by, self.labels, self.language = by, Labels(instance, None, language), language
        self.column = self.labels.column(by)

    def __call__(self, group: str) -> str:
        """One group."""
        flags = {"True": Wording("是", "yes"), "False": Wording("否", "no")}
        if group in flags:
            return f"{self.column} {flags[group].to(self.language)}"
        words = self.labels.code(self.by, group)
        return f"{self.column} {words}" if words.isdigit() else words


def given(spread: Spread, value: int, language: Language) -> str:
    """What a group gets in all."""
    return f"{value:,}" if spread.unit == "bp" else amount(value, spread.unit, language)


def each(spread: Spread, value: Fraction, language: Language) -> str:
    """What one of a group gets, or the group's share."""
    if spread.unit == "bp":
        return percent(float(value))
    return amount(round(value), spread.unit, language)


def _spread(spread: Spread, words: _Words, language: Language) -> Iterator[str]:
    say = chooser(language)
    title = spread.title.to(language)
    worst, best = spread.worst, spread.best
    of = [_part(spread, at, words, language) for at in (worst, best)]
    of_one = "" if spread.unit == "bp" else say("（每户）", " (for each household)")
    mean = each(spread, spread.mean, language)
    if len(spread.groups) == 1 or spread.values[worst] == spread.values[best]:
        yield say(f"  {title}{of_one}：各处都是 {mean}。", f"  {title}{of_one}: {mean} everywhere.")
        return
    ratio = f"{float(spread.ratio or 0):.2f}"
    uneven = spread.gini
    tail = say(
        f"；最低为最高的 {ratio} 倍" + (f"，基尼系数 {float(uneven):.3f}" if uneven is not None else ""),
        f"; the least is {ratio} times the most" + (f", Gini {float(uneven):.3f}" if uneven is not None else ""),
    )
    yield say(
        f"  {title}{of_one}：全体 {mean}；最低 {of[0]}，最高 {of[1]}{tail}。",
        f"  {title}{of_one}: {mean} in all; least {of[0]}, most {of[1]}{tail}.",
    )
    if spread.gini_each is not None:
        yield say(
            f"    逐户计算的基尼系数 {float(spread.gini_each):.3f}（0 表示每户相同，1 表示全归一户）。",
            f"    Gini over single households {float(spread.gini_each):.3f} (0: all alike, 1: all to one).",
        )
    if spread.unit == "bp":
        listed = [
            _part(spread, at, words, language)
            for at in sorted(range(len(spread.groups)), key=spread.values.__getitem__)
        ]
        yield "    " + say("，", ", ").join(listed)


def _part(spread: Spread, at: int, words: _Words, language: Language) -> str:
    """One group with its value, and for a share what it is a share of."""
    value = each(spread, spread.values[at], language)
    share = (
        f"（{spread.amount[at]:,}/{spread.weight[at]:,}）"
        if language == "zh"
        else f" ({spread.amount[at]:,}/{spread.weight[at]:,})"
    )
    whole = spread.unit == "bp" and spread.id == "coverage"
    return f"{words(spread.groups[at])} {value}{share if whole else ''}"


def _envy(envy: Envy | None, language: Language) -> list[str]:
    say = chooser(language)
    if envy is None:
        return []
    if not envy.cases:
        return [say("没有两户条件完全相同。", "No two households are equal in everything.")]
    head = say(
        f"条件完全相同的农户有 {envy.cases} 组、共 {envy.households} 户，其中 {envy.less} 户得到的不如同组的另一户",
        f"{envy.households} households in {envy.cases} groups are equal in everything; {envy.less} of them got less than an equal one",
    )
    if envy.unjustified:
        return [
            say(
                f"{head}，{envy.unjustified} 户不符合公开抽签的次序。",
                f"{head}, {envy.unjustified} of them against the order of the public lottery.",
            )
        ]
    return [
        say(f"{head}，都由公开抽签决定。", f"{head}, all of them by the public lottery.")
        if envy.less
        else say(f"{head}。", f"{head}.")
    ]


def price_lines(price: Price, groups: Groups, instance: Instance, language: Language) -> list[str]:
    """What it costs in all to put the worst-off first."""
    say = chooser(language)
    words = _Words(groups.by, instance, language)
    low, high = (percent(value / 10_000) for value in price.least)
    lost = abs(price.total[1] - price.total[0])
    share = percent(lost / max(1, abs(price.total[0])), 2)
    title, much = price.title.to(language), amount(lost, price.unit, language)
    now = percent(float(price.now))
    lines = []
    if now != low and 10_000 * price.now < price.least[0]:
        lines.append(
            say(
                f"最低的一处现为 {now}；“{title}”不受影响就可以提高到 {low}。",
                f"The lowest is now at {now}; it can rise to {low} without any loss of '{title}'.",
            )
        )
    if price.least[0] == price.least[1]:
        lines.append(say(f"最低的一处最高只能到 {low}。", f"The lowest cannot be higher than {low}."))
    else:
        lines.append(
            say(
                f"若先照顾最低的一处，可再由 {low} 提高到 {high}，代价是“{title}”差 {much}（{share}）。",
                f"With the lowest first it can rise from {low} to {high}; the price is {much} of '{title}' ({share}).",
            )
        )
    if price.fairest is not None:
        order: Sequence[int] = sorted(range(len(price.fairest.groups)), key=price.fairest.values.__getitem__)
        parts = [_part(price.fairest, at, words, language) for at in order]
        lines.append(
            say(
                f"最公平的方案（先最低的，再第二低的，依次类推）：{'，'.join(parts)}。",
                f"The fairest plan (the lowest first, then the second lowest, and so on): {', '.join(parts)}.",
            )
        )
    return lines
