"""A model with all options, taken apart by rules: the program that any part of them makes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from optimizer.build import Model
from optimizer.decisions import decisions_of
from optimizer.decisions.amount import UNBOUNDED, Amount
from optimizer.program import Bools, Ints, Program
from optimizer.rules import Rule
from optimizer.rules.whole_groups import WholeGroup
from optimizer.rules.whole_numbers import WholeNumbers


@dataclass(frozen=True)
class ByRule:
    """``model`` as ``build(…, all_options=True)`` makes it. That of each set at most one option is taken, that quantities are
    whole and not below 0, and that a switch is 0 or 1 belongs to no rule and always stands."""

    model: Model

    @cached_property
    def acting(self) -> list[Rule]:
        """The rules without which more would be possible: those with rows, refusals, groups or bounds; in file order."""
        rowed = set(self._owner) | set(self.model.refused)
        return [r for r in self.model.rules if r.id in rowed or self._is_grouping(r) or self._is_bounding(r)]

    @cached_property
    def _owner(self) -> np.ndarray:  # type: ignore[type-arg]
        return self.model.program.rows["rule"].to_numpy(dtype=object)

    def _is_grouping(self, rule: Rule) -> bool:
        return isinstance(rule, WholeGroup) and self.model.program.groups is not None

    def _is_bounding(self, rule: Rule) -> bool:
        return isinstance(rule, WholeNumbers) and bool(self._bounded.any())

    @cached_property
    def _bounded(self) -> Bools:
        """Amounts with a bound that a rule may be without: those that a table gives, and all but switches."""
        instance, program = self.model.instance, self.model.program
        bounded = self._own_upper > 1
        for decision in decisions_of(instance.policy):
            if not isinstance(decision, Amount) or decision.id not in program.tables:
                continue
            if decision.at_most in instance.tables[decision.source].columns:
                first, count = program.tables[decision.id]
                bounded[first : first + count] = True
        return bounded

    @cached_property
    def _own_upper(self) -> Ints:
        """The columns' bounds as the decisions give them."""
        program = self.model.program
        upper = np.ones(program.columns, dtype=np.int64)
        for name, (first, count) in program.tables.items():
            if first >= program.options:
                upper[first : first + count] = self.model.tables[name].upper
        return upper

    def rows_of(self, kept: Collection[str]) -> Ints:
        """The rows of some rules, in the whole program."""
        return np.flatnonzero(np.isin(self._owner, np.array(sorted(kept), dtype=object)))

    @cached_property
    def goal_rows(self) -> Ints:
        """The rows that belong to goals, not to rules."""
        return np.flatnonzero(~np.isin(self._owner, np.array([r.id for r in self.model.rules], dtype=object)))

    def only(self, kept: Collection[str], goals: bool = False) -> Program:
        """The program of the rules ``kept`` (ids) alone, without goals or with them; its rows are ``rows_of``, then
        ``goal_rows``."""
        program, rows = self.model.program, self.rows_of(kept)
        rows = np.append(rows, self.goal_rows) if goals else rows
        held = [r for r in self.model.rules if r.id in kept]
        upper = program.upper.copy() if any(map(self._is_grouping, held)) else self._own_upper.copy()
        if not any(map(self._is_bounding, held)):
            upper = np.where(self._bounded, UNBOUNDED, upper)
        for rule in held:
            if rule.id in self.model.refused:
                upper[self.model.refused[rule.id]] = 0
        return replace(
            program, matrix=sp.csc_array(sp.csr_array(program.matrix)[rows]), row_lower=program.row_lower[rows],
            row_upper=program.row_upper[rows], row_scale=program.row_scale[rows], row_unit=program.row_unit[rows],
            rows=program.rows.iloc[rows].reset_index(drop=True), upper=upper,
            stages=program.stages if goals else (),
            groups=program.groups if any(map(self._is_grouping, held)) else None,
        )  # fmt: skip

    @cached_property
    def whole(self) -> Program:
        """The program of all rules."""
        return self.only([r.id for r in self.acting])

    @cached_property
    def whole_with_goals(self) -> Program:
        """The same with its goals."""
        return self.only([r.id for r in self.acting], goals=True)

    @cached_property
    def place(self) -> dict[int, int]:
        """Where each row of the model stands in ``whole`` (and ``whole_with_goals``)."""
        return {int(row): n for n, row in enumerate(self.rows_of([r.id for r in self.acting]))}

    def behind(self, rows: Ints, bounded: Ints, program: Program) -> set[str]:
        """The rules that a proof rests on which uses these rows of ``program`` and these columns' bounds."""
        found = set(program.rows["rule"].iloc[rows])
        for name, mask in self.model.refused.items():
            if mask[bounded].any():
                found.add(name)
        if self._bounded[bounded].any():
            found |= {r.id for r in self.model.rules if self._is_bounding(r)}
        if program.groups is not None:
            found |= {r.id for r in self.model.rules if self._is_grouping(r)}
        return found
