"""A rule's contract: admit options, add rows, check a finished plan, explain itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from optimizer.decisions import DecisionTable
from optimizer.instance import Instance
from optimizer.kinds import Catalogue, Kind
from optimizer.policy import Policy, Schedule, Title
from optimizer.program import Builder, Ints
from optimizer.units import UNITS, display_unit, show
from optimizer.wording import Wording

if TYPE_CHECKING:
    from optimizer.rules.effects import Effects

KEY_JOIN = " / "
"""Between the parts of a key in reports: ``泖港 / 2021``."""

Mask = npt.NDArray[np.bool_]
Status = Literal["met", "binding", "stretch missed", "violated", "record"]


@dataclass(frozen=True)
class RuleData:
    """What rules read: the instance, and the decision tables (options when building, what was
    taken when checking; an amount table then has its quantity column). When checking, ``options``
    gives the admitted options of a decision table afresh from the input, and ``others`` the rules
    that a replaced row must also keep."""

    instance: Instance
    tables: Mapping[str, DecisionTable]
    seed: int = 1
    options: Callable[[str], DecisionTable] | None = None
    others: tuple[Rule, ...] = ()
    _lines: dict[str, list[Line]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def lines_of(self, rule: Rule) -> list[Line]:
        """The rule's lines on this plan, worked out once: the audit, every footprint and every question read them."""
        if rule.id not in self._lines:
            self._lines[rule.id] = rule.lines(self)
        return self._lines[rule.id]

    @property
    def parameters(self) -> Mapping[str, int]:
        """The instance's parameters, base units."""
        return self.instance.parameters

    def schedule(self, name: str) -> Schedule:
        """The policy's schedule of that id; ``KeyError`` where there is none."""
        for schedule in self.instance.policy.schedule:
            if schedule.id == name:
                return schedule
        raise KeyError(name)


@dataclass(frozen=True)
class Line:
    """One line of the clause report: what a rule asked for one key and what the plan attains."""

    key: str
    sense: Literal["<=", ">=", "=", "record"]
    limit: int | None
    attained: int
    status: Status
    text: Wording | None = None

    @property
    def slack(self) -> int | None:
        """How far the plan may still move before the limit binds; negative when broken."""
        if self.limit is None:
            return None
        if self.sense == "=":
            return -abs(self.attained - self.limit)
        return self.limit - self.attained if self.sense == "<=" else self.attained - self.limit


@dataclass(frozen=True)
class Violation:
    """A clause that the plan breaks, in a sentence with numbers."""

    clause: str
    rule: str
    key: str
    text: Wording


class Rule(Kind):
    """One rule of a policy. ``stretch`` rules are aims: missing one is reported, never refused."""

    id: str
    clause: str
    title: Title
    unit: str = "1"
    stretch: bool = False

    per_row: ClassVar[int] = 1
    """How many units of its rows one unit of the rule is."""

    by_pieces: ClassVar[bool] = False
    """Whether ``admit`` and ``add`` may see the choice table piece by piece (whole choice sets; amounts stand empty beside all
    pieces but the last). The rows of a key are then added up over the pieces, under limits that each piece gives alike. A
    rule that has ``admit`` or ``add`` and says nothing here sees all rows at once, at the price of memory."""

    def in_pieces(self, choice: str) -> bool:
        """Whether this rule may see the table ``choice`` piece by piece: by its kind, or because it reads nothing of it."""
        kind = type(self)
        return self.by_pieces or (kind.add is Rule.add and kind.admit is Rule.admit)

    @property
    def switch(self) -> str | None:
        """The table of 0/1 amounts that switch this rule's rows on and off, where it has one."""
        return None

    def admit(self, table: DecisionTable, data: RuleData) -> Mask | None:
        """Which rows of a decision table may ever be taken; None where the rule says nothing of it."""
        return None

    def add(self, builder: Builder, data: RuleData) -> None:
        """Put the rule's rows into the program."""

    def contradictions(self, data: RuleData) -> list[Wording]:
        """What the input alone shows to be impossible, before anything is solved: a sentence each, naming the clause."""
        return []

    def lines(self, data: RuleData) -> list[Line]:
        """The rule audited on a finished plan, exactly; one line a key."""
        return []

    def footprint(self, table: DecisionTable, data: RuleData) -> Effects | None:
        """For rules that are sums: what each row of ``table`` adds to each line, and the room left on that line
        in the plan ``data``."""
        return None

    def singled_out(self, table: DecisionTable, data: RuleData) -> Mask | None:
        """Rows of the choice table whose set is like no other for this rule, whatever its options: such sets are never
        equal cases (X-03). None where the rule looks at options alone."""
        return None

    def anchored(self, taken: DecisionTable, data: RuleData) -> Mask | None:
        """Rows of a plan that something else in the plan rests on, so that they cannot leave alone."""
        return None

    def latest(self, taken: DecisionTable, data: RuleData) -> Ints | None:
        """For each row of the plan's choice table the last year in which its set may still move without breaking the rule,
        all else as it is; None where years do not matter so."""
        return None

    def statement(self, data: RuleData) -> pd.DataFrame | None:
        """A running account (keys, item, item_zh, item_en, amount) of a finished plan, if it keeps one."""
        return None

    def check(self, data: RuleData) -> list[Violation]:
        """The lines that the plan breaks, each with its clause and a sentence."""
        return [
            Violation(self.clause, self.id, line.key, self.explain(line))
            for line in data.lines_of(self)
            if line.status == "violated"
        ]

    def explain(self, line: Line) -> Wording:
        """A sentence with numbers and the clause for one line."""
        if line.text is not None:
            return line.text
        unit = display_unit(self.unit)
        limit = show(line.limit or 0, unit)
        attained = show(line.attained, unit)
        missing = show(abs(line.slack or 0), unit)
        word_zh, word_en = UNITS[unit].zh, UNITS[unit].en
        sense_zh = {"<=": "不超过", ">=": "不少于", "=": "等于", "record": "记录"}[line.sense]
        sense_en = {"<=": "at most", ">=": "at least", "=": "exactly", "record": "record"}[line.sense]
        at_zh, at_en = (f"（{line.key}）", f" ({line.key})") if line.key else ("", "")
        tail_zh = f"，差 {missing} {word_zh}" if (line.slack or 0) < 0 else ""
        tail_en = f"; off by {missing} {word_en}" if (line.slack or 0) < 0 else ""
        return Wording(
            zh=f"{self.clause} {self.title.zh}{at_zh}：应{sense_zh} {limit} {word_zh}，实际 {attained} {word_zh}{tail_zh}。",
            en=f"{self.clause} {self.title.en}{at_en}: {sense_en} {limit} {word_en}, the plan has {attained} {word_en}{tail_en}.",
        )


def singled_out(rules: Sequence[Rule], table: DecisionTable, data: RuleData) -> Mask | None:
    """Rows of the choice table whose set some rule singles out; None where no rule does."""
    masks = [mask for rule in rules if (mask := rule.singled_out(table, data)) is not None]
    return np.logical_or.reduce(masks) if masks else None


def judge(sense: str, limit: int, attained: int, stretch: bool, tightness: int = 0) -> Status:
    """Met, binding (no slack left, or at most ``tightness``), stretch missed or violated."""
    slack = {"<=": limit - attained, ">=": attained - limit}.get(sense, -abs(limit - attained))
    if slack < 0:
        return "stretch missed" if stretch else "violated"
    return "binding" if slack <= tightness and sense != "=" else "met"


@cache
def _catalogue() -> Catalogue[Rule]:
    return Catalogue("optimizer.rules", Rule)


def rules_of(policy: Policy) -> list[Rule]:
    """The policy's rules, in file order. Raises ``PolicyError``."""
    return [_catalogue().make(entry, policy.file) for entry in policy.rule]
