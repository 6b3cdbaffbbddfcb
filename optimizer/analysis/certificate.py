"""Recomputes a plan's certificate from the input tables, in whole numbers and without a solver.

Nothing that the plan states is believed: the plan is audited, its value of every stage is taken from its tables, the
options and rows are built again from the instance, and every bound is derived again from the stated prices. What
the prices do not prove (a bound that rests on a solver's branch and bound) is said to be so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.analysis import doubts
from optimizer.analysis.cases import bound_of
from optimizer.analysis.doubts import Doubt
from optimizer.analysis.matching import taken_options
from optimizer.analysis.stated import StatedPlan
from optimizer.build import Model, build
from optimizer.check import audit
from optimizer.errors import OptimizerError
from optimizer.instance import Instance
from optimizer.lagrangian.bound import exact_total, from_total, sign_correct
from optimizer.lagrangian.given import Given, given
from optimizer.lagrangian.record import Certificate, StageCertificate, price_vector
from optimizer.program import Ints, Program, Stage
from optimizer.records import altered_records
from optimizer.rules import Violation
from optimizer.wording import Wording


@dataclass(frozen=True)
class ProvenStage:
    """One stage: ``value`` of the plan (from its tables) and the bound ``proven`` here from prices (None where there are
    none, or they cannot be used). ``solver_bound``: a sharper one that rests on a solver's word. ``given_choices``:
    the bound is for plans with the same choices."""

    id: str
    clause: str
    title: Wording
    unit: str
    sense: str
    value: int
    proven: int | None
    solver_bound: int | None
    given_choices: bool

    @property
    def more(self) -> int | None:
        """By how much a legal plan could be better at most."""
        return None if self.proven is None else abs(self.proven - self.value)

    @property
    def share(self) -> float | None:
        """The same, relative to the value."""
        return None if self.more is None else self.more / max(1, abs(self.value))


@dataclass(frozen=True)
class Verification:
    """What was proven, what does not hold, and ``changes``: numbers that the plan put over the policy."""

    stages: tuple[ProvenStage, ...]
    violations: tuple[Violation, ...]
    doubts: tuple[Doubt, ...]
    changes: Mapping[str, object]

    @property
    def holds(self) -> bool:
        """Whether the plan keeps every clause and everything that it states was found to be so."""
        return not self.violations and not self.doubts


def verify(instance: Instance, stated: StatedPlan) -> Verification:
    """Audit the plan and derive its bounds again. Raises ``OptimizerError`` where plan and instance are of two policies."""
    if stated.policy != instance.policy.id:
        raise OptimizerError(
            Wording(
                zh=f"方案属于政策“{stated.policy}”，实例属于政策“{instance.policy.id}”。",
                en=f"The plan is for the policy '{stated.policy}', the instance for '{instance.policy.id}'.",
            ),
            Wording(zh="Maybe（也许）实例写错了。", en="Maybe another instance was meant."),
        )
    found = _inputs(instance, stated)
    audited = audit(instance, stated.tables, stated.seed)
    violations = (*audited.violations, *altered_records(instance, stated.tables, stated.statements, audited))
    reached = dict(audited.reached)
    del audited
    model = build(instance)
    certificate = stated.certificate
    found += _stages(model.program, stated, certificate, reached)
    stages, more = [], []
    for number, stage in enumerate(model.program.stages):
        entry = next((s for s in certificate.stages if s.stage == stage.id), None)
        proven, wrong = _derive(model, number, entry, stated.tables, reached)
        stages.append(proven)
        more += wrong
    return Verification(tuple(stages), violations, (*found, *more), dict(stated.changes))


def _inputs(instance: Instance, stated: StatedPlan) -> list[Doubt]:
    """Input files, policy and certificate file against what was recorded of them."""
    found = []
    certificate = stated.certificate
    known = stated.hashes if stated.hashes is not None else instance.hashes
    for name in sorted({*known, *instance.hashes}):
        if name not in instance.hashes:
            found.append(doubts.changed_input(name, Wording("已不在", "is no longer there")))
        elif name not in known:
            found.append(doubts.changed_input(name, Wording("求解时没有", "was not there then")))
        elif known[name] != instance.hashes[name]:
            found.append(doubts.changed_input(name, Wording("已被改动", "was changed since")))
    if certificate.policy != instance.policy.id or certificate.policy_sha256 != instance.policy.fingerprint():
        found.append(doubts.other_policy(certificate.policy))
    if stated.intact is False:
        found.append(doubts.changed_file())
    return found


def _stages(
    program: Program, stated: StatedPlan, certificate: Certificate, reached: Mapping[str, int]
) -> list[Doubt]:  # fmt: skip
    """Which stages are stated, and plan.json's numbers against the plan's tables and the certificate."""
    wanted = [s.id for s in program.stages]
    found = [
        doubts.other_stages(where, names, wanted)
        for where, names in (
            ("plan.json", [name for name, _, _ in stated.values]),
            ("certificate.json", [s.stage for s in certificate.stages]),
        )
        if names != wanted
    ]
    stages, bounds = {s.id: s for s in program.stages}, {s.stage: s.bound for s in certificate.stages}
    for name, value, bound in stated.values:
        if name in stages and value != reached[name]:
            found.append(doubts.wrong_value("plan.json", stages[name], value, reached[name]))
        if name in stages and bound != bounds.get(name, bound):
            found.append(doubts.wrong_bound("plan.json", stages[name], bound, bounds[name]))
    last = certificate.stages[-1] if certificate.stages else None
    if last is not None and last.stage in stages:
        if certificate.bound != last.bound:
            stated_bound = certificate.bound if certificate.bound is not None else 0
            found.append(doubts.wrong_bound("certificate.json", stages[last.stage], stated_bound, last.bound))
        if certificate.prices != last.prices:
            words = Wording("文件开头的价格与该目标的价格不同", "the prices at the head of the file are not its prices")
            found.append(doubts.wrong_price(stages[last.stage], words))
    return found


def _derive(
    model: Model, number: int, entry: StageCertificate | None, tables: Mapping[str, pd.DataFrame], reached: Mapping[str, int]
) -> tuple[ProvenStage, list[Doubt]]:  # fmt: skip
    """One stage: its bound from the stated prices, and what does not hold of its entry."""
    stage = model.program.stages[number]
    value = reached[stage.id]
    found: list[Doubt] = []
    proven = solver_bound = None
    if entry is not None:
        if (entry.sense, entry.given_choices) != ("max" if stage.sign > 0 else "min", stage.given_choices):
            found.append(doubts.other_claim(stage))
        if entry.value != value:
            found.append(doubts.wrong_value("certificate.json", stage, entry.value, value))
        if stage.sign * (entry.bound - value) < 0:
            found.append(doubts.beaten_bound(stage, entry.bound, value))
        if entry.price_bound is not None:
            proven, wrong = _bound(model, number, entry, tables, reached)
            found += wrong
        if entry.proof == "solver":
            solver_bound = entry.bound
        elif proven is None or (entry.proof == "prices" and entry.bound != entry.price_bound):
            found.append(doubts.wrong_bound("certificate.json", stage, entry.bound, entry.price_bound or 0))
    same = stage.given_choices
    sense = "max" if stage.sign > 0 else "min"
    return ProvenStage(
        stage.id, stage.clause, stage.title, stage.unit, sense, value, proven, solver_bound, same
    ), found  # fmt: skip


@dataclass(frozen=True)
class _Bounded:
    """What a bound is for: stage and kept stages over a program, which is what is ``left`` of the whole one where choices
    are given, and ``constant``, what stands beside the program's value."""

    stage: Stage
    mine: Stage
    kept: list[tuple[Stage, int]]
    program: Program
    left: Given | None
    constant: int


def _bounded(
    model: Model, stage: Stage, kept: list[tuple[Stage, int]], tables: Mapping[str, pd.DataFrame]
) -> _Bounded:  # fmt: skip
    if not stage.given_choices:
        return _Bounded(stage, stage, kept, model.program, None, stage.base)
    left = given(model.program, taken_options(model, tables))
    mine, values, fixed = left.problem(stage, kept)
    return _Bounded(stage, mine, values, left.program, left, fixed + stage.base)


def _bound(
    model: Model, number: int, entry: StageCertificate, tables: Mapping[str, pd.DataFrame], reached: Mapping[str, int]
) -> tuple[int | None, list[Doubt]]:  # fmt: skip
    """The bound that the stated prices prove for plans that keep what this plan reaches in the earlier stages."""
    program = model.program
    stage, earlier = program.stages[number], list(program.stages[:number])
    found = _keeps(stage, earlier, entry, reached)
    if found:
        return None, found
    prices, found = _prices(program, stage, entry)
    task = _bounded(model, stage, [(s, k.value - s.base) for s, k in zip(earlier, entry.keeps, strict=True)], tables)
    proven, more = _from_prices(task, prices, entry)
    found += more
    if proven is not None and entry.proof == "cases":
        proven, more = _from_cases(program, task, proven, entry)
        found += more
    if proven is not None and stage.sign * (proven - reached[stage.id]) < 0:
        found.append(doubts.beaten_bound(stage, proven, reached[stage.id]))
    return proven, found


def _from_prices(task: _Bounded, prices: Ints, entry: StageCertificate) -> tuple[int | None, list[Doubt]]:
    """The bound at the stated prices, and what is stated otherwise."""
    stage, found = task.stage, list[Doubt]()
    if not np.array_equal(prices, sign_correct(task.program, task.kept, prices)):
        words = Wording(
            "有价格的正负号与其限值不符，按 0 计", "a price has a sign that its limit does not allow; it counts 0"
        )
        found.append(doubts.wrong_price(stage, words))
    try:
        total = exact_total(task.program, task.mine, task.kept, prices, entry.shift)
    except OverflowError:
        words = Wording("所列价格过大，无法精确重算", "the stated prices are too large to be recomputed exactly")
        return None, [*found, doubts.wrong_price(stage, words)]
    proven = from_total(task.program, task.mine, total, entry.shift) + task.constant
    if total != entry.total:
        words = Wording(
            f"所列价格合计为 {total}，文件写明 {entry.total}：有价格或合计被改动",
            f"the prices add up to {total}, the file states {entry.total}: a price or the total was changed",
        )
        found.append(doubts.wrong_price(stage, words))
    if proven != entry.price_bound:
        found.append(doubts.wrong_bound("certificate.json", stage, entry.price_bound or 0, proven))
    return proven, found


def _from_cases(program: Program, task: _Bounded, proven: int, entry: StageCertificate) -> tuple[int, list[Doubt]]:
    """The better of the bounds by prices and by cases."""
    stage = task.stage
    found = bound_of(program, task.left, task.mine, task.kept, entry.cases)
    if found is None:
        words = Wording(
            "分情形的证明不完整或无法重算", "the proof by cases leaves something out or cannot be recomputed"
        )
        return proven, [doubts.wrong_price(stage, words)]
    better = stage.sign * min(stage.sign * proven, stage.sign * (found + task.constant))
    if better != entry.bound:
        return better, [doubts.wrong_bound("certificate.json", stage, entry.bound, better)]
    return better, []


def _keeps(
    stage: Stage, kept: list[Stage], entry: StageCertificate, reached: Mapping[str, int]
) -> list[Doubt]:  # fmt: skip
    """A bound for plans that keep more than this plan reaches says nothing of plans as good as this one."""
    if [k.stage for k in entry.keeps] != [s.id for s in kept]:
        return [doubts.wrong_keeps(stage)]
    return [
        doubts.wrong_keep(stage, s, k.value, reached[s.id])
        for s, k in zip(kept, entry.keeps, strict=True)
        if s.sign * (k.value - reached[s.id]) > 0
    ]


def _prices(program: Program, stage: Stage, entry: StageCertificate) -> tuple[Ints, list[Doubt]]:
    """One price a row and one a kept stage; entries that name no row."""
    vector, unknown = price_vector(program, entry.prices)
    found = [
        doubts.wrong_price(
            stage,
            Wording(
                f"所列价格 {rule} {key}（单位 {unit}）没有对应的限值",
                f"the price of {rule} {key} (unit {unit}) belongs to no limit",
            ),
            f"{rule} {key}",
        )
        for rule, key, _, unit in unknown[:10]
    ]
    return np.append(vector, np.array([k.price for k in entry.keeps], dtype=np.int64)), found
