"""The pictures of a report: stacked columns, fill bars and flows, each one function from numbers to SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from optimizer.report.svg import Show, box, drawing, fitted, legend, line, text, ticks, width_of


@dataclass(frozen=True)
class Series:
    """One colour of a stacked picture: a value for each column."""

    name: str
    colour: str
    values: Sequence[float]


@dataclass(frozen=True)
class Level:
    """A target line from the left edge to the column that must reach it."""

    value: float
    column: int
    words: str
    dashed: bool = False


def stacked_columns(
    title: str,
    columns: Sequence[str],
    series: Sequence[Series],
    show: Show,
    levels: Sequence[Level] = (),
    curve: Series | None = None,
    totals: Sequence[str] = (),
    height: float = 340,
) -> str:
    """Columns of stacked boxes, positive up and negative down, with targets and one curve."""
    width, left, right = 860.0, 84.0, 24.0
    entries = [(each.name, each.colour) for each in [*series, *([curve] if curve else [])]]
    parts, used = legend(entries, left, 14, width - left - right)
    marked, taken = _level_words(levels, left, used + 14, width - left - right)
    parts += marked
    top, bottom = used + taken + 18, height - 30
    low, high = _extent(series, levels, curve)
    marks = ticks(low, high)
    scale = (bottom - top) / (marks[-1] - marks[0])

    def y(value: float) -> float:
        return bottom - (value - marks[0]) * scale

    for mark in marks:
        parts.append(line(left, y(mark), width - right, y(mark), "zero" if mark == 0 else "grid"))
        parts.append(text(left - 8, y(mark) + 4, show(mark), size=11, anchor="end", style="soft"))
    tops: list[tuple[float, float]] = []
    step = (width - left - right) / max(1, len(columns))
    bar = min(64.0, step * 0.62)
    for at, name in enumerate(columns):
        centre = left + step * (at + 0.5)
        parts.append(text(centre, height - 10, name, anchor="middle"))
        above = below = 0.0
        for each in series:
            value = each.values[at]
            start = above if value >= 0 else below
            ends = sorted((y(start), y(start + value)))
            if ends[1] - ends[0] > 0.05:
                tip = f"{name} {each.name} {show(value)}"
                parts.append(box(centre - bar / 2, ends[0], bar, ends[1] - ends[0], each.colour, tip))
            above, below = (above + value, below) if value >= 0 else (above, below + value)
        tops.append((centre, y(above) - 6))
    if curve is not None:
        points = [(left + step * (at + 0.5), y(value)) for at, value in enumerate(curve.values)]
        parts += _curve(points, curve, columns, show)
    parts += [_level(each, left, step, bar, y(each.value)) for each in levels]
    for (x, high_edge), words in zip(tops, totals, strict=False):
        parts.append(text(x, high_edge, words, anchor="middle", style="strong"))
    return drawing(width, height, parts, title)


def _extent(series: Sequence[Series], levels: Sequence[Level], curve: Series | None) -> tuple[float, float]:
    """Lowest and highest value that the picture must hold."""
    stacks = list(zip(*(each.values for each in series), strict=True))
    highs = [sum(v for v in stack if v > 0) for stack in stacks] + [each.value for each in levels]
    lows = [sum(v for v in stack if v < 0) for stack in stacks]
    drawn = list(curve.values) if curve is not None else []
    low, high = min([0.0, *lows, *drawn]), max([0.0, *highs, *drawn])
    return low, high * 1.06 if high > 0 else max(high, low + 1)


def _curve(points: list[tuple[float, float]], curve: Series, columns: Sequence[str], show: Show) -> list[str]:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    parts = [f'<polyline points="{path}" fill="none" stroke="{curve.colour}" stroke-width="2.5"/>']
    for (x, y), name, value in zip(points, columns, curve.values, strict=True):
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#fff" stroke="{curve.colour}" stroke-width="2.5">'
            f"<title>{escape(name)} {show(value)}</title></circle>"
        )
    return parts


def _level(each: Level, left: float, step: float, bar: float, y: float) -> str:
    """A target line from the left edge to just past its column."""
    end = left + step * (each.column + 0.5) + bar / 2 + 8
    return line(left, y, end, y, "target dashed" if each.dashed else "target")


def _level_words(levels: Sequence[Level], x: float, y: float, room: float) -> tuple[list[str], float]:
    """What each target line stands for, above the picture so that no column covers it; and the height taken."""
    parts: list[str] = []
    at, row = x, y
    for each in levels:
        need = 34 + width_of(each.words, 12) + 18
        if at > x and at + need > x + room:
            at, row = x, row + 20
        parts.append(line(at, row - 3, at + 26, row - 3, "target dashed" if each.dashed else "target"))
        parts.append(text(at + 34, row + 1, each.words, style="target-words"))
        at += need
    return parts, row - y + 20 if levels else 0.0


@dataclass(frozen=True)
class Bar:
    """One fill bar: how much of a limit is used, with the words at its end."""

    name: str
    share: float
    words: str
    colour: str


def fill_bars(title: str, bars: Sequence[Bar], legend_of: Sequence[tuple[str, str]] = ()) -> str:
    """Horizontal bars from empty to full, in two columns where there are many."""
    width, row = 860.0, 25.0
    lanes = 2 if len(bars) > 12 else 1
    depth = -(-len(bars) // lanes)
    parts, used = legend(legend_of, 0, 12, width) if legend_of else ([], 0.0)
    lane = (width - 28 * (lanes - 1)) / lanes
    names = min(lane * 0.36, max(width_of(bar.name, 12) for bar in bars) + 10)
    ends = max(width_of(bar.words, 11) for bar in bars) + 8
    room = lane - names - ends
    for at, bar in enumerate(bars):
        x = (at // depth) * (lane + 28)
        y = used + 6 + (at % depth) * row
        parts.append(text(x + names - 8, y + 13, fitted(bar.name, 12, names - 10), anchor="end"))
        parts.append(box(x + names, y + 3, room, 13, "#edf1f4", round_by=2))
        tip = f"{bar.name} {bar.words}"
        parts.append(box(x + names, y + 3, room * min(1.0, bar.share), 13, bar.colour, tip, round_by=2))
        parts.append(text(x + lane, y + 13, bar.words, size=11, anchor="end", style="soft"))
    return drawing(width, used + depth * row + 10, parts, title)


@dataclass(frozen=True)
class Link:
    """So many from a node of one stage to a node of the next; ``kind`` gives the colour."""

    stage: int
    source: str
    target: str
    kind: str
    value: float


NAME_HEIGHT = 15.0
"""Nodes stand at least this far apart, so that their names do not cover each other."""


def flow(title: str, stages: Sequence[Sequence[str]], links: Sequence[Link], colours: Mapping[str, str]) -> str:
    """Ribbons between columns of nodes; a node is as high as what passes through it."""
    tallest = max(len(nodes) for nodes in stages)
    width, gap, slim = 860.0, 7.0, 13.0
    height = max(300.0, min(560.0, tallest * 34.0))
    total = sum(link.value for link in links if link.stage == 0)
    scale = (height - 20 - gap * (tallest - 1)) / max(total, 1)
    left, right = 130.0, 210.0
    xs = [left + at * (width - left - right - slim) / max(1, len(stages) - 1) for at in range(len(stages))]
    tops, sizes = _nodes(stages, links, scale, gap, height)
    out, into = dict(tops), dict(tops)
    ribbons, parts = [], []
    for link in links:
        depth = link.value * scale
        a, b = (link.stage, link.source), (link.stage + 1, link.target)
        tip = f"{link.source} → {link.target} {link.value:,.0f}"
        ribbons.append(_ribbon(xs[a[0]] + slim, out[a], xs[b[0]], into[b], depth, colours[link.kind], tip))
        out[a] += depth
        into[b] += depth
    for (stage, node), top in tops.items():
        deep = sizes[stage, node] * scale
        parts.append(box(xs[stage], top, slim, deep, colours.get(node, "#41505f"), f"{node} {sizes[stage, node]:,.0f}"))
        parts.append(_node_words(stage, xs[stage], slim, top + deep / 2 + 4, node, sizes[stage, node]))
    return drawing(width, height, [*ribbons, *parts], title)


def _nodes(
    stages: Sequence[Sequence[str]], links: Sequence[Link], scale: float, gap: float, height: float
) -> tuple[dict[tuple[int, str], float], dict[tuple[int, str], float]]:
    """Top edge and size of every node, each column centred."""
    sizes = {(at, node): 0.0 for at, nodes in enumerate(stages) for node in nodes}
    for link in links:
        if link.stage == 0:
            sizes[0, link.source] += link.value
        sizes[link.stage + 1, link.target] += link.value
    tops: dict[tuple[int, str], float] = {}
    for at, nodes in enumerate(stages):
        space = gap if at == 0 else gap * 4
        steps = [max(sizes[at, node] * scale + space, NAME_HEIGHT) for node in nodes]
        y = (height - sum(steps) + space) / 2
        for node, step in zip(nodes, steps, strict=True):
            tops[at, node] = y
            y += step
    return tops, sizes


def _ribbon(x1: float, y1: float, x2: float, y2: float, depth: float, colour: str, tip: str) -> str:
    middle, low1, low2 = (x1 + x2) / 2, y1 + depth, y2 + depth
    there = f"M{x1:.1f},{y1:.1f}C{middle:.1f},{y1:.1f} {middle:.1f},{y2:.1f} {x2:.1f},{y2:.1f}"
    back = f"L{x2:.1f},{low2:.1f}C{middle:.1f},{low2:.1f} {middle:.1f},{low1:.1f} {x1:.1f},{low1:.1f}z"
    title = f"<title>{escape(tip)}</title>"
    return f'<path d="{there}{back}" fill="{colour}" fill-opacity="0.34">{title}</path>'


def _node_words(stage: int, x: float, slim: float, y: float, name: str, size: float) -> str:
    """Names stand left of the first column and right of all others."""
    if stage == 0:
        words, room, at, anchor = f"{name}  {size:,.0f}", 120.0, x - 8, "end"
    else:
        words, room, at, anchor = f"{name}  {size:,.0f}", 200.0, x + slim + 8, "start"
    return text(at, y, fitted(words, 12.5, room), size=12.5, anchor=anchor, style="strong" if stage else "")
