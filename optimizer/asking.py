"""Questions to a finished plan, in memory or in its folder: why this household got what it got, and why not something else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.analysis.swap import Swap, least_swap
from optimizer.analysis.why import Reasons, reasons
from optimizer.api import Source, load
from optimizer.bundled import bundled_instances
from optimizer.errors import OptimizerError
from optimizer.instance import Instance
from optimizer.plan import Plan
from optimizer.report.answers import why_lines
from optimizer.report.folder import read_head, read_plan_folder
from optimizer.wording import Wording


@dataclass(frozen=True)
class Asked:
    """A plan to ask about: its instance, its tables (base units) and the seed of its lottery."""

    instance: Instance
    tables: Mapping[str, pd.DataFrame]
    seed: int


@dataclass(frozen=True)
class Why:
    """``reasons``: a row each option of the household (columns as ``Reasons``); ``swap``: what would have to give way for
    what was asked instead (None: nothing was asked, or no single other household suffices); ``text``: the answer."""

    reasons: pd.DataFrame
    swap: Swap | None
    text: Wording


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


def why(
    plan: Plan | str | Path, household: str, instead: str | None = None, instance: Source | None = None
) -> Why:  # fmt: skip
    """Why ``household`` got what it got, and with ``instead`` (a site, a mode) what would have to give way for that.

    Raises ``OptimizerError`` for an unknown household or where the plan's instance is not found.
    """
    about = asked(plan, instance)
    found = reasons(about.instance, about.tables, [household], about.seed)
    swap = least_swap(about.instance, about.tables, household, instead, about.seed) if instead is not None else None
    lines = [
        "\n".join(why_lines(about.instance, found, household, instead, swap, language)) for language in ("zh", "en")
    ]
    return Why(found.frame, swap, Wording(*lines))


def reasons_of_all(
    plan: Plan | str | Path, instance: Source | None = None, households: Collection[str] | None = None
) -> Reasons:
    """The reasons of all households (or of some) in one pass, for public notice."""
    about = asked(plan, instance)
    return reasons(about.instance, about.tables, households, about.seed)


def why_record(found: Why) -> dict[str, Any]:
    """The answer for ``--json``; amounts are whole base units of the unit beside them."""
    swap = None
    if found.swap is not None:
        swap = {
            "option": dict(found.swap.option), "other": found.swap.other,
            "has": dict(found.swap.has) if found.swap.has else None,
            "instead": dict(found.swap.instead) if found.swap.instead else None,
            "gains": dict(found.swap.gains),
        }  # fmt: skip
    return {
        "status": "ok",
        "options": found.reasons.to_dict("records"),
        "swap": swap,
        "text": {"zh": found.text.zh, "en": found.text.en},
    }
