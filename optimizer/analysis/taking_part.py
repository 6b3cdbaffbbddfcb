"""Which rows of a hand-made table take part in a clause that it breaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from optimizer.analysis.other_options import Question, question
from optimizer.instance import Instance
from optimizer.program import Ints
from optimizer.rules import Violation
from optimizer.rules.one_option import OneOption


def taking_part(
    instance: Instance, tables: Mapping[str, pd.DataFrame], violations: Sequence[Violation], seed: int = 1
) -> list[Ints]:
    """For each violation the positions of the choice table's rows in it: those that add to the broken limit; those that the
    rule never admits; those that stand more than once. None where the rule weighs the plan as a whole."""
    asked = question(instance, tables, seed)
    return [_rows(asked, violation) for violation in violations]


def _rows(asked: Question, violation: Violation) -> Ints:
    rule = next(r for r in asked.rules if r.id == violation.rule)
    taken = asked.taken
    if isinstance(rule, OneOption):
        return np.flatnonzero(taken.frame.duplicated(taken.set_column, keep=False).to_numpy())
    adds = rule.footprint(taken, asked.data)
    if adds is not None:
        return adds.rows_on(violation.key)
    admitted = rule.admit(taken, asked.data)
    return np.zeros(0, dtype=np.int64) if admitted is None else np.flatnonzero(~admitted)
