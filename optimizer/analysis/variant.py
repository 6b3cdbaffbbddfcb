"""A planning task changed for a question: rules, measures, goals or tables put beside, or in place of, its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from optimizer.instance import Instance
from optimizer.policy.load import policy_from
from optimizer.tables.schema import Table
from optimizer.units import to_base

Entry = Mapping[str, Any]


def varied(
    instance: Instance,
    *,
    rules: Sequence[Entry] = (),
    without_rules: Collection[str] = (),
    without_measures: Collection[str] = (),
    measures: Sequence[Entry] = (),
    objectives: Sequence[Entry] | None = None,
    tables: Mapping[str, pd.DataFrame] | None = None,
    parameters: Mapping[str, int] | None = None,
    schemas: Sequence[Table] = (),
) -> Instance:
    """The task with rules and measures (entries as in a policy file) after its own, in place of those with the same id,
    without the rules and measures named, with ``objectives`` in place of its own (None: its own), and with tables and parameters (base units)
    put over its own; a new table may have any name that is not in use. ``schemas``: what new tables look like, where the task is
    to be written to files. Input tables that rules read are not checked again.

    The result no longer is what any file says: its ``source`` is empty, and ``variation`` is what was changed, in plain values,
    so that a plan's folder can say it and ``varied_again`` can repeat it.
    """
    policy = instance.policy
    gone = {*without_rules, *(entry["id"] for entry in rules)}
    renewed = {*without_measures, *(entry["id"] for entry in measures)}
    declared = {schema.name for schema in schemas}
    changed = policy.model_copy(
        update={
            "table": (*(t for t in policy.table if t.name not in declared), *schemas),
            "rule": (*(e for e in policy.rule if e["id"] not in gone), *map(dict, rules)),
            "measure": (*(e for e in policy.measure if e["id"] not in renewed), *map(dict, measures)),
            "objective": policy.objective if objectives is None else tuple(map(dict, objectives)),
        }
    )
    return replace(
        instance,
        policy=changed,
        tables={**instance.tables, **(tables or {})},
        parameters={**instance.parameters, **(parameters or {})},
        source="",
        variation=(
            *instance.variation,
            _record(rules, without_rules, measures, without_measures, objectives, tables, parameters),
        ),
    )


def with_numbers(instance: Instance, changes: Mapping[str, object]) -> Instance:
    """The task with numbers of its policy changed (``rule.field``, ``parameter.value`` → value). Raises ``PolicyError``."""
    if not changes:
        return instance
    policy = instance.policy
    stated = policy.model_dump(mode="json", exclude_unset=True)
    changed = policy_from(stated, policy.file, changes, policy.bundled)
    chosen = {
        p.id: to_base(str(changes[f"{p.id}.value"]), p.unit) for p in policy.parameter if f"{p.id}.value" in changes
    }
    return replace(instance, policy=changed, parameters={**instance.parameters, **chosen}, source="")


def with_cells(instance: Instance, cells: Mapping[tuple[str, int, str], int]) -> Instance:
    """The task with other numbers (base units) in its tables: (table, position of the row, column) → number."""
    tables = dict(instance.tables)
    for (table, row, column), number in cells.items():
        frame = tables[table].copy()
        frame.iloc[row, list(frame.columns).index(column)] = number
        tables[table] = frame
    return replace(instance, tables=tables, source="")


def _record(
    rules: Sequence[Entry], without_rules: Collection[str], measures: Sequence[Entry], without_measures: Collection[str],
    objectives: Sequence[Entry] | None,
    tables: Mapping[str, pd.DataFrame] | None, parameters: Mapping[str, int] | None,
) -> dict[str, Any]:  # fmt: skip
    """One change in plain values."""
    record: dict[str, Any] = {
        "rules": [dict(entry) for entry in rules],
        "without_rules": sorted(without_rules),
        "measures": [dict(entry) for entry in measures],
        "without_measures": sorted(without_measures),
        "objectives": None if objectives is None else [dict(entry) for entry in objectives],
        "tables": {name: frame.to_dict("list") for name, frame in (tables or {}).items()},
        "parameters": dict(parameters or {}),
    }
    return {name: value for name, value in record.items() if value not in (None, [], {})}


def varied_again(instance: Instance, variation: Sequence[Mapping[str, Any]]) -> Instance:
    """The task with changes that ``Instance.variation`` recorded, in order. Raises ``ValueError`` for a record of another
    shape."""
    for record in variation:
        try:
            tables = {name: pd.DataFrame(columns) for name, columns in record.get("tables", {}).items()}
            instance = varied(instance, **{**record, "tables": tables})
        except (TypeError, AttributeError, KeyError) as error:
            raise ValueError(f"no record of changes: {error}") from None
    return instance
