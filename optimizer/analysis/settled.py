"""A planning task in which those who have a place keep it: what they got stands among what is settled."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from optimizer.analysis.variant import varied
from optimizer.decisions import decisions_of
from optimizer.instance import Instance
from optimizer.rules import rules_of
from optimizer.rules.decided import Decided

SIGNED = "signed"


def with_settled(instance: Instance, tables: Mapping[str, pd.DataFrame]) -> Instance:
    """The task with every row of the plan's choice table as a settled decision, after those that it has. Rules that compare
    households with one another then leave them be. A policy without such a rule stays as it is."""
    rule = next((r for r in rules_of(instance.policy) if isinstance(r, Decided)), None)
    if rule is None or rule.table not in tables or tables[rule.table].empty:
        return instance
    who = next(d.set_column for d in decisions_of(instance.policy) if d.id == rule.table) or ""
    moves, listed = tables[rule.table], instance.tables[rule.decisions]
    fresh = moves[[who, *rule.match]].astype(str).assign(state=SIGNED)
    fresh = fresh.reindex(columns=listed.columns, fill_value="")
    together = pd.concat([listed.astype(str), fresh], ignore_index=True).drop_duplicates(ignore_index=True)
    return varied(instance, tables={rule.decisions: together})
