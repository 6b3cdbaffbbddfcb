"""Numbers as people read them: 45.20 亿元, 12.30 万平方米, 75.1 %, 5,012 户 (rounded; files stay exact)."""

from __future__ import annotations

from optimizer.units import UNITS, display_unit, from_base
from optimizer.wording import Language

_YUAN_STEPS = {
    "zh": ((10_000_000_000, " 亿元", 2), (1_000_000, " 万元", 1), (100, " 元", 0)),
    "en": ((100_000_000_000, " billion yuan", 2), (100_000_000, " million yuan", 1), (100, " yuan", 0)),
}
_AREA_STEPS = {
    "zh": ((1_000_000, " 万平方米", 2), (100, " 平方米", 0)),
    "en": ((100_000_000, " million m²", 2), (100, " m²", 0)),
}
_PLURALS = {"households": "household", "persons": "person", "flats": "flat", "plots": "plot"}


def percent(share: float, digits: int = 1) -> str:
    """A share of one as a percentage; tiny but positive shares never show as zero."""
    smallest = 10.0 ** -(digits + 2)
    if 0 < abs(share) < smallest / 2:
        return f"<{smallest * 100:.{digits}f}%"
    return f"{share * 100:.{digits}f}%"


def _stepped(value: int, steps: tuple[tuple[int, str, int], ...]) -> str:
    for size, word, digits in steps:
        if abs(value) >= size:
            return f"{value / size:,.{0 if value % size == 0 else digits}f}{word}"
    size, word, _ = steps[-1]
    return f"{value / size:,.2f}{word}" if value else f"0{word}"


def amount(value: int, unit: str, language: Language) -> str:
    """A number of base units of ``unit`` with its word, rounded for reading."""
    base = UNITS[unit].base
    if base == "fen":
        return _stepped(value, _YUAN_STEPS[language])
    if base == "dm2":
        return _stepped(value, _AREA_STEPS[language])
    shown = display_unit(unit)
    number = f"{from_base(value, shown):,}"
    if language == "zh":
        word = UNITS[shown].zh
        return f"{number} {word}" if word and word != "%" else number + word
    word = UNITS[shown].en
    if abs(value) == 1:
        word = _PLURALS.get(word, word)
    return f"{number} {word}" if word and word != "%" else number + word


def worth(price: float, unit: str, goal: str, language: Language) -> str:
    """A price in plain words: what a round step of the limit's unit is worth in the goal's unit."""
    step = {"fen": 100_000_000, "dm2": 10_000, "bp": 100}.get(UNITS[unit].base, 1)
    gain = abs(price) * step
    if UNITS[goal].base == "1":
        word = UNITS[goal].zh if language == "zh" else UNITS[goal].en
        worth_it = f"{gain:,.3g} {word}".strip()
    else:
        worth_it = amount(round(gain), goal, language)
    return f"{amount(step, unit, language)} ⇒ {worth_it}"


def unit_word(unit: str, language: Language) -> str:
    """The word of the unit in which numbers of ``unit`` are shown."""
    shown = UNITS[display_unit(unit)]
    return shown.zh if language == "zh" else shown.en


def listed(words: list[str], language: Language) -> str:
    """a、b、c or a, b, c."""
    return ("、" if language == "zh" else ", ").join(words)
