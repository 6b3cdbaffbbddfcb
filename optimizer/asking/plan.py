"""A finished plan to ask about, in memory or in its folder, with the instance that it was made for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from optimizer.api import Source, load
from optimizer.bundled import bundled_instances
from optimizer.check import audit
from optimizer.errors import OptimizerError, PlanBreaksClause
from optimizer.instance import Instance
from optimizer.plan import Plan
from optimizer.report.carried import CARRIED
from optimizer.report.folder import read_head, read_plan_folder
from optimizer.wording import Wording


@dataclass(frozen=True)
class Asked:
    """A plan to ask about: its instance, its tables (base units) and the seed of its lottery."""

    instance: Instance
    tables: Mapping[str, pd.DataFrame]
    seed: int


def asked(plan: Plan | str | Path, instance: Source | None = None) -> Asked:
    """A plan with its instance: the one given, or the one that the plan says it was made for, with the numbers that it was
    made with. Raises ``OptimizerError`` where it is not found or its tables have changed since."""
    if isinstance(plan, Plan):
        settings, hashes, tables, seed = plan.settings, None, plan.tables, plan.seed
    else:
        folder = Path(plan)
        head = read_head(folder)
        settings, hashes = head.get("settings", {}), head.get("hashes")
        tables, seed = read_plan_folder(folder), int(head.get("seed", 1))
    if isinstance(instance, Instance):
        return Asked(instance, tables, seed)
    source = str(instance or settings.get("source", ""))
    if not isinstance(plan, Plan) and not instance and not Path(source).exists() and (Path(plan) / CARRIED).is_dir():
        source = str(Path(plan) / CARRIED)  # the folder was moved
    if not source or not (Path(source).exists() or source in bundled_instances()):
        raise OptimizerError(
            Wording(
                f"找不到方案所用的实例“{source}”。",
                f"The instance that the plan was made for is not there: '{source}'.",
            ),
            Wording("Maybe（也许）用 --instance 指明它现在的位置。", "Maybe say where it is now with --instance."),
        )
    task = load(source, dict(settings.get("set", {})))
    if hashes is not None and dict(hashes) != dict(task.hashes):
        raise OptimizerError(
            Wording(
                "输入表在求解之后改动过，答案会与方案不符。", "The input tables were changed after the plan was made."
            ),
            Wording(
                "Maybe（也许）重新求解，或用 --instance 指明原来的表。",
                "Maybe solve again, or name the old tables with --instance.",
            ),
        )
    return Asked(task, tables, seed)


def goals_of(plan: Plan | str | Path) -> dict[str, int]:
    """Goal → what the plan says that it reaches, in base units."""
    if isinstance(plan, Plan):
        return {s.id: s.value for s in plan.stages}
    return {str(s["id"]): int(s["value"]) for s in read_head(Path(plan)).get("stages", [])}


def audit_against(original: Instance, plan: Plan) -> None:
    """Audit a plan of a varied task against the task itself: clauses on who could take whose place see more room there than
    under the limits that the question added. Raises ``PlanBreaksClause`` with the plan."""
    broken = audit(original, plan.tables, plan.seed).violations
    if not broken:
        return
    raise PlanBreaksClause(
        Wording("\n".join(v.text.zh for v in broken[:3]), "\n".join(v.text.en for v in broken[:3])), plan=plan
    )
