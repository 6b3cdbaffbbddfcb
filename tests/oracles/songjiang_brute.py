"""Brute force over the moves of a small Songjiang task: every plan up to equal cases, best first, nothing assumed.

Households that are equal in every column, consents included, are interchangeable, so that for each such group only the
counts of its outcomes are listed. Clauses on moves alone (SJ-01, SJ-02, SJ-05, SJ-12) are tested on whole arrays. Plans
that pass are taken in the lexicographic order of the stages, and the first for which legal amounts of money, land and
quota exist is the optimum; whether they exist is decided for one plan at a time, with all moves fixed, by the small
whole-number program of ``songjiang_pulp`` (its variables are the amounts only).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
import numpy.typing as npt

from tests.oracles.songjiang_pulp import STAGES, Formulation
from tests.oracles.songjiang_tables import Option, Task

Ints = npt.NDArray[np.int64]
Outcome = tuple[Option, ...]
WIDTH = 100_000  # more than any stage's value on a small task
ON_ONE_ARRAY = 300_000  # plans looked at together


@dataclass(frozen=True)
class Proof:
    """The optimum: values by stage, how many plans there are, how many pass the clauses on moves alone, how many of those
    were tried before the first with legal amounts, and how many plans share the optimal values of the first stages."""

    values: dict[str, int]
    plans: int
    candidates: int
    tried: int
    optimal: int


def groups_of(task: Task) -> list[list[str]]:
    """Households that are equal but for their code."""
    wishes: dict[str, list[tuple[str, ...]]] = {}
    for row in task.rows["consents"]:
        wishes.setdefault(row.household, []).append((row.mode, row.site, row.rank))
    alike: dict[Any, list[str]] = {}
    for code, row in task.households.items():
        same = tuple(v for k, v in sorted(vars(row).items()) if k != "household")
        alike.setdefault((same, tuple(sorted(wishes.get(code, [])))), []).append(code)
    return [codes for (_, wanted), codes in alike.items() if wanted]


def outcomes_of(task: Task, codes: list[str]) -> list[tuple[int, ...]]:
    """Every multiset of outcomes for a group: option numbers of its first household, −1 for none."""
    mine = [n for n, o in enumerate(task.options) if o.household == codes[0]]
    return list(combinations_with_replacement([-1, *mine], len(codes)))


def measured(task: Task, outcomes: list[tuple[int, ...]]) -> Ints:
    """One row an outcome: five stage values, households, into town, by 2022, then homes by site and type."""
    homes = [(r.site, r.home_type) for r in task.rows["site_homes"]]
    rows = []
    for outcome in outcomes:
        taken = [task.options[n] for n in outcome if n >= 0]
        stages = [sum(o.years for o in taken if o.priority == k) for k in (1, 2, 3)]
        stages += [sum(o.years for o in taken), sum(o.points for o in taken)]
        counts = [len(taken), sum(o.mode == "town" for o in taken), sum(o.year <= 2022 for o in taken)]
        used = Counter((o.site, kind) for o in taken for kind in o.homes)
        rows.append([*stages, *counts, *(used[key] for key in homes)])
    return np.array(rows, dtype=np.int64)


def legal_moves(task: Task, total: Ints) -> npt.NDArray[np.bool_]:
    """SJ-01, SJ-02 and SJ-12 on sums of moves (last axis as in ``measured``)."""
    p = task.p
    settled, into_town, early = total[..., 5], total[..., 6], total[..., 7]
    good = (settled >= int(p.target_2025)) & (early >= int(p.target_2022))
    good &= (100 * into_town >= int(p.share_from) * settled) & (100 * into_town <= int(p.share_to) * settled)
    area: dict[str, Any] = {}
    for number, row in enumerate(task.rows["site_homes"]):
        used = total[..., 8 + number]
        good &= used <= int(row.homes)
        area[row.site] = area.get(row.site, 0) + used * int(task.types[row.home_type].area)
    for site, used in area.items():
        good &= used <= int(task.sites[site].capacity)
    return np.asarray(good)


def spread(sizes: list[int]) -> int:
    """How many groups, from the first, are spread on one array."""
    return max(1, int(np.searchsorted(np.cumprod(np.array(sizes, dtype=np.float64)), ON_ONE_ARRAY, side="right")))


def candidates(task: Task, parts: list[Ints]) -> tuple[Ints, Ints, int]:
    """Keys (stage values as one number, the greater the better) and outcome numbers of all plans whose moves are legal,
    and how many plans there are; the last groups are spread on arrays, the first looped over."""
    sizes = [len(p) for p in parts]
    split = spread(sizes)
    inner = parts[0]
    for part in parts[1:split]:
        inner = (inner[:, None, :] + part[None, :, :]).reshape(-1, inner.shape[1])
    keys, places = [], []
    for number, outer in enumerate(_sums(parts[split:], inner.shape[1])):
        total = inner + outer
        good = np.flatnonzero(legal_moves(task, total))
        key = total[good, 0]
        for stage in range(1, 4):
            key = key * 1000 + total[good, stage]
        keys.append(key * WIDTH + total[good, 4])
        places.append(good + number * len(inner))
    return np.concatenate(keys), np.concatenate(places), int(np.prod(np.array(sizes, dtype=np.int64)))


def _sums(parts: list[Ints], width: int) -> Iterator[Ints]:
    """Sums of one row of each part, the last part turning fastest."""
    if not parts:
        yield np.zeros(width, dtype=np.int64)
        return
    for row in parts[0]:
        for rest in _sums(parts[1:], width):
            yield row + rest


def prove(task: Task) -> Proof | None:
    """The optimum by trying all; None where no plan is legal."""
    groups = groups_of(task)
    lists = sorted(((outcomes_of(task, g), g) for g in groups), key=lambda pair: len(pair[0]))
    outcomes, codes = [o for o, _ in lists], [g for _, g in lists]
    parts = [measured(task, o) for o in outcomes]
    keys, places, plans = candidates(task, parts)
    order = np.argsort(-keys, kind="stable")
    best, values, balances = None, {}, []
    tried = 0
    for at in order:
        if best is not None and keys[at] != best:
            break
        tried += 1
        chosen = chosen_options(task, outcomes, codes, int(places[at]))
        form = Formulation(task, chosen)
        if form.solve(form.goal(STAGES[-1])):
            best = keys[at]
            balances.append(round(1_000_000 * float(form.model.objective.value())))
            taken = [task.options[n] for n, v in chosen.items() if v]
            values = {s: sum(o.years for o in taken if o.priority == k) for k, s in enumerate(STAGES[:3], 1)}
            values |= {"settled": sum(o.years for o in taken), "wishes": sum(o.points for o in taken)}
    if best is None:
        return None
    return Proof({**values, "balance": max(balances)}, plans, len(keys), tried, len(balances))


def chosen_options(
    task: Task, outcomes: list[list[tuple[int, ...]]], codes: list[list[str]], place: int
) -> dict[int, int]:
    """The plan at a place of ``candidates`` as option number → taken."""
    sizes = [len(o) for o in outcomes]
    split = spread(sizes)
    without, within = divmod(place, int(np.prod(sizes[:split])))
    digits = [*np.unravel_index(within, sizes[:split]), *np.unravel_index(without, sizes[split:] or [1])]
    taken = dict.fromkeys(range(len(task.options)), 0)
    for digit, listed, members in zip(digits, outcomes, codes, strict=False):
        for member, number in zip(members, listed[int(digit)], strict=True):
            if number >= 0:
                taken[_same(task, number, member)] = 1
    return taken


def _same(task: Task, number: int, member: str) -> int:
    """The option of another member of the group that is the same."""
    wanted = task.options[number]
    keys = ("mode", "site", "year", "homes")
    for at, option in enumerate(task.options):
        if option.household == member and all(getattr(option, k) == getattr(wanted, k) for k in keys):
            return at
    raise KeyError(member)
