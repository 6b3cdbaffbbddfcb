"""Why a household got what it got: each of its options against the finished plan, for many households at once.

An option is not offered (a rule never admits it); or worse for a goal than what the household has; or it is not, but stopped: with
it in place of what the household has, and all else as it is, a limit would be broken; or it is as good. Nothing is solved, all numbers are
exact. An option that is worse tells what would stop it as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.analysis.other_options import (
    Question,
    about,
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
from optimizer.rules.replacements import room_for

HELD, NOT_OFFERED, STOPPED, WORSE, AS_GOOD, BETTER = "held", "not offered", "stopped", "worse", "as good", "better"
"""What is found of an option. ``better`` stands only where the plan is not the very best one, within its gap."""

COLUMNS = ("verdict", "clause", "rule", "key", "missing", "unit", "goal", "loss")


@dataclass(frozen=True)
class Reasons:
    """``frame``: one row an option of the households asked for. Columns: the keys of the choice table (household, mode, site, year, …),
    ``verdict``; ``clause``, ``rule``, ``key``: what refuses or would stop it; ``missing``: by how much the limit would be
    broken, in base units of ``unit``; ``goal``: the first one for which it differs from what is held, and ``loss``: by how much it is
    worse for that goal (negative: better). ``keys``: the first columns; the first of them names the household."""

    frame: pd.DataFrame
    keys: tuple[str, ...]


def reasons(
    instance: Instance, tables: Mapping[str, pd.DataFrame], households: Collection[str] | None = None, seed: int = 1
) -> Reasons:
    """Every option of the households (None: of all) and what stands against it in the plan ``tables`` (as ``audit`` takes
    them). Raises ``OptimizerError`` where the policy has no choices or a household is not known."""
    asked = question(instance, tables, seed)
    if households is not None:
        return _plain(_reasons(asked, offered(asked, households)))
    parts = [_plain(part).frame for part in reasons_by_piece(asked)]
    return Reasons(pd.concat(parts, ignore_index=True), asked.choice.keys)


AT_ONCE = 60_000
"""Rows of the choice's source (agreements of households) that are looked at together, so that memory stays bounded."""


def reasons_by_piece(asked: Question) -> Iterator[Reasons]:
    """The reasons of all households that have options, some at a time; codes of the keys are categories."""
    measures = [m for m in asked.measures if m.on == asked.choice.id]
    for piece in asked.choice.pieces(asked.instance, measures, AT_ONCE):
        options = piece()
        yield _reasons(about(asked, options), options)


def _reasons(asked: Question, options: DecisionTable) -> Reasons:
    refused = first_refusal(asked, options)
    parts = [_refused(asked, options, refused), _weighed(asked, options.only(refused < 0))]
    frame = pd.concat(parts, ignore_index=True)
    order = np.argsort(frame[asked.choice.set].cat.codes.to_numpy(), kind="stable")
    return Reasons(frame.iloc[order].reset_index(drop=True), asked.choice.keys)


def _refused(asked: Question, options: DecisionTable, refused: Ints) -> pd.DataFrame:
    """The options that a rule never admits."""
    rows = np.flatnonzero(refused >= 0)
    by = refused[rows]
    clauses, ids = (np.array([getattr(r, a) for r in asked.rules], dtype=object) for a in ("clause", "id"))
    values = (NOT_OFFERED, clauses[by], ids[by], "", 0, "1", "", 0)
    return _keyed(asked, options.frame.iloc[rows]).assign(**dict(zip(COLUMNS, values, strict=True)))


def _weighed(asked: Question, options: DecisionTable) -> pd.DataFrame:
    """The admitted options: held, stopped by a limit, or possible, with what the goals say."""
    held = held_rows(asked, options)
    room = room_for(asked.data, asked.taken, options)
    case, line, over = broken(room, change(room, [np.arange(len(held))], [held]))
    rule, key, missing = _stops(asked, options, held)
    first = case[np.append(True, case[1:] != case[:-1])[: len(case)]]
    at = np.flatnonzero(np.append(True, case[1:] != case[:-1])[: len(case)])
    number = {r.id: n for n, r in enumerate(asked.rules)}
    by_line = np.array([number[name] for name, _ in room.lines] or [0], dtype=np.int64)
    keys = np.array([text for _, text in room.lines] or [""], dtype=object)
    rule[first], key[first], missing[first] = by_line[line[at]], keys[line[at]], over[at]
    goal, loss = _first_loss(asked, options, held)
    mine = is_held(asked, options, held)
    stopped = ~mine & (rule >= 0)
    verdict = np.select([mine, loss > 0, stopped, loss < 0], [HELD, WORSE, STOPPED, BETTER], default=AS_GOOD)
    clauses, ids, units = (
        np.append(np.array([getattr(r, a) for r in asked.rules], dtype=object), none)
        for a, none in (("clause", ""), ("id", ""), ("unit", "1"))
    )
    size = np.append(np.array([r.per_row for r in asked.rules], dtype=np.int64), 1)
    rule = np.where(stopped, rule, -1)
    values = (
        verdict, clauses[rule], ids[rule], np.where(stopped, key, ""), np.where(stopped, -(-missing // size[rule]), 0),
        units[rule], np.where(mine, "", goal), np.where(mine, 0, loss),
    )  # fmt: skip
    return _keyed(asked, options.frame).assign(**dict(zip(COLUMNS, values, strict=True)))


def _stops(asked: Question, options: DecisionTable, held: Ints) -> tuple[Ints, np.ndarray, Ints]:  # type: ignore[type-arg]
    """Options after the last year in which their household may move (a cleared hamlet rests on it): rule, key, years too late."""
    rule = np.full(len(held), -1, dtype=np.int64)
    key = np.full(len(held), "", dtype=object)
    missing = np.zeros(len(held), dtype=np.int64)
    if "year" not in options.frame:
        return rule, key, missing
    year = options.frame["year"].to_numpy(dtype=np.int64)
    for number, each in enumerate(asked.rules):
        latest = each.latest(asked.taken, asked.data)
        if latest is not None:
            late = np.where(held >= 0, year - np.append(latest, 0)[held], 0)
            rule[late > 0], missing[late > 0] = number, late[late > 0]
    return rule, key, missing


def _keyed(asked: Question, frame: pd.DataFrame) -> pd.DataFrame:
    return frame[list(asked.choice.keys)].reset_index(drop=True)


def _plain(found: Reasons) -> Reasons:
    """Codes as texts."""
    codes = [k for k in found.keys if found.frame[k].dtype == "category"]
    return Reasons(found.frame.astype(dict.fromkeys(codes, "str")), found.keys)


def _first_loss(asked: Question, options: DecisionTable, held: Ints) -> tuple[np.ndarray, Ints]:  # type: ignore[type-arg]
    """For each option the first goal for which it differs from what is held, and by how much it is worse."""
    goal = np.full(len(held), "", dtype=object)
    loss = np.zeros(len(held), dtype=np.int64)
    for worth in worths(asked, options):
        own = worth.sign * (np.append(worth.held, 0)[held] - worth.option)
        fresh = (loss == 0) & (own != 0)
        goal[fresh], loss[fresh] = worth.goal, own[fresh]
    return goal, loss
