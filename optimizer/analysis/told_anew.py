"""Who is told something new by a plan that follows an announced one: from what to what, and what stands against the old."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from optimizer.analysis.announced import ANNOUNCED, choice_of
from optimizer.analysis.other_options import Question, question
from optimizer.analysis.why import NOT_OFFERED, reasons
from optimizer.instance import Instance

WITHDREW, LOST, MOVED, NEW = "withdrew", "lost", "moved", "new"
GONE, NO_CONSENT, REFUSED, LIMIT, GOAL = "gone", "no consent", "refused", "limit", "goal"
FREE, PLACED, TWICE = "free", "placed", "twice"
"""Why: not in the tables; what was told is not on offer (no consent, or no such place or year); a clause refuses it; with it a
limit would be broken; another option is better for a goal; nothing seen; (somebody new) gets a place; another row of a hand-made
table says what it gets."""

MOST_NAMED = 5


def told_anew(
    instance: Instance, tables: Mapping[str, pd.DataFrame], told: pd.DataFrame, seed: int = 1
) -> pd.DataFrame:  # fmt: skip
    """One row for each person (household) whose announced rows ``told`` (keys of the choice table) and whose row in the plan
    differ. Columns: the set's name, ``change`` (withdrew, lost, moved, new); ``old_…`` and ``new_…`` for the other keys ("" or 0:
    nothing); ``reason``, with ``clause``, ``rule``, ``key``, ``missing`` (base units of ``unit``), ``goal``, ``loss`` as ``Reasons``;
    ``row``: the position in ``told`` (−1: none). ``room_for``: those told something new too who take part in that limit now."""
    choice = choice_of(instance)
    who, rest = choice.set, list(choice.keys[1:])
    both = _beside(told, tables[choice.id], who, rest)
    known = set(instance.tables[_table_of(instance, who)][who])
    both["change"] = [_change(row, who, rest, known) for row in both.to_dict("records")]
    held = both.loc[both["change"].isin([LOST, MOVED])]
    asking = sorted(set(held.loc[~held["twice"], who]) & set(instance.tables[choice.source][who]))
    found = reasons(instance, tables, asking, seed).frame if asking else None
    asked = question(instance, tables, seed) if asking else None
    anew = set(both[who])
    why = [_why(row, who, rest, found, asked, anew) for row in both.to_dict("records")]
    return pd.concat([both.drop(columns="twice"), pd.DataFrame(why)], axis=1)


def _table_of(instance: Instance, who: str) -> str:
    return next(t.name for t in instance.policy.table if t.key == [who])


def _beside(told: pd.DataFrame, taken: pd.DataFrame, who: str, rest: Sequence[str]) -> pd.DataFrame:
    """Old and new side by side, only what differs; a second row of somebody who has another is ``twice``."""
    sides = []
    for frame, prefix in ((told, "old_"), (taken, "new_")):
        part = frame[[who, *rest]].astype(dict.fromkeys([c for c in (who, *rest) if c != "year"], "str"))
        sides.append(part.rename(columns={c: prefix + c for c in rest}))
    first = sides[0].assign(row=np.arange(len(told)), _again=sides[0].duplicated().to_numpy())
    both = first.merge(sides[1], on=who, how="outer", indicator="_side")
    both["_again"] = both["_again"].eq(True)
    same = (both["_side"] == "both") & ~both["_again"]
    for column in rest:
        same &= both[f"old_{column}"] == both[f"new_{column}"]
    kept = set(both.loc[same, who])
    both = both.loc[~same].sort_values([who, "row"], kind="stable")
    both["twice"] = both.duplicated(who) | both[who].isin(kept)
    for name in both.columns.drop([who, "twice", "row"]):
        if name.startswith("new_"):
            both[name] = both[name].mask(both["twice"])
        both[name] = both[name].fillna(0).astype("int64") if name.endswith("_year") else both[name].fillna("")
    both["row"] = both["row"].fillna(-1).astype("int64")
    return both.drop(columns=["_side", "_again"]).reset_index(drop=True)


def _has(row: Mapping[Any, Any], prefix: str, rest: Sequence[str]) -> bool:
    return any(row[prefix + c] not in ("", 0) for c in rest)


def _change(row: Mapping[Any, Any], who: str, rest: Sequence[str], known: set[str]) -> str:
    if not _has(row, "old_", rest):
        return NEW
    if row[who] not in known:
        return WITHDREW
    return MOVED if _has(row, "new_", rest) else LOST


def _why(
    row: Mapping[Any, Any],
    who: str,
    rest: Sequence[str],
    found: pd.DataFrame | None,
    asked: Question | None,
    anew: set[str],
) -> dict[str, object]:
    """What stands against the old option in the new plan."""
    none: dict[str, object] = {
        "reason": GONE if row["change"] == WITHDREW else PLACED, "clause": "", "rule": "", "key": "", "missing": 0, "unit": "1",
        "goal": "", "loss": 0, "room_for": "",
    }  # fmt: skip
    if row["twice"]:
        return none | {"reason": TWICE}
    if row["change"] in (WITHDREW, NEW):
        return none
    if found is None or asked is None:
        return none | {"reason": NO_CONSENT}
    same = found[who] == row[who]
    for column in rest:
        same &= found[column].astype(str) == str(row[f"old_{column}"])
    options = found.loc[same].to_dict("records")
    if not options:
        return none | {"reason": NO_CONSENT}
    option = options[0]
    told = {name: option[name] for name in ("clause", "rule", "key", "missing", "unit", "goal", "loss")}
    if option["verdict"] == NOT_OFFERED:
        return none | told | {"reason": REFUSED}
    if option["rule"]:
        room = _room_for(asked, str(option["rule"]), str(option["key"]), str(row[who]), anew)
        return none | told | {"reason": LIMIT, "room_for": " ".join(room)}
    better = str(option["goal"]) != ANNOUNCED and int(option["loss"]) > 0
    return none | told | {"reason": GOAL if better else FREE}


def _room_for(asked: Question, rule: str, key: str, household: str, anew: set[str]) -> list[str]:
    """Others told something new who take part in the limit as the plan stands."""
    kind = next(r for r in asked.rules if r.id == rule)
    print_of = kind.footprint(asked.taken, asked.data)
    if print_of is None:
        return []
    names = asked.taken.frame[asked.choice.set].astype(str).to_numpy()[print_of.rows_on(key)]
    return [n for n in dict.fromkeys(names.tolist()) if n in anew and n != household][:MOST_NAMED]
