"""Plans side by side: goals, clauses, money and the people who differ, all recomputed from each plan's tables and its own instance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from optimizer.check import Audit, audit
from optimizer.decisions import decisions_of
from optimizer.instance import Instance
from optimizer.measures import measures_of
from optimizer.objectives import objectives_of
from optimizer.units import UNITS

HEAD = ("id", "key", "title_zh", "title_en", "unit")


@dataclass(frozen=True)
class Side:
    """One plan: what it is called, its instance, its tables and what an audit finds."""

    name: str
    instance: Instance
    audit: Audit


@dataclass(frozen=True)
class Compared:
    """``goals``, ``clauses``, ``money``: one row each goal; clause and key; item of an account or sum of a measure in money. Columns
    ``HEAD``, then one a plan (its name): whole base units of ``unit``, <NA> where a plan does not have it. ``clauses`` also has for
    each plan ``limit: name`` and ``status: name``. ``people``: those whose rows differ: their code, then one column a plan: the keys of
    what they get, joined by " / ", "" for nothing. ``broken``: how many clauses each plan breaks against its own instance."""

    names: tuple[str, ...]
    goals: pd.DataFrame
    clauses: pd.DataFrame
    money: pd.DataFrame
    people: pd.DataFrame
    broken: tuple[int, ...]


def side(name: str, instance: Instance, tables: Mapping[str, pd.DataFrame], seed: int) -> Side:
    """A plan with its audit."""
    return Side(name, instance, audit(instance, tables, seed))


def compared(sides: Sequence[Side]) -> Compared:
    """All of them; a row stands where any plan has it."""
    return Compared(
        names=tuple(s.name for s in sides),
        goals=_together([_goals(s) for s in sides], sides, ["value"]),
        clauses=_together([_clauses(s) for s in sides], sides, ["value", "limit", "status"]),
        money=_together([_money(s) for s in sides], sides, ["value"]),
        people=_people(sides),
        broken=tuple(len(s.audit.violations) for s in sides),
    )


def _together(frames: Sequence[pd.DataFrame], sides: Sequence[Side], values: Sequence[str]) -> pd.DataFrame:
    """Rows of all plans by id and key, in the order in which they first stand; titles and unit of the first that has them."""
    head = pd.concat([f[list(HEAD)] for f in frames]).drop_duplicates(["id", "key"])
    found = head.reset_index(drop=True)
    for frame, each in zip(frames, sides, strict=True):
        names = {v: each.name if v == "value" else f"{v}: {each.name}" for v in values}
        own = frame[["id", "key", *values]].rename(columns=names).drop_duplicates(["id", "key"])
        found = found.merge(own, on=["id", "key"], how="left")
    return found


def _frame(rows: Sequence[tuple[object, ...]], more: Sequence[str] = ()) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=[*HEAD, "value", *more])
    return frame.astype({"value": "Int64", **({"limit": "Int64"} if "limit" in more else {})})


def _goals(each: Side) -> pd.DataFrame:
    rows = [
        (goal.id, "", goal.title.zh, goal.title.en, objective.unit, each.audit.reached[goal.id])
        for objective in objectives_of(each.instance.policy)
        for goal in objective.goals(each.instance)
    ]
    return _frame(rows)


def _clauses(each: Side) -> pd.DataFrame:
    frame = each.audit.clauses
    columns = ("rule", "key", "title_zh", "title_en", "unit", "attained", "limit", "status")
    titled = frame.assign(
        title_zh=frame["clause"] + " " + frame["title_zh"], title_en=frame["clause"] + " " + frame["title_en"]
    )
    return _frame(list(titled[list(columns)].itertuples(index=False, name=None)), ["limit", "status"])


def _money(each: Side) -> pd.DataFrame:
    """Accounts by item over all keys, then what measures in money add up to over the plan."""
    units = {str(entry["id"]): str(entry.get("unit", "1")) for entry in each.instance.policy.rule}
    rows: list[tuple[object, ...]] = []
    for rule, frame in each.audit.statements.items():
        sums = frame.groupby(["item", "item_zh", "item_en"], sort=False, dropna=False)["amount"].sum()
        rows += [(f"{rule}/{item}", "", zh, en, units[rule], int(total)) for (item, zh, en), total in sums.items()]
    for measure in measures_of(each.instance.policy):
        if UNITS[measure.unit].base == "fen" and measure.title is not None and measure.on in each.audit.tables:
            total = int(each.audit.tables[measure.on].frame[measure.id].sum())
            rows.append((measure.id, "", measure.title.zh, measure.title.en, "fen", total))
    return _frame(rows)


def _people(sides: Sequence[Side]) -> pd.DataFrame:
    """Sets of the choice tables whose options are not the same in all plans."""
    columns = {}
    who = "set"
    for each in sides:
        choice = next((d for d in decisions_of(each.instance.policy) if d.set_column), None)
        if choice is None:
            return pd.DataFrame(columns=[who, *(s.name for s in sides)])
        who, frame = choice.set_column or who, each.audit.tables[choice.id].frame
        words = (
            frame[list(choice.keys[1:])].astype(str).agg(" / ".join, axis=1) if len(frame) else pd.Series(dtype="str")
        )
        words.index = pd.Index(frame[who].astype(str))
        columns[each.name] = words[~words.index.duplicated()]
    both = pd.DataFrame(columns).fillna("").rename_axis(who).sort_index()
    differ = both.nunique(axis=1) > 1
    return both.loc[differ].reset_index()
