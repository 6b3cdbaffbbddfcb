"""The picture of a trade-off: an SVG file that stands alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from itertools import pairwise

from optimizer.report.frontier import Told, both, chooser
from optimizer.report.svg import fitted, line, text, ticks
from optimizer.units import UNITS, display_unit
from optimizer.wording import Language

STYLE = (
    "text{font-family:'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei',sans-serif;fill:#22303c}"
    "text.soft{fill:#667788}text.strong{font-weight:600}text.on{fill:#ffffff;font-weight:600}"
    ".grid{stroke:#dde3e8}.way{fill:none;stroke:#1f6f8b;stroke-width:1.5;stroke-dasharray:4 4}"
)
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 860.0, 520.0, 90.0, 40.0, 56.0, 84.0
SCALES = {
    "zh": {"fen": ((10_000_000_000, "亿元"), (1_000_000, "万元"), (100, "元")), "dm2": ((1_000_000, "万平方米"), (100, "平方米"))},
    "en": {"fen": ((100_000_000, "million yuan"), (100, "yuan")), "dm2": ((100, "m²"),)},
}  # fmt: skip
"""Base units of one unit on an axis, largest first, and its word."""


def frontier_picture(told: Told, language: Language) -> str:
    """Goal 1 across, goal 0 upwards; numbered plans, the steps between them, and grey where nothing can be."""
    across, up = (_Axis([v[goal] for v in told.values], told.units[goal], language) for goal in (1, 0))

    def x(value: float) -> float:
        return LEFT + across.share(value) * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - up.share(value) * (HEIGHT - TOP - BOTTOM)

    parts = [_forbidden(told, x, y)]
    for mark, words in across.marks:
        parts.append(line(x(mark), TOP, x(mark), HEIGHT - BOTTOM, "grid"))
        parts.append(text(x(mark), HEIGHT - BOTTOM + 18, words, size=11, anchor="middle", style="soft"))
    for mark, words in up.marks:
        parts.append(line(LEFT, y(mark), WIDTH - RIGHT, y(mark), "grid"))
        parts.append(text(LEFT - 8, y(mark) + 4, words, size=11, anchor="end", style="soft"))
    corners = " ".join(f"{x(b):.1f},{y(a):.1f}" for a, b in told.values)
    parts.append(f'<polyline points="{corners}" class="way"/>')
    for number, (a, b) in enumerate(told.values, start=1):
        tip = escape(both(told, (a, b), language))
        parts.append(f'<circle cx="{x(b):.1f}" cy="{y(a):.1f}" r="11" fill="#1f6f8b"><title>{tip}</title></circle>')
        parts.append(text(x(b), y(a) + 4, str(number), size=12, anchor="middle", style="on"))
    parts += _titles(told, across.word, up.word, language)
    return _file(parts, " / ".join(told.short(goal, language) for goal in (0, 1)))


def _file(parts: Sequence[str], title: str) -> str:
    """A file of its own: name space, size, style and ground."""
    size = f'viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="{WIDTH:g}" height="{HEIGHT:g}"'
    ground = f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="#ffffff"/>'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(title)}">'
    return f"{head}<style>{STYLE}</style>{ground}{''.join(parts)}</svg>\n"


class _Axis:
    """Round marks around values of a unit, in the largest unit that leaves them readable, and that unit's word."""

    def __init__(self, values: Sequence[int], unit: str, language: Language) -> None:
        shown = UNITS[display_unit(unit)]
        plain = (float(shown.size), shown.zh if language == "zh" else shown.en)
        steps = SCALES[language].get(UNITS[unit].base, (plain,))
        most = max(map(abs, values))
        size, self.word = next((step for step in steps if most >= step[0]), steps[-1])
        low, high = min(values) / size, max(values) / size
        room = 0.06 * (high - low) or 1.0
        found = ticks(low - room, high + room)
        self.marks = [(mark * size, f"{mark:,.10g}") for mark in found]

    def share(self, value: float) -> float:
        """Where a value stands, from 0 at the first mark to 1 at the last."""
        first, last = self.marks[0][0], self.marks[-1][0]
        return (value - first) / (last - first)


def _forbidden(told: Told, x: Callable[[float], float], y: Callable[[float], float]) -> str:
    """The corner of the picture that is proven to hold no legal plan."""
    if not told.outline:
        return ""
    left, right = (LEFT, WIDTH - RIGHT) if told.signs[1] > 0 else (WIDTH - RIGHT, LEFT)
    top = TOP if told.signs[0] > 0 else HEIGHT - BOTTOM
    corners = [(_within(x(b), LEFT, WIDTH - RIGHT), _within(y(a), TOP, HEIGHT - BOTTOM)) for a, b in told.outline]
    path = f"M{left:.1f},{top:.1f}L{left:.1f},{corners[0][1]:.1f}"
    for (_, before), (across, high) in pairwise([(left, corners[0][1]), *corners]):
        path += f"L{across:.1f},{before:.1f}L{across:.1f},{high:.1f}"
    path += f"L{right:.1f},{corners[-1][1]:.1f}L{right:.1f},{top:.1f}z"
    return f'<path d="{path}" fill="#eceff1"/>'


def _within(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def _titles(told: Told, across: str, up: str, language: Language) -> list[str]:
    say = chooser(language)
    arrows = ("↑" if told.signs[0] > 0 else "↓", "→" if told.signs[1] > 0 else "←")
    names = [
        f"{fitted(told.short(goal, language), 13, 640)}{say(f'（{word}）', f' ({word})') if word else ''} {arrows[goal]}"
        for goal, word in enumerate((up, across))
    ]
    note = say("箭头：更好的方向；灰色：已证明没有合法方案", "arrows: better; grey: proven to hold no legal plan")
    return [
        text(16, 26, names[0], size=13, style="strong"),
        text(WIDTH - RIGHT, HEIGHT - 40, names[1], size=13, anchor="end", style="strong"),
        text(16, HEIGHT - 12, note, size=11, style="soft"),
    ]
