"""Plans and scenarios side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.analysis.compare import Compared, Side, compared, side
from optimizer.api import Source
from optimizer.asking.plan import asked
from optimizer.errors import OptimizerError
from optimizer.plan import Plan
from optimizer.report.compared import compare_lines
from optimizer.wording import Wording


@dataclass(frozen=True)
class Comparison:
    """``found``: the tables (see ``Compared``); ``sides``: the plans as read; ``text``: what differs, in sentences."""

    found: Compared
    sides: tuple[Side, ...]
    text: Wording


def compare(
    *plans: Plan | str | Path, names: Sequence[str] = (), instances: Sequence[Source] | None = None
) -> Comparison:  # fmt: skip
    """Goals, clauses, money and people of two or more plans, recomputed from their tables and the instances that they name
    (or ``instances``, one a plan). ``names``: what to call them. Raises ``OptimizerError`` where an instance is not found, has changed
    since, or plans are of two policies."""
    if len(plans) < 2:
        raise OptimizerError(
            Wording("比较至少需要两个方案。", "It takes two plans to compare."),
            Wording("Maybe（也许）再写一个方案文件夹。", "Maybe name another plan folder."),
        )
    given = list(instances) if instances is not None else [None] * len(plans)
    called = _called(plans, names)
    sides = []
    for name, plan, instance in zip(called, plans, given, strict=True):
        about = asked(plan, instance)
        sides.append(side(name, about.instance, about.tables, about.seed))
    policies = sorted({s.instance.policy.id for s in sides})
    if len(policies) > 1:
        raise OptimizerError(
            Wording(f"方案属于不同的政策：{'、'.join(policies)}。", f"The plans are of different policies: {', '.join(policies)}.")
        )  # fmt: skip
    found = compared(sides)
    zh, en = ("\n".join(compare_lines(found, sides[0].instance, language)) for language in ("zh", "en"))
    return Comparison(found, tuple(sides), Wording(zh, en))


def _called(plans: Sequence[Plan | str | Path], names: Sequence[str]) -> list[str]:
    """Names given, else the folders' (with as much of their path as tells them apart), else the instances' with a number."""
    if names:
        if len(names) != len(plans) or len(set(names)) != len(names):
            raise OptimizerError(Wording("每个方案要有一个不同的名称。", "Each plan needs a name of its own."))
        return list(names)
    paths = [p.instance if isinstance(p, Plan) else str(Path(p).resolve()) for p in plans]
    for parts in range(1, 4):
        short = ["/".join(Path(p).parts[-parts:]) for p in paths]
        if len(set(short)) == len(short):
            return short
    return [f"{Path(p).name} ({number})" for number, p in enumerate(paths, start=1)]


def compare_record(answer: Comparison) -> dict[str, Any]:
    """The answer for ``--json``; amounts are whole base units of the unit beside them, null where a plan has none."""
    found = answer.found
    parts = {"goals": found.goals, "clauses": found.clauses, "money": found.money, "people": found.people}
    return {
        "status": "ok",
        "plans": [{"name": n, "violations": b} for n, b in zip(found.names, found.broken, strict=True)],
        **{name: _plain(frame) for name, frame in parts.items()},
        "text": {"zh": answer.text.zh, "en": answer.text.en},
    }


def _plain(frame: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(k): None if pd.isna(v) else v for k, v in row.items()} for row in frame.to_dict("records")]
