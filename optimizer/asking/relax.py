"""A task without a legal plan: which clauses exclude each other, and the least changes with which there is one."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from optimizer.analysis.by_rule import ByRule
from optimizer.analysis.contradictions import contradictions_in
from optimizer.analysis.reach import out_of_reach
from optimizer.analysis.relaxed import Irreducible, Relaxed, Repair, Tried
from optimizer.api import Source, load, solve
from optimizer.asking.crowding import crowded
from optimizer.asking.irreducible import irreducible
from optimizer.asking.ways_out import repairs
from optimizer.build import build
from optimizer.check import audit
from optimizer.errors import OptimizerError, StoppedBeforePlan
from optimizer.instance import Instance
from optimizer.kinds import nearest
from optimizer.lottery import by_lot, draw
from optimizer.plan_of import taken_tables
from optimizer.progress import Progress
from optimizer.report.relax import relax_lines
from optimizer.rules import rules_of
from optimizer.solvers.base import Limits
from optimizer.solvers.feasible import any_plan
from optimizer.wording import Wording

SHOWN = 3
"""So many repairs are told; more are looked for, because one that does not hold when it is tried is left out."""


def relax(
    instance: Source,
    *,
    set: Mapping[str, object] | None = None,
    protect: Collection[str] = (),
    time: float | None = None,
    plans: bool = True,
    seed: int = 1,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Relaxed:
    """Why there is no legal plan, and the cheapest ways out, each tried.

    ``protect``: clauses or rules (ids) whose numbers stay. ``time``: seconds in all. ``plans``: solve each repaired task to
    its goals (else only to a first plan, audited). Raises ``InputError``, ``PolicyError``, ``OptimizerError`` for an unknown
    clause, ``StoppedBeforePlan`` where not even a conflict or a plan was found in time.
    """
    task = load(instance, set) if not isinstance(instance, Instance) else instance
    limits = Limits(0.0, time, seed, stop.is_set if stop else (lambda: False), progress or (lambda event: None))
    found = _conflict_of(task, limits)
    protected = _protected(found[0], protect)
    done = _answer(task, found, protected, limits, plans, progress)
    if done.status == "unknown":
        raise StoppedBeforePlan(
            Wording(
                "在时限内既没有得到合法方案，也没有证明条款互相冲突。",
                "Neither a legal plan nor a conflict was found before the stop.",
            ),
            Wording("Maybe（也许）给更多时间（--time）。", "Maybe give more time (--time)."),
        )
    return replace(done, text=Wording(*("\n".join(relax_lines(done, language)) for language in ("zh", "en"))))


def _conflict_of(task: Instance, limits: Limits) -> tuple[ByRule, Irreducible | None, bool]:
    """The task by rules, its irreducible conflict, and whether it has a plan."""
    parts = ByRule(build(task, all_options=True))
    _tell(limits, 1, Wording("查找互相冲突的条款", "looking for clauses that exclude each other"))
    conflict = irreducible(parts, limits)
    legal = conflict is None and any_plan(parts.whole, limits).x is not None
    return parts, conflict, legal


def _tell(limits: Limits, stage: int, title: Wording) -> None:
    limits.report(Progress(stage, 3, title, "min", None, None, None, "1", 0.0))


def _protected(parts: ByRule, protect: Collection[str]) -> tuple[str, ...]:
    """Rule ids of what is to be left alone. Raises ``OptimizerError`` where a name is neither a clause nor a rule."""
    found: list[str] = []
    for name in protect:
        ids = [r.id for r in parts.model.rules if name in (r.id, r.clause) or r.clause.split()[0] == name]
        if not ids:
            error = OptimizerError(
                Wording(f"没有条款或规则“{name}”。", f"There is no clause or rule '{name}'."),
                nearest(name, [n for r in parts.model.rules for n in (r.id, r.clause.split()[0])]),
            )
            error.exit_code = 2  # type: ignore[misc]
            raise error
        found += ids
    return tuple(dict.fromkeys(found))


def _answer(
    task: Instance, found: tuple[ByRule, Irreducible | None, bool], protected: tuple[str, ...], limits: Limits,
    plans: bool, progress: Callable[[Progress], None] | None,
) -> Relaxed:  # fmt: skip
    parts, conflict, legal = found
    contradictions = tuple(contradictions_in(task))
    none = Relaxed(task, "legal" if legal else "unknown", contradictions, (), None, None, (), protected, True)
    if conflict is None or not conflict.proven:
        return none if not contradictions else replace(none, status="conflict")
    by_id = {r.id: r for r in parts.model.rules}
    rows = parts.whole.rows
    beyond = tuple(
        (by_id[rows["rule"].iloc[b.row]], str(rows["key"].iloc[b.row]), b) for b in out_of_reach(parts.whole)
    )
    _tell(limits, 2, Wording("查找改动最少的办法", "looking for the least changes"))
    ways = repairs(parts, conflict.rules, protected, limits)
    cut = crowded(parts, conflict, limits)
    _tell(limits, 3, Wording("逐一重新求解", "solving again with each of them"))
    tried: list[Tried] = []
    for way in ways:
        if len(tried) < SHOWN and (one := _try(way, task, limits, plans, progress)).holds:
            tried.append(one)
    complete = not limits.over() and not conflict.unproven
    return Relaxed(task, "conflict", contradictions, beyond, conflict, cut, tuple(tried), protected, complete)


def _try(
    repair: Repair, task: Instance, limits: Limits, plans: bool, progress: Callable[[Progress], None] | None
) -> Tried:
    """The task with the numbers moved, built and solved afresh, the plan audited against the changed numbers."""
    changed = repair.applied(task)
    if plans and not limits.over():
        left = None if limits.seconds is None else max(1.0, limits.left())
        try:
            return Tried(repair, True, (), solve(changed, time=left, seed=limits.seed, progress=progress))
        except OptimizerError:
            pass  # no time, or an ordering among equals that is not settled: is there a first plan?
    model = build(changed)
    verdict = any_plan(model.program, limits)
    if verdict.x is None:
        return Tried(repair, False, (), None)
    x, _ = by_lot(verdict.x, model.program.set_start, model.cases, draw(model.program.sets, limits.seed))
    broken = audit(changed, taken_tables(model, x), limits.seed).violations
    acting = {r.id for r in ByRule(model).acting}
    return Tried(repair, all(v.rule not in acting for v in broken), tuple(broken), None)


def write_relaxed(found: Relaxed, out: Path, language: str) -> None:
    """The answer as a folder: answer.txt, relax.json."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "answer.txt").write_text(found.text.zh if language == "zh" else found.text.en, encoding="utf-8")
    (out / "relax.json").write_text(json.dumps(relax_record(found), ensure_ascii=False, indent=1), encoding="utf-8")


def relax_record(found: Relaxed) -> dict[str, Any]:
    """The answer for ``--json``; amounts are whole base units of the unit beside them."""
    rules = {r.id: r for r in rules_of(found.instance.policy)}
    conflict = None
    if found.conflict is not None:
        conflict = [{"rule": n, "clause": rules[n].clause, "title": {"zh": rules[n].title.zh, "en": rules[n].title.en}} for n in found.conflict.rules]  # fmt: skip
    return {
        "status": found.status,
        "complete": found.complete,
        "contradictions": [{"clause": c, "zh": t.zh, "en": t.en} for c, t in found.contradictions],
        "out_of_reach": [{"rule": r.id, "clause": r.clause, "key": k, "limit": b.limit, "reach": b.reach, "unit": r.unit} for r, k, b in found.beyond],
        "conflict": conflict,
        "not_shown_to_be_needed": list(found.conflict.unproven) if found.conflict else [],
        "repairs": [_repair_record(t) for t in found.tried],
        "protected": list(found.protected),
        "text": {"zh": found.text.zh, "en": found.text.en},
    }  # fmt: skip


def _repair_record(tried: Tried) -> dict[str, Any]:
    moves = []
    for move in tried.repair.moves:
        cell = move.lever.cell
        where = {"table": cell.table, "row": cell.row, "column": cell.column} if cell is not None else {"field": move.lever.field}  # fmt: skip
        moves.append({"rule": move.lever.rule, "clause": move.lever.clause, **where, "now": move.lever.now, "to": move.to, "unit": move.lever.unit})  # fmt: skip
    plan = tried.plan
    goals = [] if plan is None else [{"id": s.id, "value": s.value, "bound": s.bound, "unit": s.unit} for s in plan.stages]  # fmt: skip
    return {"moves": moves, "least": tried.repair.least, "holds": tried.holds, "goals": goals}
