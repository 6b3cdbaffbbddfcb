"""The finished plan: plain tables and numbers, no solver types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from optimizer.wording import Wording


@dataclass(frozen=True)
class StageResult:
    """What one objective stage reached, in whole base units of ``unit``.

    ``bound`` is proven: no legal plan that is as good on the earlier stages has a better value.
    ``gap`` is |bound − value| / max(1, |value|). ``engine`` says which solver ran and why.
    ``price_seconds``: until the prices' bound stood, where prices were sought for all places together.
    """

    id: str
    clause: str
    title: Wording
    sense: Literal["max", "min"]
    unit: str
    value: int
    bound: int
    seconds: float
    engine: str
    price_seconds: float | None = None

    @property
    def gap(self) -> float:
        """Relative distance from the value to the proven bound."""
        return abs(self.bound - self.value) / max(1, abs(self.value))


@dataclass(frozen=True)
class Levels:
    """How an upper level and its places came to agree (X-01); numbers in base units of ``unit``.

    ``rounds``: round, stage, kind (prices: places answer with parts of households; plans: with whole plans; agreed),
    bound, value (<NA>: not known), short (how many places could not keep to their shares).
    ``division``: one row a round, place and side of a joining limit: round, place ("": what the upper level keeps; all of a
    round add up to the limit), clause, rule, key, sense, given, used, missing, price (of one base unit), unit, stage,
    kind, title_zh, title_en.
    ``shortfalls``: round, place, clause, key, sense, given, missing, unit, title_zh, title_en, binding_zh, binding_en.
    ``comparison``: empty, or one row a stage: stage, value, bound, seconds by levels and (joint_…) for the whole program at
    once, and places whose division differs.
    ``fallback``: no agreement was found, and the whole program was solved at once.
    """

    rounds: pd.DataFrame
    division: pd.DataFrame
    shortfalls: pd.DataFrame
    comparison: pd.DataFrame
    fallback: bool = False


@dataclass(frozen=True)
class Plan:
    """A plan for one instance.

    ``tables``: one frame a decision table, only what was taken, numbers in base units; the choice
    table (``moves``) starts with household, mode, site, year.
    ``clauses``: clause, rule, key, sense, limit, attained, slack, status, price, unit, title_zh,
    title_en (numbers in base units of ``unit``; limit and slack are <NA> for records).
    ``statements``: running accounts by rule id, e.g. ``town-money``: the rule's keys (town, year),
    item (term id), item_zh, item_en, amount in base units (positive is income).
    ``lottery``: household, number (its place in the seeded public draw), decided (True where an
    equal case got another result than it).
    ``levels``: where the plan was made level by level.
    ``engine``, ``engine_reason``: the solver that was chosen or asked for, and why.
    ``status``: "complete" (every stage within the gap asked for), "stopped" (time, Ctrl-C, or a search that ended above it).
    """

    policy: str
    instance: str
    status: Literal["complete", "stopped"]
    tables: Mapping[str, pd.DataFrame]
    stages: tuple[StageResult, ...]
    clauses: pd.DataFrame
    statements: Mapping[str, pd.DataFrame]
    lottery: pd.DataFrame
    certificate: Mapping[str, Any]
    seed: int
    engine: str
    seconds: Mapping[str, float] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    engine_reason: Wording = field(default_factory=lambda: Wording("", ""))
    levels: Levels | None = None

    @property
    def gap(self) -> float:
        """The widest gap over all stages."""
        return max((s.gap for s in self.stages), default=0.0)
