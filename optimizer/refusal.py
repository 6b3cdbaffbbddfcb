"""Why there is no plan, in sentences with the clauses and numbers that cannot hold together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.build import Model
from optimizer.errors import NoLegalPlan, OptimizerError, StoppedBeforePlan
from optimizer.plan import Levels
from optimizer.report.levels import shortfall_sentences
from optimizer.units import UNITS, display_unit
from optimizer.wording import Wording

if TYPE_CHECKING:
    from optimizer.solvers import Engine
    from optimizer.solvers.base import Limits


def no_plan(model: Model, engine: Engine, limits: Limits, levels: Levels | None = None) -> OptimizerError:
    """Why there is no plan: a conflict (with what places reported, by levels), or no time."""
    conflict = engine.conflict(model.program, limits)
    if conflict is None:
        return StoppedBeforePlan(
            Wording(zh="在时限内没有得到任何合法方案。", en="No legal plan was found before the stop."),
            Wording(zh="Maybe（也许）给更多时间（--time）会有方案。", en="Maybe more time (--time) helps."),
        )
    clauses = []
    for row in conflict.rows:
        rule = next(r for r in model.rules if r.id == model.program.rows["rule"].iloc[row])
        clauses.append((rule, str(model.program.rows["key"].iloc[row])))
    first, key = clauses[0]
    unit = display_unit(first.unit)
    size = UNITS[unit].size * first.per_row
    limit, best = (f"{float(v / size):,.2f}".rstrip("0").rstrip(".") for v in (conflict.limit, conflict.attainable))
    missing = f"{float(abs(conflict.limit - conflict.attainable) / size):,.2f}".rstrip("0").rstrip(".")
    others = list(dict.fromkeys(f"{r.clause}（{r.title.zh}）" for r, _ in clauses[1:]))
    others_en = list(dict.fromkeys(f"{r.clause} ({r.title.en})" for r, _ in clauses[1:]))
    at = f"（{key}）" if key else ""
    short = shortfall_sentences(levels) if levels is not None else []
    return NoLegalPlan(
        Wording(
            zh=f"没有合法方案。{first.clause} {first.title.zh}{at}要求 {limit} {UNITS[unit].zh}，其余条款之下最多（最少）只能达到 {best} "
            f"{UNITS[unit].zh}，相差 {missing} {UNITS[unit].zh}。\n与之冲突的条款：{'；'.join(others) or '各户意愿与资格'}。"
            + "".join("\n" + s.zh for s in short),
            en=f"There is no legal plan. {first.clause} {first.title.en} {key} asks for {limit} {UNITS[unit].en}; under the other clauses "
            f"the best is {best}: {missing} {UNITS[unit].en} are missing.\nIt cannot hold together with: "
            f"{'; '.join(others_en) or 'consents and eligibility'}." + "".join("\n" + s.en for s in short),
        ),
        list(dict.fromkeys(r.clause for r, _ in clauses)),
        Wording(
            zh=f"Maybe（也许）可把“{first.id}”放宽到 {best}，或放宽上述条款。",
            en=f"Maybe loosen '{first.id}' to {best}, or one of the clauses above.",
        ),
    )
