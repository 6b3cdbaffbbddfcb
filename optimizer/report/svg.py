"""Small parts of pictures: text, boxes, scales. Plain SVG strings, styled by the page's CSS classes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

PALETTE = ("#1f6f8b", "#e0a030", "#b4526b", "#5b7f4b", "#6b5b95", "#8a8d91", "#c9764f", "#3c8d7d")
COOL = ("#17566d", "#2f86a0", "#5ea9b8", "#93c7cb", "#bfdfde", "#dcebe9")
WARM = ("#a8324a", "#cf6a4e", "#e29a4b", "#edc179", "#f4dcab", "#f7ebd3")
Show = Callable[[float], str]


def width_of(text: str, size: float) -> float:
    """About how wide a text is: a Chinese character is as wide as high, others a bit over half."""
    return sum(size if ord(sign) > 0x2E80 else size * 0.56 for sign in text)


def fitted(text: str, size: float, room: float) -> str:
    """The text, cut with … where it would not fit."""
    if width_of(text, size) <= room:
        return text
    while text and width_of(text + "…", size) > room:
        text = text[:-1]
    return text + "…"


def text(
    x: float,
    y: float,
    words: str,
    *,
    size: float = 12,
    anchor: str = "start",
    style: str = "",
    fill: str = "",
) -> str:
    """One line of text; ``style`` is a CSS class."""
    colour = f' fill="{fill}"' if fill else ""
    kind = f' class="{style}"' if style else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}"{kind}{colour}>'
        f"{escape(words)}</text>"
    )


def box(x: float, y: float, width: float, height: float, colour: str, tip: str = "", round_by: float = 0) -> str:
    """A filled rectangle with a tooltip."""
    title = f"<title>{escape(tip)}</title>" if tip else ""
    corner = f' rx="{round_by:g}"' if round_by else ""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" '
        f'fill="{colour}"{corner}>{title}</rect>'
    )


def line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    """A straight line; ``style`` is a CSS class."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{style}"/>'


def drawing(width: float, height: float, parts: Sequence[str], title: str) -> str:
    """A whole picture that scales with the page."""
    return f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(title)}">{"".join(parts)}</svg>'


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round numbers from at most ``low`` to at least ``high``."""
    span = max(high - low, 1e-9)
    raw = span / count
    step = 10 ** math.floor(math.log10(raw))
    step *= next(by for by in (1, 2, 2.5, 5, 10) if step * by >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [at * step for at in range(first, last + 1)]


def legend(entries: Sequence[tuple[str, str]], x: float, y: float, room: float) -> tuple[list[str], float]:
    """Colour squares with names, in as many lines as needed; and the height taken."""
    parts, at, row = [], x, y
    for name, colour in entries:
        need = 18 + width_of(name, 12) + 18
        if at > x and at + need > x + room:
            at, row = x, row + 20
        parts += [box(at, row - 9, 11, 11, colour, round_by=2), text(at + 16, row + 1, name)]
        at += need
    return parts, row - y + 20
