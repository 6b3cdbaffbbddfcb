"""The shape of a policy file. Decisions, measures, rules and objectives stay raw entries here:
each kind checks its own entry when ``kinds.Catalogue`` makes it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from optimizer.tables.schema import Table
from optimizer.wording import Wording


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(_Strict):
    """A name in both languages."""

    zh: str
    en: str

    @property
    def wording(self) -> Wording:
        """The same, as a sentence part."""
        return Wording(zh=self.zh, en=self.en)


class Header(_Strict):
    """What the policy is, and its years: ``years`` in which decisions may be taken, ``money_years``
    in which their money and land flow (both first and last, inclusive)."""

    id: str
    title: Title
    document: str
    years: tuple[int, int]
    money_years: tuple[int, int]
    place: str


class Parameter(_Strict):
    """A number of a clause, in ``unit``. ``assumed`` says that the document leaves it to "the
    standard set by the city / district", so that the value is this project's assumption."""

    id: str
    clause: str
    title: Title
    unit: str
    value: int | float | str
    assumed: bool = False


class Schedule(_Strict):
    """How an amount falls over years: ``percent[i]`` of it ``after[i]`` years after the decision.
    Parts are floored to whole base units; the last part is the rest, so that nothing is lost."""

    id: str
    clause: str
    after: tuple[int, ...]
    percent: tuple[int, ...]


class Policy(_Strict):
    """A whole policy file. ``decision``, ``measure``, ``rule``, ``objective`` are raw entries.
    ``bundled``: one of ours, known by its id; otherwise the user's own file."""

    policy: Header
    parameter: tuple[Parameter, ...] = ()
    table: tuple[Table, ...]
    schedule: tuple[Schedule, ...] = ()
    decision: tuple[dict[str, Any], ...]
    measure: tuple[dict[str, Any], ...] = ()
    rule: tuple[dict[str, Any], ...]
    objective: tuple[dict[str, Any], ...]
    file: str = Field(default="", exclude=True)
    bundled: bool = Field(default=True, exclude=True)

    @property
    def id(self) -> str:
        """The policy's short name."""
        return self.policy.id

    @property
    def reference(self) -> str:
        """How an instance names it: the id of a bundled policy, or the policy file that lies beside the instance."""
        return self.policy.id if self.bundled else self.file

    def fingerprint(self) -> str:
        """The sha256 of everything that the file states, with changed numbers as changed."""
        stated = self.model_dump(mode="json", exclude_unset=True)
        return hashlib.sha256(json.dumps(stated, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def table_named(self, name: str) -> Table:
        """The input table of that English name; ``KeyError`` where there is none."""
        for table in self.table:
            if table.name == name:
                return table
        raise KeyError(name)
