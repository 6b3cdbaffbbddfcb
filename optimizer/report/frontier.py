"""A trade-off between two goals in sentences and as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from optimizer.analysis.tradeoff import Pair
from optimizer.report.phrases import amount, listed, percent
from optimizer.units import UNITS, display_unit, from_base
from optimizer.wording import Language, Wording


@dataclass(frozen=True)
class Told:
    """What is told of a frontier, of goals 0 and 1 each. ``values``, ``most``: a pair a point, base units, natural; ``signs``:
    1 where more is better. ``kept``: title, unit, value and proven best of each goal that stays in front; ``staged``: goals in
    front that every plan was solved for anew; ``after``: goals that decide between equals; ``refused``: values of plans that
    break a clause, and why; ``outline``: corners beyond which no legal plan can be; ``freed``: goals that are otherwise decided
    after the choices, and here decide about them too."""

    titles: tuple[Wording, Wording]
    units: tuple[str, str]
    signs: Pair
    values: tuple[Pair, ...]
    most: tuple[Pair, ...]
    kept: tuple[tuple[Wording, str, int, int], ...]
    staged: tuple[Wording, ...]
    after: tuple[Wording, ...]
    refused: tuple[tuple[Pair, Wording], ...]
    complete: bool
    outline: tuple[Pair, ...]
    freed: tuple[Wording, ...] = ()

    def short(self, goal: int, language: Language) -> str:
        """A goal's title without what stands in brackets at its end."""
        return self.titles[goal].to(language).split("（" if language == "zh" else " (")[0]


def frontier_lines(told: Told, language: Language) -> list[str]:
    """The answer: how many plans, each plan, what a step costs, what is proven, and what became of the other goals."""
    say = chooser(language)
    first, second = (t.to(language) for t in told.titles)
    count = len(told.values)
    lines = [
        say(
            f"在“{first}”和“{second}”之间有取舍，共列出 {count} 个方案，每个都通过逐条审核，任何一个都不能被另一个在两方面同时赶上：",
            f"Between '{first}' and '{second}' there is a trade-off. {count} plans are listed; each passed the audit, and none is matched by"
            " another in both:",
        )
        if count > 1
        else say(
            f"“{first}”和“{second}”之间没有取舍：同一个方案两方面都最好。",
            f"There is no trade-off between '{first}' and '{second}': one plan is best in both.",
        )
    ]
    for number, values in enumerate(told.values, start=1):
        lines.append(
            say(
                f"  方案 {number}：{both(told, values, language)}。",
                f"  Plan {number}: {both(told, values, language)}.",
            )
        )
    lines += [_step(told, number, language) for number in range(1, count)]
    lines.append(_proof(told, language))
    lines += list(_others(told, language))
    return lines


def both(told: Told, values: Pair, language: Language) -> str:
    """The two goals with what a plan has of them."""
    parts = [f"{told.short(goal, language)} {amount(values[goal], told.units[goal], language)}" for goal in (0, 1)]
    return ("，" if language == "zh" else "; ").join(parts)


ROUND = {"fen": 100_000_000, "dm2": 100_000, "bp": 100}
"""A round step for rates: 1,000,000 yuan, 1,000 m², one per cent; of counts ten."""


def _step(told: Told, number: int, language: Language) -> str:
    """From one plan to the next: what is given up, what is gained, and the rate."""
    before, after = told.values[number - 1], told.values[number]
    lost, won = abs(after[0] - before[0]), abs(after[1] - before[1])
    down = _direction(-told.signs[0], language)
    up = _direction(told.signs[1], language)
    first, second = (told.short(goal, language) for goal in (0, 1))
    units = told.units
    head_zh = f"  从方案 {number} 到方案 {number + 1}：“{first}”{down} {amount(lost, units[0], 'zh')}，“{second}”{up} {amount(won, units[1], 'zh')}"
    head_en = (
        f"  From plan {number} to plan {number + 1}: {amount(lost, units[0], 'en')} {down} of '{first}', {amount(won, units[1], 'en')} {up} of"
        f" '{second}'"
    )
    step = ROUND.get(UNITS[units[0]].base, int(10 * UNITS[display_unit(units[0])].size))
    if lost < step:
        return f"{head_zh}。" if language == "zh" else f"{head_en}."
    gain = _rate(won * step / lost, units[1], language)
    each = amount(step, units[0], language)
    return (
        f"{head_zh}；平均每{down} {each}，{up} {gain}。"
        if language == "zh"
        else f"{head_en}; {gain} {up} for every {each} {down}."
    )


def _direction(sign: int, language: Language) -> str:
    words = ("多", "少") if language == "zh" else ("more", "less")
    return words[0] if sign > 0 else words[1]


def _rate(value: float, unit: str, language: Language) -> str:
    """A mean amount: counts with a digit behind the point."""
    if UNITS[unit].base != "1":
        return amount(round(value), unit, language)
    shown = display_unit(unit)
    word = UNITS[shown].zh if language == "zh" else UNITS[shown].en
    return f"{value / float(UNITS[shown].size):,.1f} {word}".strip()


def _proof(told: Told, language: Language) -> str:
    say = chooser(language)
    if told.complete:
        return say(
            "已证明：除列出的方案外，没有别的合法方案能在一方面更好而另一方面不差。",
            "Proven: apart from these, no legal plan is better in one of the two without being worse in the other.",
        )
    gaps = [_widest(told, goal) for goal in (0, 1)]
    parts = [
        say(
            f"{told.short(goal, 'zh')} {amount(gap, told.units[goal], 'zh')}（{percent(share, 3)}）",
            f"{told.short(goal, 'en')} by {amount(gap, told.units[goal], 'en')} ({percent(share, 3)})",
        )
        for goal, (gap, share) in enumerate(gaps)
    ]
    if all(gap == 0 for gap, _ in gaps):
        return say(
            "已证明：列出的每个方案，一方面不变时，另一方面不能更好；它们之间还有别的方案。",
            "Proven: of each plan listed neither goal can be better while the other stays as good; there are other plans between them.",
        )
    return say(
        f"已证明：列出的每个方案，一方面不变时，另一方面最多还能好：{'；'.join(parts)}。它们之间还有别的方案。",
        f"Proven: of each plan listed, with one goal as good as it is the other can be better at most: {'; '.join(parts)}. There are other plans"
        " between them.",
    )


def _widest(told: Told, goal: int) -> tuple[int, float]:
    """The largest distance between a value and what is proven, and as a share of the value."""
    gaps = [(abs(m[goal] - v[goal]), max(1, abs(v[goal]))) for v, m in zip(told.values, told.most, strict=True)]
    return max(gap for gap, _ in gaps), max(gap / size for gap, size in gaps)


def _others(told: Told, language: Language) -> Iterator[str]:
    """What became of the policy's other goals."""
    say = chooser(language)
    for title, unit, value, best in told.kept:
        reached = amount(value, unit, language)
        proof = say("（已证明最好）", " (proven best)") if value == best else ""
        yield say(
            f"政策把“{title.zh}”排在这两个目标前面，各方案都保持 {reached}{proof}。",
            f"The policy puts '{title.en}' before both: every plan keeps {reached}{proof}.",
        )
    for title in told.freed:
        yield say(
            f"“{title.zh}”平时在安置确定之后才计算，这里也让它影响安置。",
            f"'{title.en}' is otherwise reckoned once the choices are made; here it decides about them too.",
        )
    if told.staged:
        names = listed([t.to(language) for t in told.staged], language)
        yield say(
            f"排在前面的还有：{names}；每个方案都先做到最好。",
            f"Also before both: {names}; every plan makes them as good as can be first.",
        )
    if told.after:
        names = listed([t.to(language) for t in told.after], language)
        yield say(
            f"其余目标（{names}）只在这两方面相同的方案之间决定取舍。",
            f"The other goals ({names}) only decide between plans that are equal in these two.",
        )
    for values, reason in told.refused:
        yield say(
            f"{both(told, values, 'zh')} 的安排不能采用，会违反条款：{reason.zh}",
            f"What would reach {both(told, values, 'en')} cannot be used; it breaks a clause: {reason.en}",
        )


def chooser(language: Language) -> Callable[[str, str], str]:
    """A function that takes a sentence in Chinese and in English and gives the one in the language."""
    return lambda zh, en: zh if language == "zh" else en


def frontier_rows(told: Told, language: Language) -> tuple[list[str], list[list[str]]]:
    """The table for ``frontier.csv``: header and cells, numbers exact in the display unit named in the header."""
    say = chooser(language)
    names = []
    for title, unit in zip(told.titles, told.units, strict=True):
        shown = UNITS[display_unit(unit)]
        word = shown.zh if language == "zh" else shown.en
        names.append(f"{title.to(language)}（{word}）" if language == "zh" else f"{title.to(language)} ({word})")
    proven = say("已证明的极限", "proven limit")
    header = [say("方案", "plan"), *names, *(f"{name} {proven}" for name in names)]
    rows = [
        [str(number), *(_cell(value, unit) for value, unit in zip((*v, *m), (*told.units, *told.units), strict=True))]
        for number, (v, m) in enumerate(zip(told.values, told.most, strict=True), start=1)
    ]
    return header, rows


def _cell(value: int, unit: str) -> str:
    return str(from_base(value, display_unit(unit)))
