"""Typed errors: the fact with its values, then one line that starts with "Maybe".

Each class carries the exit code of the command line (0 done, 2 faulty input, 3 no legal plan,
4 stopped before any plan, 5 the plan breaks a clause or its proof does not hold, 1 our own failure).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from optimizer.wording import Language, Wording


class OptimizerError(Exception):
    """Base of all errors that a user can cause or mend."""

    exit_code: ClassVar[int] = 1

    def __init__(self, fact: Wording, maybe: Wording | None = None) -> None:
        self.fact = fact
        self.maybe = maybe
        super().__init__(self.describe("en"))

    def describe(self, language: Language) -> str:
        """The fact, then the "Maybe …" line, in one language."""
        lines = [self.fact.to(language)]
        if self.maybe is not None:
            lines.append(self.maybe.to(language))
        return "\n".join(lines)


class PolicyError(OptimizerError):
    """A policy file is not well formed; names the file, the key and the nearest known one."""

    exit_code = 2


@dataclass(frozen=True)
class Fault:
    """One fault of an input table.

    ``sheet`` is the table's name as the user wrote it, ``row`` the line as their program counts it
    (1 is the header; None where the whole sheet or column is meant), ``value`` what stood there,
    ``expected`` what should have, ``maybe`` the likeliest mend (without the word "Maybe").
    """

    sheet: str
    row: int | None
    column: str | None
    value: str | None
    expected: Wording
    maybe: Wording

    def describe(self, language: Language) -> str:
        """Two lines: the place with value and expectation, then the "Maybe …" line."""
        if language == "zh":
            place = f"表“{self.sheet}”"
            place += f" 第 {self.row} 行" if self.row is not None else ""
            place += f" “{self.column}”列" if self.column is not None else ""
            found = f"：填的是“{self.value}”" if self.value is not None else ""
            return f"{place}{found}；应为{self.expected.zh}。\n  Maybe（也许）{self.maybe.zh}"
        place = f"sheet '{self.sheet}'"
        place += f", row {self.row}" if self.row is not None else ""
        place += f", column '{self.column}'" if self.column is not None else ""
        found = f": found '{self.value}'" if self.value is not None else ""
        return f"{place}{found}; expected {self.expected.en}.\n  Maybe {self.maybe.en}"


class InputError(OptimizerError):
    """The tables have faults; all of them are in ``faults``."""

    exit_code = 2

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            Wording(
                zh=f"输入有 {len(self.faults)} 处错误，没有写出任何文件。",
                en=f"The input has {len(self.faults)} faults; nothing was written.",
            )
        )

    def describe(self, language: Language) -> str:
        """Every fault, then the count."""
        return "\n".join([*(f.describe(language) for f in self.faults), self.fact.to(language)])


class NoLegalPlan(OptimizerError):
    """No plan can hold all hard clauses; ``conflict`` names those that cannot hold together."""

    exit_code = 3

    def __init__(self, fact: Wording, conflict: Sequence[str], maybe: Wording | None = None) -> None:
        self.conflict = tuple(conflict)
        super().__init__(fact, maybe)


class StoppedBeforePlan(OptimizerError):
    """Time ran out, or the user stopped, before any legal plan was found."""

    exit_code = 4


class PlanBreaksClause(OptimizerError):
    """A plan that should be legal breaks a clause; ``plan`` is that plan, where one was made: its bounds still hold."""

    exit_code = 5

    def __init__(self, fact: Wording, maybe: Wording | None = None, plan: Any = None) -> None:
        self.plan = plan
        super().__init__(fact, maybe)
