"""Why this household got what it got, and why not something else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.analysis.other_options import question
from optimizer.analysis.swap import Swap, least_swap
from optimizer.analysis.why import reasons, reasons_by_piece
from optimizer.api import Source
from optimizer.asking.plan import asked
from optimizer.plan import Plan
from optimizer.report.answers import why_lines
from optimizer.report.notices import notices
from optimizer.wording import Language, Wording


@dataclass(frozen=True)
class Why:
    """``reasons``: a row each option of the household (columns as ``Reasons``); ``swap``: what would have to give way for
    what was asked instead (None: nothing was asked, or no single other household suffices); ``text``: the answer."""

    reasons: pd.DataFrame
    swap: Swap | None
    text: Wording


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


def why_all(plan: Plan | str | Path, instance: Source | None = None, language: Language = "zh") -> pd.DataFrame:
    """The reasons of all households in one pass, for public notice: a row each household and thing that it may choose, in words
    (columns: see ``notices``). Raises ``OptimizerError`` as ``why`` does."""
    about = asked(plan, instance)
    to_ask = question(about.instance, about.tables, about.seed)
    return notices(about.instance, reasons_by_piece(to_ask), language)


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
