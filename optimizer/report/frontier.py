"""A trade-off between two goals in sentences, as a table and as a picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from optimizer.analysis.tradeoff import Pair
from optimizer.report.phrases import amount, listed, percent
from optimizer.report.svg import line, text, ticks
from optimizer.units import UNITS, display_unit, from_base
from optimizer.wording import Language, Wording


@dataclass(frozen=True)
class Told:
    """What is told of a frontier, of goals 0 and 1 each. ``values``, ``most``: a pair a point, base units, natural; ``signs``:
    1 where more is better. ``kept``: title, unit, value and proven best of each goal that stays in front; ``staged``: goals in
    front that every plan was solved for anew; ``after``: goals that decide between equals; ``refused``: values of plans that
    break a clause, and why; ``outline``: corners beyond which no legal plan can be."""

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


def frontier_lines(told: Told, language: Language) -> list[str]:
    """The answer: how many plans, each plan, what a step costs, what is proven, and what became of the other goals."""
    say = _chooser(language)
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
                f"  方案 {number}：{_both(told, values, language)}。",
                f"  Plan {number}: {_both(told, values, language)}.",
            )
        )
    lines += [_step(told, number, language) for number in range(1, count)]
    lines.append(_proof(told, language))
    lines += list(_others(told, language))
    return lines


def _both(told: Told, values: Pair, language: Language) -> str:
    parts = [
        f"{title.to(language)} {amount(value, unit, language)}"
        for title, value, unit in zip(told.titles, values, told.units, strict=True)
    ]
    return ("，" if language == "zh" else "; ").join(parts)


ROUND = {"fen": 100_000_000, "dm2": 100_000, "bp": 100}
"""A round step for rates: 1,000,000 yuan, 1,000 m², one per cent; of counts ten."""


def _step(told: Told, number: int, language: Language) -> str:
    """From one plan to the next: what is given up, what is gained, and the rate."""
    before, after = told.values[number - 1], told.values[number]
    lost, won = abs(after[0] - before[0]), abs(after[1] - before[1])
    down = _direction(-told.signs[0], language)
    up = _direction(told.signs[1], language)
    first, second = (t.to(language) for t in told.titles)
    units = told.units
    head_zh = f"  从方案 {number} 到方案 {number + 1}：“{first}”{down} {amount(lost, units[0], 'zh')}，“{second}”{up} {amount(won, units[1], 'zh')}"
    head_en = (
        f"  From plan {number} to plan {number + 1}: {amount(lost, units[0], 'en')} {down} of '{first}', {amount(won, units[1], 'en')} {up} of"
        f" '{second}'"
    )
    step = ROUND.get(UNITS[units[0]].base, 10 * UNITS[display_unit(units[0])].size)
    if lost < step:
        return f"{head_zh}。" if language == "zh" else f"{head_en}."
    gain = _rate(won * step / lost, units[1], language)
    each = amount(int(step), units[0], language)
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
    say = _chooser(language)
    if told.complete:
        return say(
            "已证明：除列出的方案外，没有别的合法方案能在一方面更好而另一方面不差。",
            "Proven: apart from these, no legal plan is better in one of the two without being worse in the other.",
        )
    gaps = [_widest(told, goal) for goal in (0, 1)]
    parts = [
        f"{title.to(language)} {amount(gap, unit, language)}（{percent(share, 3)}）"
        if language == "zh"
        else f"{title.to(language)} by {amount(gap, unit, language)} ({percent(share, 3)})"
        for title, unit, (gap, share) in zip(told.titles, told.units, gaps, strict=True)
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
    say = _chooser(language)
    for title, unit, value, best in told.kept:
        reached = amount(value, unit, language)
        proof = say("（已证明最好）", " (proven best)") if value == best else ""
        yield say(
            f"政策把“{title.zh}”排在这两个目标前面，各方案都保持 {reached}{proof}。",
            f"The policy puts '{title.en}' before both: every plan keeps {reached}{proof}.",
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
            f"{_both(told, values, 'zh')} 的安排不能采用，会违反条款：{reason.zh}",
            f"What would reach {_both(told, values, 'en')} cannot be used; it breaks a clause: {reason.en}",
        )


def _chooser(language: Language) -> Callable[[str, str], str]:
    return lambda zh, en: zh if language == "zh" else en


def frontier_rows(told: Told, language: Language) -> tuple[list[str], list[list[str]]]:
    """The table for ``frontier.csv``: header and cells, numbers exact in the display unit named in the header."""
    say = _chooser(language)
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


STYLE = (
    "text{font-family:'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei',sans-serif;fill:#22303c}"
    ".soft{fill:#667788}.strong{font-weight:600}.grid{stroke:#e3e8ec}.zero{stroke:#9aa7b3}"
)
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 860.0, 520.0, 110.0, 40.0, 56.0, 70.0


def frontier_picture(told: Told, language: Language) -> str:
    """An SVG file: goal 1 across, goal 0 upwards; numbered plans, the steps between them, and grey where nothing can be."""
    xs, ys = [v[1] for v in told.values], [v[0] for v in told.values]
    across, up = _axis(xs, told.units[1]), _axis(ys, told.units[0])

    def x(value: float) -> float:
        return LEFT + (value - across[0]) / (across[-1] - across[0]) * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (value - up[0]) / (up[-1] - up[0]) * (HEIGHT - TOP - BOTTOM)

    parts = [_forbidden(told, x, y)]
    for mark in across:
        parts.append(line(x(mark), TOP, x(mark), HEIGHT - BOTTOM, "grid"))
        parts.append(text(x(mark), HEIGHT - BOTTOM + 18, _mark(mark, told.units[1], language), size=11, anchor="middle", style="soft"))  # fmt: skip
    for mark in up:
        parts.append(line(LEFT, y(mark), WIDTH - RIGHT, y(mark), "grid"))
        parts.append(text(LEFT - 8, y(mark) + 4, _mark(mark, told.units[0], language), size=11, anchor="end", style="soft"))  # fmt: skip
    way = "".join(
        f"L{x(b[1]):.1f},{y(b[0]):.1f}" if n else f"M{x(b[1]):.1f},{y(b[0]):.1f}" for n, b in enumerate(told.values)
    )
    parts.append(f'<path d="{way}" fill="none" stroke="#1f6f8b" stroke-width="1.5" stroke-dasharray="4 4"/>')
    for number, values in enumerate(told.values, start=1):
        tip = escape(_both(told, values, language))
        parts.append(
            f'<circle cx="{x(values[1]):.1f}" cy="{y(values[0]):.1f}" r="11" fill="#1f6f8b"><title>{tip}</title></circle>'
        )
        parts.append(text(x(values[1]), y(values[0]) + 4, str(number), size=12, anchor="middle", fill="#ffffff"))
    parts += _titles(told, language)
    body = f"<style>{STYLE}</style><rect width='{WIDTH:g}' height='{HEIGHT:g}' fill='#ffffff'/>" + "".join(parts)
    title = escape(f"{told.titles[0].to(language)} / {told.titles[1].to(language)}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="{WIDTH:g}" height="{HEIGHT:g}" role="img" '
        f'aria-label="{title}">{body}</svg>\n'
    )


def _axis(values: list[int], unit: str) -> list[float]:
    """Round marks in base units around the values, round in the unit that people read."""
    size = float(UNITS[display_unit(unit)].size)
    low, high = min(values) / size, max(values) / size
    room = max(high - low, 1e-9 * max(abs(high), 1.0)) * 0.06 or 0.5
    if high == low:
        room = 1.0
    return [mark * size for mark in ticks(low - room, high + room)]


def _mark(value: float, unit: str, language: Language) -> str:
    return amount(round(value), unit, language)


def _forbidden(told: Told, x: Callable[[float], float], y: Callable[[float], float]) -> str:
    """The corner of the picture that is proven to hold no legal plan."""
    if not told.outline:
        return ""
    ends = (WIDTH - RIGHT if told.signs[1] > 0 else LEFT, TOP if told.signs[0] > 0 else HEIGHT - BOTTOM)
    corners = [(min(max(x(b), LEFT), WIDTH - RIGHT), min(max(y(a), TOP), HEIGHT - BOTTOM)) for a, b in told.outline]
    near = LEFT if told.signs[1] > 0 else WIDTH - RIGHT
    path = f"M{near:.1f},{ends[1]:.1f}L{near:.1f},{corners[0][1]:.1f}"
    for (_, before), (across, high) in pairwise([(near, corners[0][1]), *corners]):
        path += f"L{across:.1f},{before:.1f}L{across:.1f},{high:.1f}"
    path += f"L{ends[0]:.1f},{corners[-1][1]:.1f}L{ends[0]:.1f},{ends[1]:.1f}z"
    return f'<path d="{path}" fill="#eef0f2"/>'


def _titles(told: Told, language: Language) -> list[str]:
    say = _chooser(language)
    first, second = (t.to(language) for t in told.titles)
    better = ("↑", "→") if told.signs == (1, 1) else (
        "↑" if told.signs[0] > 0 else "↓", "→" if told.signs[1] > 0 else "←"
    )  # fmt: skip
    note = say("灰色：已证明没有合法方案", "grey: proven to hold no legal plan")
    return [
        text(LEFT - 70, 24, f"{first} {better[0]}", size=13, style="strong"),
        text(WIDTH - RIGHT, HEIGHT - 26, f"{second} {better[1]}", size=13, anchor="end", style="strong"),
        text(LEFT - 70, HEIGHT - 8, note, size=11, style="soft"),
    ]
