"""From a plan's tables to the pictures of the page; each returns ``""`` where its table is absent."""

from __future__ import annotations

from typing import Any

import pandas as pd

from optimizer.instance import Instance
from optimizer.plan import Plan
from optimizer.report.digest import Fill, Statement, Target, choice_table, fills, targets
from optimizer.report.labels import Labels, keyed_table, with_place
from optimizer.report.phrases import amount
from optimizer.report.pictures import Bar, Level, Link, Series, fill_bars, flow, stacked_columns
from optimizer.report.svg import COOL, PALETTE, WARM
from optimizer.units import UNITS
from optimizer.wording import Wording

_NONE = Wording("不需安置点", "no site needed")
_CURVE = "#1d2b3a"
MOST_PLACES, MOST_SITES = 30, 120
"""Names that a picture has room for."""


def mode_colours(moves: pd.DataFrame, labels: Labels) -> dict[str, str]:
    """A colour for each mode's word, the same in all pictures; the policy's order first."""
    known = labels.codes("mode")
    present = sorted(moves["mode"].unique(), key=lambda code: (code not in known, code))
    order = [code for code in known if code in present] + [c for c in present if c not in known]
    return {labels.code("mode", code): PALETTE[at % len(PALETTE)] for at, code in enumerate(order)}


def flow_picture(plan: Plan, instance: Instance, labels: Labels) -> str:
    """Who goes where: from places over modes to kinds of site."""
    moves = choice_table(plan)
    place = instance.policy.policy.place
    if moves is None or "mode" not in moves.columns:
        return ""
    origin = moves if place in moves.columns else with_place(instance, moves[[moves.columns[0]]], place)
    if place not in origin.columns:
        return ""
    colours = mode_colours(moves, labels)
    ways = pd.DataFrame(
        {
            "place": _leading(labels.words(place, origin[place]), labels).to_numpy(),
            "mode": labels.words("mode", moves["mode"]).to_numpy(),
            "end": _ends(moves, instance, labels),
        }
    ).astype("category")
    places = list(ways["place"].value_counts().index)
    modes = list(colours)
    ends = [str(end) for end in ways["end"].value_counts().index]
    ends.sort(key=lambda end: modes.index(str(ways.loc[ways["end"] == end, "mode"].iloc[0])))
    links = _links(ways, 0, "place", "mode", places, modes, "mode")
    stages = [places, modes]
    if set(ends) - set(modes):
        links += _links(ways, 1, "mode", "end", modes, ends, "mode")
        stages.append(ends)
    return flow(Wording("去向", "Who goes where").to(labels.language), stages, links, colours)


def _leading(places: pd.Series, labels: Labels) -> pd.Series:
    """The places with most moves under their names, the rest as one: more names than that cannot be read."""
    counts = places.value_counts()
    if len(counts) <= MOST_PLACES:
        return places
    rest = len(counts) - MOST_PLACES + 1
    named = set(counts.index[: MOST_PLACES - 1])
    others = Wording(f"其余 {rest} 处", f"{rest} others").to(labels.language)
    return places.map({name: name if name in named else others for name in counts.index})


def _ends(moves: pd.DataFrame, instance: Instance, labels: Labels) -> Any:
    """The kind of site of every move, in words; the mode itself where sites have no kinds."""
    table = keyed_table(instance, "site")
    kind = next((c.name for c in table.column if c.one_of), None) if table is not None else None
    if "site" not in moves.columns or table is None or kind is None:
        return labels.words("mode", moves["mode"]).to_numpy()
    sites = instance.tables[table.name]
    words = {str(site): labels.code(kind, code) for site, code in zip(sites["site"], sites[kind], strict=True)}
    none = _NONE.to(labels.language)
    return moves["site"].map({site: words.get(str(site), none) for site in moves["site"].unique()}).to_numpy()


def _links(
    ways: pd.DataFrame, stage: int, source: str, target: str, sources: list[str], ends: list[str], kind: str
) -> list[Link]:
    counts = ways.groupby([source, target, kind] if kind not in (source, target) else [source, target]).size()
    counts = counts[counts > 0]
    links = []
    for key, count in counts.items():
        names = dict(zip(counts.index.names, key if isinstance(key, tuple) else (key,), strict=True))
        links.append(Link(stage, str(names[source]), str(names[target]), str(names[kind]), float(count)))
    return sorted(links, key=lambda link: (sources.index(link.source), ends.index(link.target)))


def years_picture(plan: Plan, instance: Instance, labels: Labels) -> str:
    """How many by the end of each year and by mode, with the policy's targets as lines."""
    moves = choice_table(plan)
    if moves is None or not {"year", "mode"} <= set(moves.columns):
        return ""
    first, last = instance.policy.policy.years
    years = list(range(first, last + 1))
    by_year = moves.groupby("year").size()
    words = labels.words("mode", moves["mode"])
    counts = moves.groupby([words, "year"]).size().unstack(fill_value=0).reindex(columns=years, fill_value=0)
    running = counts.cumsum(axis=1)
    series = [
        Series(name, colour, [float(running[year][name]) for year in years])
        for name, colour in mode_colours(moves, labels).items()
    ]
    levels = [
        Level(float(each.limit), years.index(each.year), _target_words(each, labels), each.stretch)
        for each in targets(plan, by_year)
        if each.year in years
    ]
    totals = [f"{int(running[year].sum()):,}" for year in years]
    title = Wording("逐年累计户数与目标", "Households by the end of each year, and targets").to(labels.language)
    names = [str(year) for year in years]
    return stacked_columns(title, names, series, lambda v: f"{v:,.0f}", levels, totals=totals)


def _target_words(each: Target, labels: Labels) -> str:
    zh = f"{each.year} 年{'力争' if each.stretch else '目标'} {each.limit:,} 户（{each.clause}）"
    en = f"{'stretch target' if each.stretch else 'target'} {each.limit:,} by {each.year} ({each.clause})"
    return Wording(zh, en).to(labels.language)


def money_picture(account: Statement, labels: Labels, most: int = 6) -> str:
    """Income up and cost down by year, with the balance carried on; small items are put together."""
    table = account.matrix(labels.language)
    if table.empty:
        return ""
    divisor, unit = _money_scale(table, account.unit, labels)
    total = table.sum(axis=1)
    series = []
    for sign, colours, rest in (
        (1, COOL, Wording("其他收入", "other income")),
        (-1, WARM, Wording("其他支出", "other costs")),
    ):
        part = table[total >= 0] if sign > 0 else table[total < 0]
        for at, (name, row) in enumerate(part.iloc[: most - 1 if len(part) > most else most].iterrows()):
            series.append(Series(str(name), colours[at], [v / divisor for v in row]))
        if len(part) > most:
            others = part.iloc[most - 1 :].sum()
            series.append(Series(rest.to(labels.language), colours[most - 1], [v / divisor for v in others]))
    balance = table.sum().cumsum()
    curve = Series(
        Wording("累计结余", "balance carried on").to(labels.language), _CURVE, [v / divisor for v in balance]
    )
    title = Wording(f"逐年收支（{unit}）", f"Income and cost by year ({unit})").to(labels.language)
    names = [str(year) for year in table.columns]
    return stacked_columns(title, names, series, _short, curve=curve, height=400)


def _short(value: float) -> str:
    """A number on an axis or a tooltip: thousands separated, decimals only for small ones."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.6g}" if abs(value) < 1e-3 else f"{value:,.4g}"


def _money_scale(table: pd.DataFrame, unit: str, labels: Labels) -> tuple[float, str]:
    """The unit in which the axis is labelled, and how many base units it holds."""
    largest = max(int(table.sum().cumsum().abs().max()), int(table.clip(lower=0).sum().max()))
    choices = {"fen": ("yi_yuan", "wan_yuan", "yuan"), "dm2": ("mu", "m2"), "bp": ("percent",)}.get(unit, (unit,))
    for name in choices:
        if largest >= 0.5 * UNITS[name].size or name == choices[-1]:
            word = UNITS[name].zh if labels.language == "zh" else UNITS[name].en
            return float(UNITS[name].size), word
    raise AssertionError(unit)


def money_unit(account: Statement, labels: Labels) -> str:
    """The word of the unit in which ``money_picture`` draws the account."""
    return _money_scale(account.matrix(labels.language), account.unit, labels)[1]


def _filled(fill: Fill) -> str:
    """Percent used, rounded down, so that only a full site shows 100 %."""
    return f"{fill.attained * 100 // fill.limit}%"


def fill_picture(plan: Plan, instance: Instance, labels: Labels) -> str:
    """How full every site is, fullest first, coloured by its kind."""
    table = keyed_table(instance, "site")
    if table is None:
        return ""
    sites = instance.tables[table.name]
    found = fills(plan, sites["site"])
    if not found:
        return ""
    title = Wording("安置点用地用房", "How full the sites are")
    if len(found) > MOST_SITES:
        count, found = len(found), found[:MOST_SITES]
        title = Wording(
            f"{title.zh}（{count:,} 个中最满的 {MOST_SITES} 个）", f"{title.en} ({MOST_SITES} fullest of {count:,})"
        )
    kind = next((c.name for c in table.column if c.one_of), None)
    kinds = dict(zip(sites["site"], sites[kind], strict=True)) if kind else {}
    order = [code for code in labels.codes(kind) if code in set(kinds.values())] if kind else []
    colour = {code: PALETTE[at % len(PALETTE)] for at, code in enumerate(order)}
    bars = [
        Bar(
            labels.code("site", fill.site),
            fill.share,
            f"{_filled(fill)} / {amount(fill.limit, fill.unit, labels.language)}",
            colour.get(str(kinds.get(fill.site)), PALETTE[0]),
        )
        for fill in found
    ]
    entries = [(labels.code(kind, code), colour[code]) for code in order] if kind else []
    return fill_bars(title.to(labels.language), bars, entries)
