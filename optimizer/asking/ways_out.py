"""The least changes of a task's numbers with which it has a legal plan."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np

from optimizer.analysis.by_rule import ByRule
from optimizer.analysis.levers import Lever, levers_of, measured
from optimizer.analysis.relaxed import Move, Repair
from optimizer.analysis.share_levers import ShareLever, share_levers
from optimizer.rules import Rule
from optimizer.solvers.base import Limits
from optimizer.solvers.feasible import any_plan
from optimizer.solvers.least_move import least_move


def repairs(
    parts: ByRule, conflict: Sequence[str], protected: Collection[str], limits: Limits, most: int = 6
) -> list[Repair]:
    """The ``most`` cheapest repairs of the conflict: one limit each where that is enough, else two together.

    ``conflict``: the rules of the irreducible set, one of which every repair must move; ``protected``: rules whose numbers
    stay. Cheapest: by how much of itself a number changes (units of different clauses have no common measure).
    """
    by_id = {r.id: r for r in parts.model.rules}
    free = [by_id[name] for name in conflict if name not in protected]
    groups = _grouped(_untouched(levers_of(parts.model, free), protected))
    found = [r for group in groups if not limits.over() for r in _of_group(parts, group, limits)]
    for lever in share_levers(parts.model, free):
        if not limits.over():
            found += _of_share(parts, lever, limits)
    kept = _refined(parts, sorted(found, key=lambda r: r.order), limits, most)
    if kept:
        return kept
    rest = [r for r in parts.acting if r.id not in protected]
    together = list(_together(parts, rest, protected, limits, most))
    return _refined(parts, sorted(together, key=lambda r: r.order), limits, most)


def _refined(parts: ByRule, found: Sequence[Repair], limits: Limits, most: int) -> list[Repair]:
    """The first ``most`` repairs, each with all that its cells change in the task: a cell may be read in more places than the
    limit that it was found by. Left out: what then is no repair."""
    kept: list[Repair] = []
    for repair in found:
        if len(kept) == most or limits.over():
            break
        again = _remeasured(parts, repair, limits)
        if again is not None:
            kept.append(again)
    return sorted(kept, key=lambda r: r.order)


def _remeasured(parts: ByRule, repair: Repair, limits: Limits) -> Repair | None:
    levers = [m.lever for m in repair.moves if isinstance(m.lever, Lever)]
    if not any(lever.cell for lever in levers):
        return repair
    told = [x for lever in levers if (x := measured(parts, lever)) is not None]
    exact, sure = [x for x, _ in told], all(s for _, s in told)
    if len(exact) < len(levers):
        return Repair(repair.moves, False)  # not a matter of steps alone: it is tried as it stands
    rows = [x for lever in exact for x in lever.rows if int(x) not in parts.place]
    if rows:
        return Repair(repair.moves, False)
    if all(_same(one, two) for one, two in zip(levers, exact, strict=True)):
        return replace(repair, least=repair.least and sure)
    weights = np.ones(1) if len(exact) == 1 else _weights(exact)
    moved = least_move(parts.whole, _placed(parts, exact), weights, limits)
    used = np.flatnonzero(moved.steps)
    if moved.x is None or not len(used):
        return None
    return Repair(tuple(Move(exact[n], int(moved.steps[n])) for n in used), moved.proven and sure)


def _same(one: Lever, two: Lever) -> bool:
    """Whether both change the same by the same."""

    def effects(lever: Lever) -> list[dict[int, int]]:
        done = []
        for at, value in ((lever.rows, lever.entries), (lever.columns, lever.room)):
            each: dict[int, int] = {}
            for a, v in zip(at.tolist(), value.tolist(), strict=True):
                each[a] = each.get(a, 0) + v
            done.append(each)
        return done

    return effects(one) == effects(two)


def _untouched(levers: list[Lever], protected: Collection[str]) -> list[Lever]:
    return [lever for lever in levers if lever.rule not in protected]


def _grouped(levers: list[Lever]) -> list[list[Lever]]:
    groups: dict[tuple[str, str, int], list[Lever]] = {}
    for lever in levers:
        groups.setdefault(lever.group, []).append(lever)
    return list(groups.values())


def _placed(parts: ByRule, levers: Sequence[Lever]) -> list[Lever]:
    """The levers over the rows of the program of all rules."""
    return [replace(x, rows=np.array([parts.place[int(r)] for r in x.rows], dtype=np.int64)) for x in levers]


def _of_group(parts: ByRule, group: list[Lever], limits: Limits) -> list[Repair]:
    """The least moves within one limit; where several of its cells are needed, one alone if it is enough."""
    moved = least_move(parts.whole, _placed(parts, group), np.ones(len(group)), limits)
    used = np.flatnonzero(moved.steps)
    if moved.x is None or not len(used):
        return []
    together = Repair(tuple(Move(group[n], int(moved.steps[n])) for n in used), moved.proven)
    if len(used) == 1:
        return [together]
    alone = []
    for n in used[:ALONE]:
        single = least_move(parts.whole, _placed(parts, [group[n]]), np.ones(1), limits)
        if single.x is not None:
            alone.append(Repair((Move(group[n], int(single.steps[0])),), single.proven))
    return alone or [together]


ALONE = 4
"""So many cells of one limit are tried alone."""


def _of_share(parts: ByRule, lever: ShareLever, limits: Limits) -> list[Repair]:
    """The least move of a percentage, by halving: more room never takes a plan away, and a plan shows how much it uses."""
    rows = np.array([parts.place[int(r)] for r in lever.rows], dtype=np.int64)
    low, high, proven, asked = 0, lever.most + 1, True, lever.most
    while high - low > 1 and not limits.over():
        verdict = any_plan(lever.applied(parts.whole, rows, asked), limits)
        if verdict.x is not None:
            high = max(low + 1, min(asked, lever.needed(parts.whole, rows, verdict.x)))
        elif asked == lever.most:
            return []
        else:
            low, proven = asked, proven and verdict.impossible
        asked = (low + high) // 2
    if high > lever.most:
        return []
    proven = proven and high - low == 1
    return [Repair((Move(lever, high),), proven)]


def _together(
    parts: ByRule, rules: Sequence[Rule], protected: Collection[str], limits: Limits, most: int
) -> Iterator[Repair]:
    """Numbers of several limits moved together, each measured by itself; then again without each of the limits used."""
    levers = _untouched(levers_of(parts.model, rules), protected)
    barred: list[set[tuple[str, str, int]]] = [set()]
    seen: set[frozenset[tuple[object, ...]]] = set()
    while barred and len(seen) < most and not limits.over():
        without = barred.pop(0)
        open_ = [x for x in levers if x.group not in without]
        if not open_:
            continue
        moved = least_move(parts.whole, _placed(parts, open_), _weights(open_), limits)
        used = np.flatnonzero(moved.steps)
        if moved.x is None or not len(used):
            continue
        repair = Repair(tuple(Move(open_[n], int(moved.steps[n])) for n in used), moved.proven)
        key = frozenset((m.lever.rule, m.lever.field, m.lever.cell) for m in repair.moves)
        if key not in seen:
            seen.add(key)
            yield repair
        barred += [without | {g} for g in sorted({open_[n].group for n in used})]


def _weights(levers: Sequence[Lever]) -> np.ndarray:  # type: ignore[type-arg]
    """What one step of each costs: its share of the number; of a number of 0, its share of the largest beside it. What is
    given costs ten times as much as a limit."""
    largest: dict[tuple[str, str, int], int] = {}
    for lever in levers:
        largest[lever.group] = max(largest.get(lever.group, 1), abs(lever.now))
    each = [x.step / (abs(x.now) or largest[x.group]) * (10 if x.given else 1) for x in levers]
    return np.array(each, dtype=np.float64)
