"""One household placed beside a finished plan: each of its options at the plan's prices, and whether the room left holds it.

An option's net is value − Σ price × use, in whole multiples of 2^−shift of the stage's unit: the reduced value of the plan's
certificate, so that the same numbers prove the plan's bound and place whoever comes later. Nothing is solved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import scipy.sparse as sp

from optimizer.analysis.arrivals import worth_of
from optimizer.analysis.other_options import first_refusal, offered, question
from optimizer.analysis.why import HELD, NOT_OFFERED, reasons
from optimizer.build import Model, build
from optimizer.decisions import decisions_of
from optimizer.decisions.choice import Choice
from optimizer.instance import Instance
from optimizer.lagrangian.record import Certificate, StageCertificate
from optimizer.program import Program
from optimizer.rules.effects import ROOMY
from optimizer.rules.replacements import room_for

COLUMNS = ("net", "worth", "fits", "refused")
"""Columns beside those of ``Reasons``: net (exact, multiples of 2^−shift), worth (goals in their order, as one number), whether the
room left holds the option, and whether it is not on offer at all."""


def price_stage(certificate: Certificate) -> StageCertificate | None:
    """The last goal over the choices that has prices; None where none has."""
    return next((s for s in reversed(certificate.stages) if not s.given_choices and s.price_bound is not None), None)


@dataclass(frozen=True)
class Options:
    """``frame``: one row an option of the household, the best first among those that fit; columns as ``Reasons`` and
    ``COLUMNS``. ``keys``: the household's column and those that name an option. ``shift``: of ``net``; ``stage``: whose
    prices they are (None: the plan has no prices, and net is worth)."""

    frame: pd.DataFrame
    keys: tuple[str, ...]
    shift: int
    stage: StageCertificate | None


def options_at_prices(
    instance: Instance, tables: Mapping[str, pd.DataFrame], household: str, certificate: Certificate, seed: int = 1
) -> Options:
    """The options of a household without a place in the plan ``tables``. Raises ``OptimizerError`` for an unknown one."""
    stage = price_stage(certificate)
    found = reasons(instance, tables, [household], seed)
    frame, keys = found.frame, found.keys
    known = nets(instance, household, stage)
    place = {tuple(map(str, k)): (net, worth) for k, net, worth in known}
    rows = [place.get(tuple(map(str, r)), (None, 0)) for r in frame[list(keys[1:])].itertuples(index=False)]
    frame = frame.assign(
        net=pd.Series([net for net, _ in rows], dtype=object, index=frame.index),
        worth=pd.Series([worth for _, worth in rows], dtype=object, index=frame.index),
        refused=frame["verdict"] == NOT_OFFERED,
    )
    held = _held_back(instance, tables, household, seed)
    stopped = np.array(
        [held.get(tuple(map(str, r)), True) for r in frame[list(keys[1:])].itertuples(index=False)], dtype=bool
    )
    frame["fits"] = ~stopped & ~frame["refused"] & (frame["verdict"] != HELD)
    frame.loc[frame["fits"], ["clause", "rule", "key", "missing"]] = ["", "", "", 0]
    order = sorted(range(len(frame)), key=lambda i: (not frame["fits"].iloc[i], _last(rows[i][0]), -int(rows[i][1]), i))
    return Options(frame.iloc[order].reset_index(drop=True), keys, stage.shift if stage else 0, stage)


def _held_back(
    instance: Instance, tables: Mapping[str, pd.DataFrame], household: str, seed: int
) -> dict[tuple[str, ...], bool]:  # fmt: skip
    """For each admitted option whether the room left does not hold it. A limit that the plan misses already (others withdrew)
    stops only what makes it worse."""
    asked = question(instance, tables, seed)
    options = offered(asked, [household])
    options = options.only(first_refusal(asked, options) < 0)
    room = room_for(asked.data, asked.taken, options)
    add, line = room.into.data, room.into.indices
    bad = ((add > 0) & (add > room.above[line])) | ((add < 0) & (-add > room.below[line]))
    owner = np.repeat(np.arange(len(options.frame)), np.diff(room.into.indptr))
    stopped = np.bincount(owner[bad], minlength=len(options.frame)) > 0
    keys = options.frame[list(asked.choice.keys[1:])].astype(object).itertuples(index=False)
    return {tuple(map(str, key)): bool(stop) for key, stop in zip(keys, stopped, strict=True)}


def _last(net: int | None) -> tuple[bool, int]:
    return net is None, -(net or 0)


def alone(instance: Instance, household: str) -> Model:
    """The program with the options of one household only; amounts as in the whole."""
    choice = next(d for d in decisions_of(instance.policy) if isinstance(d, Choice))
    source = instance.tables[choice.source]
    theirs = source.loc[(source[choice.set] == household).to_numpy()].reset_index(drop=True)
    return build(replace(instance, tables={**instance.tables, choice.source: theirs}))


def nets(
    instance: Instance, household: str, stage: StageCertificate | None
) -> list[tuple[tuple[object, ...], int, int]]:
    """For each admitted option of the household its keys, net and worth."""
    model = alone(instance, household)
    program, worth = model.program, worth_of(model.program).tolist()
    choice = next(t for t in model.tables.values() if t.set_column)
    keys = [tuple(row) for row in choice.frame[list(choice.keys[1:])].astype(object).itertuples(index=False)]
    if stage is None:
        return [(key, int(w), int(w)) for key, w in zip(keys, worth, strict=True)]
    value = {s.id: s for s in program.stages}
    mine = value[stage.stage]
    total = [mine.sign * int(v) << stage.shift for v in mine.value[: program.options]]
    for kept in stage.keeps:
        if kept.price and kept.stage in value:
            earlier = value[kept.stage].value[: program.options]
            total = [t - int(v) * kept.price for t, v in zip(total, earlier, strict=True)]
    for option, cost in _costs(program, stage).items():
        total[option] -= cost
    return list(zip(keys, total, map(int, worth), strict=True))


def _costs(program: Program, stage: StageCertificate) -> dict[int, int]:
    """Σ price × use of each option that uses something with a price, exactly; a price of ``unit`` base units is carried to a use
    that is no whole number of them by rounding up once."""
    seen: dict[tuple[str, str], int] = {}
    stated: dict[tuple[str, str, int], tuple[int, int]] = {}
    for rule, key, price, unit in stage.prices:
        number = seen[rule, key] = seen.get((rule, key), -1) + 1
        stated[rule, key, number] = (price, unit)
    matrix = sp.csr_array(program.matrix)
    again: dict[tuple[str, str], int] = {}
    cost: dict[int, int] = {}
    for row, (rule, key) in enumerate(zip(program.rows["rule"], program.rows["key"], strict=True)):
        number = again[rule, key] = again.get((rule, key), -1) + 1
        price, unit = stated.get((rule, key, number), (0, 1))
        if not price:
            continue
        part = slice(int(matrix.indptr[row]), int(matrix.indptr[row + 1]))
        for option, entry in zip(matrix.indices[part].tolist(), matrix.data[part].tolist(), strict=True):
            if option < program.options:
                cost[option] = cost.get(option, 0) - (-price * entry * int(program.row_unit[row]) // unit)
    return cost


def left_after(
    instance: Instance, tables: Mapping[str, pd.DataFrame], household: str, seed: int = 1
) -> pd.DataFrame:  # fmt: skip
    """What is left of every limit that the household's place in the plan ``tables`` takes part of. Columns: clause, rule, key,
    used, left (base units of unit), unit; the scarcest (least left for what was used) first."""
    asked = question(instance, tables, seed)
    mine = (asked.taken.frame[asked.choice.set].astype(str) == household).to_numpy()
    room = room_for(asked.data, asked.taken, asked.taken.only(mine))
    size = {rule.id: rule for rule in asked.rules}
    rows = []
    entries = sp.coo_array(room.into)
    for line, amount in zip(entries.col.tolist(), entries.data.tolist(), strict=True):
        left = int(room.above[line] if amount > 0 else room.below[line])
        if not amount or left >= ROOMY // 2:
            continue
        name, key = room.lines[line]
        rule = size[name]
        rows.append(
            (rule.clause, name, key, abs(amount) // rule.per_row, left // rule.per_row, rule.unit, left / abs(amount))
        )
    frame = pd.DataFrame(rows, columns=["clause", "rule", "key", "used", "left", "unit", "_times"])
    return frame.sort_values("_times", kind="stable").drop(columns="_times").reset_index(drop=True)


def with_place(
    instance: Instance, tables: Mapping[str, pd.DataFrame], option: Mapping[str, object], household: str
) -> dict[str, pd.DataFrame]:
    """The plan's tables (keys and quantities) with one more row of the choice table."""
    found = {}
    for decision in decisions_of(instance.policy):
        columns = [*decision.keys, *([decision.quantity] if decision.quantity else [])]
        frame = tables.get(decision.id)
        if frame is None:
            continue
        found[decision.id] = frame[[c for c in columns if c in frame]].reset_index(drop=True)
        if decision.set_column is not None:
            row = pd.DataFrame([{decision.set_column: household, **option}])[list(decision.keys)]
            found[decision.id] = pd.concat([found[decision.id], row], ignore_index=True)
            if "year" in row:
                found[decision.id]["year"] = found[decision.id]["year"].astype(np.int64)
    return found
