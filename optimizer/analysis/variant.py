"""A planning task changed for a question: rules, measures, goals or tables put beside, or in place of, its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from optimizer.instance import Instance

Entry = Mapping[str, Any]


def varied(
    instance: Instance,
    *,
    rules: Sequence[Entry] = (),
    without_rules: Collection[str] = (),
    measures: Sequence[Entry] = (),
    objectives: Sequence[Entry] | None = None,
    tables: Mapping[str, pd.DataFrame] | None = None,
    parameters: Mapping[str, int] | None = None,
) -> Instance:
    """The task with rules and measures (entries as in a policy file) after its own, without the rules named, with
    ``objectives`` in place of its own (None: its own), and with tables and parameters (base units) put over its own; a new
    table may have any name that is not in use. Input tables that rules read are not checked again.

    The result no longer is what any file says: its ``source`` is empty.
    """
    policy = instance.policy
    kept = [entry for entry in policy.rule if entry["id"] not in set(without_rules)]
    changed = policy.model_copy(
        update={
            "rule": (*kept, *map(dict, rules)),
            "measure": (*policy.measure, *map(dict, measures)),
            "objective": policy.objective if objectives is None else tuple(map(dict, objectives)),
        }
    )
    return replace(
        instance,
        policy=changed,
        tables={**instance.tables, **(tables or {})},
        parameters={**instance.parameters, **(parameters or {})},
        source="",
    )


def with_numbers(instance: Instance, numbers: Mapping[str, int]) -> Instance:
    """The task with other numbers (base units) in its rules: ``rule.field`` → number. Raises ``KeyError`` for an unknown rule."""
    fields: dict[str, dict[str, int]] = {}
    for name, number in numbers.items():
        rule, _, field = name.partition(".")
        fields.setdefault(rule, {})[field] = number
    unknown = set(fields) - {str(entry["id"]) for entry in instance.policy.rule}
    if unknown:
        raise KeyError(sorted(unknown)[0])
    rules = tuple({**entry, **fields.get(str(entry["id"]), {})} for entry in instance.policy.rule)
    return replace(instance, policy=instance.policy.model_copy(update={"rule": rules}), source="")


def with_cells(instance: Instance, cells: Mapping[tuple[str, int, str], int]) -> Instance:
    """The task with other numbers (base units) in its tables: (table, position of the row, column) → number."""
    tables = dict(instance.tables)
    for (table, row, column), number in cells.items():
        frame = tables[table].copy()
        frame.iloc[row, list(frame.columns).index(column)] = number
        tables[table] = frame
    return replace(instance, tables=tables, source="")
