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

    The result no longer is what any file says: its ``source`` is empty, and ``variation`` is what was changed, in plain values,
    so that a plan's folder can say it and ``varied_again`` can repeat it.
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
        variation=(*instance.variation, _record(rules, without_rules, measures, objectives, tables, parameters)),
    )


def _record(
    rules: Sequence[Entry], without_rules: Collection[str], measures: Sequence[Entry], objectives: Sequence[Entry] | None,
    tables: Mapping[str, pd.DataFrame] | None, parameters: Mapping[str, int] | None,
) -> dict[str, Any]:  # fmt: skip
    """One change in plain values."""
    record: dict[str, Any] = {
        "rules": [dict(entry) for entry in rules],
        "without_rules": sorted(without_rules),
        "measures": [dict(entry) for entry in measures],
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
