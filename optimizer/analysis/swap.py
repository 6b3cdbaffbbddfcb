"""What would have to give way for a household to get another option: the change of one other household that costs least."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.analysis.other_options import (
    Question,
    Worth,
    broken,
    change,
    first_refusal,
    held_rows,
    is_held,
    offered,
    question,
    worths,
)
from optimizer.decisions import DecisionTable
from optimizer.instance import Instance
from optimizer.program import Ints
from optimizer.rules.replacements import Room, room_for

MOST_OTHERS = 400
"""So many others are tried as the one who gives way: those who take most of what is short."""


@dataclass(frozen=True)
class Swap:
    """``option``: what the household would get (keys). ``other``: who gives way (None: nobody has to), ``has`` and ``instead``: what it
    has and would have (None: nothing). ``gains``: for each goal over the choices its id and by how much the plan would be better
    (negative: worse) for it, in the goal's unit."""

    option: Mapping[str, object]
    other: str | None
    has: Mapping[str, object] | None
    instead: Mapping[str, object] | None
    gains: tuple[tuple[str, int], ...]


def least_swap(
    instance: Instance, tables: Mapping[str, pd.DataFrame], household: str, wanted: str, seed: int = 1
) -> Swap | None:
    """The cheapest way to give ``household`` an option with the code ``wanted`` (a site, a mode): goals are compared in
    their order. At most one other household moves to another of its options, or out. None where there is no such way.
    Every limit is kept, exactly; amounts (homes built, money) stay as they are."""
    asked = question(instance, tables, seed)
    options = _admitted(asked, [household])
    held = held_rows(asked, options)
    codes = [k for k in asked.choice.keys[1:] if k != "year"]
    theirs = np.logical_or.reduce([(options.frame[k].astype(str) == wanted).to_numpy() for k in codes])
    options = options.only(theirs & ~is_held(asked, options, held))
    if options.frame.empty:
        return None
    out = int(held_rows(asked, options)[0])
    alone = _alone(asked, options, out)
    given = _with_another(asked, options, out)
    found = [swap for swap in (alone, given) if swap is not None]
    return max(found, key=lambda swap: [value for _, value in swap.gains], default=None)


def _admitted(asked: Question, households: list[str]) -> DecisionTable:
    options = offered(asked, households)
    return options.only(first_refusal(asked, options) < 0)


def _alone(asked: Question, options: DecisionTable, out: int) -> Swap | None:
    """The best option that nobody has to make room for."""
    count = len(options.frame)
    room = room_for(asked.data, asked.taken, options)
    held = np.full(count, out, dtype=np.int64)
    stopped = np.unique(broken(room, change(room, [np.arange(count)], [held]))[0])
    free = np.setdiff1d(np.arange(count), stopped)
    free = free[_in_time(asked, options, free, np.full(len(free), out))]
    if not len(free):
        return None
    gains = _gains(worths(asked, options), [free], [np.full(len(free), out)])
    best = _first_best(gains)
    return Swap(_row(asked, options, free[best]), None, None, None, _named(asked, options, gains, best))


def _with_another(asked: Question, options: DecisionTable, out: int) -> Swap | None:
    """The best pair of an option and one other household that makes room by taking another of its options, or none."""
    others = _others(asked, options, out)
    if not len(others):
        return None
    names = asked.taken.frame[asked.choice.set].astype(str).to_numpy()
    both = _together(options, _admitted(asked, sorted(set(names[others]))))
    own = np.arange(len(options.frame))
    place = held_rows(asked, both)
    replaced = np.flatnonzero(~is_held(asked, both, place))
    replaced = replaced[(replaced >= len(own)) & np.isin(place[replaced], others)]
    into, leave, enter = _cases(own, others, replaced, place)
    room = room_for(asked.data, asked.taken, both)
    held = np.full(len(into), out, dtype=np.int64)
    legal = np.ones(len(into), dtype=bool)
    legal[broken(room, change(room, [into, enter], [held, leave]))[0]] = False
    legal &= _in_time(asked, both, into, held) & _may_leave(room, leave, enter)
    legal[enter >= 0] &= _in_time(asked, both, enter[enter >= 0], leave[enter >= 0])
    cases = np.flatnonzero(legal)
    if not len(cases):
        return None
    gains = _gains(worths(asked, both), [into[cases], enter[cases]], [held[cases], leave[cases]])
    best = _first_best(gains)
    case = cases[best]
    has = {k: _plain(asked.taken.frame[k].iloc[leave[case]]) for k in asked.choice.keys[1:]}
    instead = _row(asked, both, enter[case]) if enter[case] >= 0 else None
    return Swap(
        _row(asked, both, into[case]), str(names[leave[case]]), has, instead, _named(asked, both, gains, best)
    )  # fmt: skip


def _others(asked: Question, options: DecisionTable, out: int) -> Ints:
    """Plan rows of other households that take part in a limit which stops an option; those that take most of it first."""
    room = room_for(asked.data, asked.taken, options)
    count = len(options.frame)
    _, line, _ = broken(room, change(room, [np.arange(count)], [np.full(count, out)]))
    part = room.out[:, np.unique(line)]
    size = np.asarray(abs(part).sum(axis=1)).ravel()
    rows = np.flatnonzero(size)
    rows = rows[rows != out]
    return np.sort(rows[np.argsort(-size[rows], kind="stable")][:MOST_OTHERS])


def _together(one: DecisionTable, two: DecisionTable) -> DecisionTable:
    """The options of both; codes stay categories."""
    frame = pd.concat([one.frame, two.frame], ignore_index=True)
    for column in one.frame.columns:
        if one.frame[column].dtype == "category":
            frame[column] = pd.Categorical(frame[column].astype("str"))
    return DecisionTable(one.id, frame, np.ones(len(frame), dtype=np.int64), one.keys, one.set_column)


def _cases(own: Ints, others: Ints, replaced: Ints, place: Ints) -> tuple[Ints, Ints, Ints]:
    """Every option with every other who leaves (without, or with, another option): option, row out, option in (−1: none)."""
    leave = np.append(others, place[replaced])
    enter = np.append(np.full(len(others), -1, dtype=np.int64), replaced)
    return np.repeat(own, len(leave)), np.tile(leave, len(own)), np.tile(enter, len(own))


def _in_time(asked: Question, options: DecisionTable, into: Ints, out: Ints) -> np.ndarray:  # type: ignore[type-arg]
    """Whether no option comes later than what rests on its household allows (a cleared hamlet)."""
    fine = np.ones(len(into), dtype=bool)
    if "year" not in options.frame:
        return fine
    year = options.frame["year"].to_numpy(dtype=np.int64)[into]
    for rule in asked.rules:
        latest = rule.latest(asked.taken, asked.data)
        if latest is not None:
            fine &= (out < 0) | (year <= np.append(latest, 0)[out])
    return fine


def _may_leave(room: Room, leave: Ints, enter: Ints) -> np.ndarray:  # type: ignore[type-arg]
    """Whether the other may go without another option: nothing rests on it."""
    return np.asarray((enter >= 0) | ~room.anchored[leave], dtype=bool)


def _gains(values: list[Worth], into: list[Ints], out: list[Ints]) -> list[Ints]:
    """For each goal by how much each case makes the plan better."""
    found = []
    for worth in values:
        total = np.zeros(len(into[0]), dtype=np.int64)
        for rows in into:
            total += np.append(worth.option, 0)[rows]
        for rows in out:
            total -= np.append(worth.held, 0)[rows]
        found.append(worth.sign * total)
    return found


def _first_best(gains: list[Ints]) -> int:
    """The case that is best for the first goal, among equals for the second, and so on."""
    return int(np.lexsort([-gain for gain in reversed(gains)])[0]) if gains else 0


def _named(asked: Question, options: DecisionTable, gains: list[Ints], case: int) -> tuple[tuple[str, int], ...]:
    return tuple((w.goal, int(g[case])) for w, g in zip(worths(asked, options), gains, strict=True))


def _row(asked: Question, options: DecisionTable, row: int) -> dict[str, object]:
    return {k: _plain(options.frame[k].iloc[row]) for k in asked.choice.keys[1:]}


def _plain(value: object) -> object:
    return int(value) if isinstance(value, (int, np.integer)) else str(value)
