"""A plan made by hand: one table of moves (CSV), or a folder of the policy's decision tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from optimizer.decisions import Decision, decisions_of
from optimizer.decisions.mixes import SLOTS
from optimizer.errors import Fault, InputError, OptimizerError
from optimizer.policy import Policy
from optimizer.reading.faults import normal
from optimizer.report.cells import header_of
from optimizer.report.columns import read_table
from optimizer.tables.schema import Column
from optimizer.units import UNITS
from optimizer.wording import Wording


def read_handmade(path: Path, policy: Policy) -> dict[str, pd.DataFrame]:
    """Decision tables by name, base units; a table that is not there is empty, so that its amounts count 0.

    ``path``: a CSV file with the columns of the choice table (household, mode, site, year, and its homes), or a
    folder with a CSV file for each decision table, itself or under ``tables/``. Raises ``InputError`` with every
    cell that cannot be read.
    """
    decisions = decisions_of(policy)
    if path.is_file():
        choice = next(d for d in decisions if d.set_column)
        files = {choice.id: path}
    else:
        places = [path / "tables", path]
        found = {d.id: [p / f"{d.id}.csv" for p in places if (p / f"{d.id}.csv").is_file()] for d in decisions}
        files = {name: paths[0] for name, paths in found.items() if paths}
    if not files:
        names = ", ".join(f"{d.id}.csv" for d in decisions)
        raise OptimizerError(
            Wording(f"“{path}”里没有 plan.json，也没有任何一张方案表。", f"'{path}' has no plan.json and none of the plan's tables."),
            Wording(
                f"Maybe（也许）请指向 solve --out 写出的文件夹，或一张安置表（CSV）；方案表的文件名：{names}。",
                f"Maybe point at what solve --out wrote, or at a table of moves (CSV); the tables are called {names}.",
            ),
        )  # fmt: skip
    tables: dict[str, pd.DataFrame] = {}
    faults: list[Fault] = []
    for decision in decisions:
        if decision.id in files:
            try:
                tables[decision.id] = _read(files[decision.id], decision, policy)
            except InputError as error:
                faults += error.faults
    if faults:
        raise InputError(faults)
    return tables


def _read(file: Path, decision: Decision, policy: Policy) -> pd.DataFrame:
    """The keys, the quantity and every known measure that the file states. Headers and codes may be Chinese words."""
    written = header_of(file)
    words = _words(decision, policy)
    named = {name: words.get(normal(name), name) for name in written}
    given = list(named.values())
    units = {str(m["id"]): str(m.get("unit", "1")) for m in policy.measure if m.get("on", "moves") == decision.id}
    kinds = {k: "whole" if k == "year" else "text" for k in decision.keys if k in given or k not in SLOTS}
    if decision.quantity:
        kinds[decision.quantity] = _kind(decision.unit)
    kinds |= {c: _kind(units[c]) for c in given if c in units}
    if any(given.count(name) != 1 for name in kinds) or given == written:
        frame = read_table(file, kinds)
    else:
        back = {name: word for word, name in named.items()}
        frame = read_table(file, {back[name]: kind for name, kind in kinds.items()}).rename(columns=named)
    for name, codes in _code_words(decision, policy).items():
        frame[name] = frame[name].replace(codes)
    for slot in decision.keys:
        if slot not in frame:
            frame[slot] = ""
    return frame


def _columns(decision: Decision, policy: Policy) -> list[Column]:
    """Columns of the decision's source that are keys of it."""
    source = next((t for t in policy.table if t.name == getattr(decision, "source", None)), None)
    return [c for c in source.column if c.name in decision.keys] if source is not None else []


def _words(decision: Decision, policy: Policy) -> dict[str, str]:
    """Chinese header → name of the column."""
    slots = {f"房型{n}": slot for n, slot in enumerate(SLOTS, start=1)}
    return {"年份": "year", **slots, **{normal(c.zh): c.name for c in _columns(decision, policy)}}


def _code_words(decision: Decision, policy: Policy) -> dict[str, dict[str, str]]:
    """Column → Chinese word → code."""
    return {c.name: {word: code for code, word in c.one_of.items()} for c in _columns(decision, policy) if c.one_of}


def _kind(unit: str) -> str:
    base = UNITS[unit].base
    return "whole" if base == "1" else base
