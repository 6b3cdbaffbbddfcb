"""What loosening limits is worth, in sentences for planners."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from optimizer.analysis.priced import Point, PriceRange
from optimizer.report.phrases import amount
from optimizer.units import UNITS, display_unit, show
from optimizer.wording import Language, Wording


def price_lines(ranges: Sequence[PriceRange], left: int, language: Language) -> list[str]:
    """One sentence a limit that matters, then those that do not."""
    moving = [r for r in ranges if r.goal is not None]
    idle = [r for r in ranges if r.goal is None]
    lines = [sentence(r, language) for r in moving]
    if not moving:
        text = Wording("所查各条放宽后都不会改变任何目标。", "Loosening any of the limits looked at changes no goal.")
        lines = [text.to(language)] if idle else [Wording("没有用满的条款。", "No limit holds the plan.").to(language)]
    lines += _without_effect(idle, language)
    if left:
        text = Wording(
            f"另有 {left} 行用满的条款没有查（可用 --top 或 --clause）。",
            f"{left} more lines were not looked at (--top, --clause).",
        )
        lines.append(text.to(language))
    return lines


def sentence(found: PriceRange, language: Language) -> str:
    """One limit: what a round amount more brings, where it begins, where it ends."""
    assert found.goal is not None
    head = f"{_line(found, language)}"
    goal = found.goal.title.to(language)
    if found.first is None or found.round is None or found.last is None:
        return Wording(
            f"{head}：放宽后“{goal}”会改善，但时限内没有量出多少。",
            f"{head}: loosening it helps '{goal}'; how much was not measured in time.",
        ).to(language)
    more, until = (_loosened(found, p, language) for p in (found.round, found.last))
    gain, most = (_gain(found, p, language) for p in (found.round, found.last))
    zh, en = f"{head}：{more}，“{goal}”可{gain}", f"{head}: {more}, '{goal}' gains {gain}"
    if found.round.steps != found.last.steps:
        zh += f"，最多可{most}（{until}为止）"
        en += f", {most} at most (up to {until})"
    else:
        zh, en = f"{zh}，再多也不增加", f"{en}; beyond that nothing more"
    if found.first.steps != found.round.steps:
        begin = _loosened(found, found.first, language)
        zh, en = f"{zh}；不足{begin}则没有变化", f"{en}; nothing below {begin}"
    if not found.proven:
        zh, en = (
            f"{zh}（求解到时限，数字是已达到的，可能还能更好）",
            f"{en} (as far as was solved in time; there may be more)",
        )
    return Wording(zh + "。", en + ".").to(language)


def _line(found: PriceRange, language: Language) -> str:
    lever = found.lever
    title = lever.rule.title.wording.to(language)
    if language == "zh":
        return f"{lever.rule.clause} {title}" + (f"（{lever.key}）" if lever.key else "")
    return f"{lever.rule.clause} ({title})" + (f" {lever.key}" if lever.key else "")


def _loosened(found: PriceRange, point: Point, language: Language) -> str:
    lever = found.lever
    number = _exactly(found.amount(point), lever.unit, language)
    if lever.sense == ">=" and not lever.balance:
        return Wording(f"少要求 {number}", f"{number} less asked for").to(language)
    return Wording(f"再多 {number}", f"{number} more").to(language)


def _exactly(value: int, unit: str, language: Language) -> str:
    """A number with its word, not rounded: where a gain begins and ends is told to the last yuan."""
    whole = language == "zh" and UNITS[unit].base == "fen" and value % 10**6 == 0
    shown = "wan_yuan" if whole else display_unit(unit)
    word = UNITS[shown].zh if language == "zh" else UNITS[shown].en
    return f"{show(value, shown)} {word}".strip()


def _gain(found: PriceRange, point: Point, language: Language) -> str:
    assert found.goal is not None
    number = amount(point.least, found.goal.unit, language)
    if language == "en":
        return number
    return f"增加 {number}" if found.goal.sign > 0 else f"减少 {number}"


def _side(found: PriceRange, language: Language) -> str:
    """Which side of the line is meant."""
    if found.lever.balance or found.lever.sense not in ("<=", ">="):
        return ""
    upper = found.lever.sense == "<="
    return Wording("上限" if upper else "下限", " (upper limit)" if upper else " (lower limit)").to(language)


def _without_effect(idle: Sequence[PriceRange], language: Language) -> Iterator[str]:
    """Limits that change nothing, and those of which it is not shown."""
    for proven, head in (
        (
            True,
            Wording(
                "单独放宽也不会改变任何目标（已求解证明）：",
                "Loosening these alone changes no goal (shown by solving): ",
            ),
        ),
        (
            False,
            Wording(
                "单独放宽没有找到改善，但尚未证明没有：",
                "For these nothing was found, but it is not shown that there is nothing: ",
            ),
        ),
    ):
        named = list(dict.fromkeys(_line(r, language) + _side(r, language) for r in idle if r.proven is proven))
        if named:
            yield (
                head.to(language)
                + ("；" if language == "zh" else "; ").join(named)
                + ("。" if language == "zh" else ".")
            )
