"""A plan made by hand: every clause that it breaks, with the rows that take part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from optimizer.analysis.announced import choice_of
from optimizer.analysis.taking_part import taking_part
from optimizer.check import audit
from optimizer.decisions import decisions_of
from optimizer.instance import Instance
from optimizer.report.handmade import read_handmade
from optimizer.rules import Violation

FIRST_LINE = 2
"""The line of the first row: the header is line 1."""


@dataclass(frozen=True)
class Broken:
    """One violation and the lines of the table whose rows take part in it."""

    violation: Violation
    lines: tuple[int, ...]


def broken_lines(instance: Instance, tables: Mapping[str, pd.DataFrame], seed: int = 1) -> list[Broken]:
    """Every violation of the tables, with its lines."""
    return with_lines(instance, tables, list(audit(instance, tables, seed).violations), seed)


def with_lines(
    instance: Instance, tables: Mapping[str, pd.DataFrame], violations: list[Violation], seed: int = 1
) -> list[Broken]:  # fmt: skip
    """The violations with the lines of the choice table that take part; without lines where the policy has no such table."""
    if not violations or not any(d.set_column for d in decisions_of(instance.policy)):
        return [Broken(v, ()) for v in violations]
    found = taking_part(instance, tables, violations, seed)
    return [Broken(v, tuple((rows + FIRST_LINE).tolist())) for v, rows in zip(violations, found, strict=True)]


def handmade_tables(instance: Instance, path: Path) -> dict[str, pd.DataFrame]:
    """The tables of a hand-made plan. Raises ``InputError``."""
    return read_handmade(path, instance.policy)


def handmade_rows(instance: Instance, path: Path) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """The same, and of the choice table the keys alone."""
    tables, choice = handmade_tables(instance, path), choice_of(instance)
    rows = tables.get(choice.id)
    return tables, (pd.DataFrame(columns=list(choice.keys)) if rows is None else rows[list(choice.keys)])
