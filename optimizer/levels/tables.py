"""The record of the levels as plain tables for a plan: places and rows by name, numbers in base units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.levels.record import Record, Round, Shortfall
from optimizer.levels.shares import totals
from optimizer.levels.split import Split
from optimizer.plan import Levels
from optimizer.program import Ints, Program
from optimizer.rules import Rule
from optimizer.solvers.base import Outcome
from optimizer.wording import Wording

COMPARED = (
    "stage", "value", "bound", "seconds", "joint_value", "joint_bound", "joint_seconds", "places_different", "places", "unit",
)  # fmt: skip
DIVIDED = (
    "round", "place", "clause", "rule", "key", "sense", "given", "used", "missing", "price", "unit", "stage", "kind", "title_zh", "title_en",
)  # fmt: skip
SHORT = (
    "round", "place", "clause", "key", "sense", "given", "missing", "unit", "title_zh", "title_en", "binding_zh", "binding_en",
)  # fmt: skip
ROUNDS = ("round", "stage", "kind", "bound", "value", "short")


@dataclass(frozen=True)
class _Row:
    """A joining row for people; ``size``: base units of ``unit`` in one unit of the program's row."""

    clause: str
    rule: str
    key: str
    unit: str
    size: int
    title: Wording


def levels_of(record: Record, program: Program, rules: Sequence[Rule], comparison: pd.DataFrame) -> Levels:
    """What a plan says of the levels. ``comparison``: see ``compared``, or an empty frame."""
    known = {rule.id: rule for rule in rules}
    rounds, division, short = [], [], []
    for number, (split, each) in enumerate(zip(record.splits, record.rounds, strict=True), 1):
        base = each.stage.base
        whole = [None if v is None else v + base for v in (each.bound, each.value)]
        rounds.append((number, each.stage.id, each.kind, *whole, each.short))
        names = {int(r): _named(split, int(r), known, record) for r in split.joining}
        division.append(_division(split, each, number, names, program.places))
        short += [_short(split, each, number, s, known, record, program.places) for s in each.shortfalls]
    shown = pd.concat(division, ignore_index=True) if division else pd.DataFrame(columns=list(DIVIDED))
    told = pd.DataFrame(rounds, columns=list(ROUNDS)).astype({"bound": "Int64", "value": "Int64"})
    return Levels(told, shown, pd.DataFrame(short, columns=list(SHORT)), comparison, record.fallback)


def _named(split: Split, row: int, rules: Mapping[str, Rule], record: Record) -> _Row:
    program = split.program
    name = str(program.rows["rule"].iloc[row])
    clause, key = str(program.rows["clause"].iloc[row]), str(program.rows["key"].iloc[row])
    size = int(program.row_unit[row])
    if name not in rules:  # an earlier stage's value that is kept
        stage = next(r.stage for r in record.rounds if r.stage.id == key)
        title = Wording(f"保持目标“{stage.title.zh}”已达到的值", f"what goal '{stage.title.en}' reached is kept")
        return _Row(clause, "", key, stage.unit, size, title)
    rule = rules[name]
    unit = rule.unit if rule.per_row == 1 else "1"  # a share's row counts in shares of its unit
    return _Row(rule.clause, name, key, unit, size, Wording(rule.title.zh, rule.title.en))


def _division(split: Split, each: Round, number: int, names: Mapping[int, _Row], places: Sequence[str]) -> pd.DataFrame:
    sides = split.sides
    size = np.array([names[int(r)].size for r in sides.row], dtype=np.int64)
    frame = pd.DataFrame(
        {
            "place": [places[p] if p < len(places) else str(p) for p in sides.place],
            "row": sides.row,
            "sign": sides.sign,
            "given": each.shares * size * sides.sign,
            "used": each.used * size * sides.sign,
            "missing": each.missing * size,
            "price": each.price / size,
        }
    )
    frame = pd.concat([frame, _kept_back(split, each, names)], ignore_index=True)
    told = [names[int(r)] for r in frame["row"]]
    frame = frame.assign(
        round=number, stage=each.stage.id, kind=each.kind, clause=[n.clause for n in told], rule=[n.rule for n in told],
        key=[n.key for n in told], unit=[n.unit for n in told], title_zh=[n.title.zh for n in told],
        title_en=[n.title.en for n in told], sense=np.where(frame["sign"] > 0, "<=", ">="),
    )  # fmt: skip
    return frame.sort_values(["row", "sign", "place"], kind="stable")[list(DIVIDED)]


def _kept_back(split: Split, each: Round, names: Mapping[int, _Row]) -> pd.DataFrame:
    """What the upper level keeps: the limit less all shares, of which it uses its own amounts' part."""
    sides, rows = split.sides, []
    use = np.zeros(split.program.matrix.shape[0], dtype=np.int64)
    use[split.joining] = split.outer_use() @ each.outer
    for index, _ in totals(split, np.zeros(len(split.outer))):
        row, sign = int(sides.row[index[0]]), int(sides.sign[index[0]])
        limit = int(split.limit(np.array([row]), np.array([sign]))[0])
        size = names[row].size
        given = (limit - int(sum(each.shares[index].tolist()))) * size * sign
        rows.append(("", row, sign, given, int(use[row]) * size, 0, 0.0))
    return pd.DataFrame(rows, columns=["place", "row", "sign", "given", "used", "missing", "price"])


def _short(
    split: Split, each: Round, number: int, short: Shortfall, rules: Mapping[str, Rule], record: Record,
    places: Sequence[str],
) -> tuple[object, ...]:  # fmt: skip
    row = _named(split, short.row, rules, record)
    sides = split.sides
    k = np.flatnonzero((sides.place == short.place) & (sides.row == short.row) & (sides.sign == short.sign))[0]
    holding = [_named(split, r, rules, record) for r in short.binding]
    shared = set(split.joining.tolist())
    words = [_held(n, r in shared) for n, r in zip(holding, short.binding, strict=True)]
    place = places[short.place] if short.place < len(places) else str(short.place)
    given = int(each.shares[k]) * row.size * short.sign
    return (
        number, place, row.clause, row.key, "<=" if short.sign > 0 else ">=", given, short.missing * row.size, row.unit,
        row.title.zh, row.title.en, "、".join(w.zh for w in words), ", ".join(w.en for w in words),
    )  # fmt: skip


def _held(row: _Row, shared: bool) -> Wording:
    """A row that holds a place back; of a joining row its share."""
    clause = row.clause.split()[0]
    return Wording(
        f"{clause} {row.title.zh}（{row.key}{'，份额' if shared else ''}）",
        f"{clause} {row.title.en} ({row.key}{', its share' if shared else ''})",
    )


def compared(record: Record, program: Program, levels: Outcome, joint: Outcome | None) -> pd.DataFrame:
    """Levels beside the whole program at once, stage by stage; a place differs where it uses another amount of some joining
    row."""
    rows = []
    for number, mine in enumerate(levels.stages):
        other = joint.stages[number] if joint is not None else None
        base = mine.stage.base
        split = record.splits[-1]
        different = _different(split, levels.x, joint.x) if joint is not None else 0
        rows.append(
            (
                mine.stage.id, mine.value + base, mine.bound + base, mine.seconds,
                None if other is None else other.value + base, None if other is None else other.bound + base,
                None if other is None else other.seconds, different, len(split.places), mine.stage.unit,
            )
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(COMPARED))


def _different(split: Split, x: Ints, other: Ints) -> int:
    count = 0
    for place in split.places:
        use = place.program.matrix
        here, there = (np.asarray(use @ each[place.columns])[place.own :] for each in (x, other))
        rules = np.asarray(place.program.rows["rule"])[place.own :] != ""
        count += bool((here != there)[rules].any())
    return count
