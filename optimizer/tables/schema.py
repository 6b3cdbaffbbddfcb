"""What an input table looks like: columns with type, unit, keys and references.

Declared in policy files as ``[[table]]`` entries, so that planners' words and the checks on them
stand beside the clauses that need them.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

ColumnType = Literal["code", "text", "whole", "number", "flag", "year"]


class Column(BaseModel):
    """One column.

    ``type``: ``code`` is an identifier kept as text (never a number), ``whole`` a count, ``number``
    a decimal in ``unit`` (stored in whole base units, see ``units``), ``flag`` yes/no (是/否),
    ``year`` a four-digit year. ``key`` columns together identify a row. ``refers`` names the table
    whose key the value must be; ``one_of`` lists the legal codes with their Chinese words.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    zh: str
    type: ColumnType
    unit: str = "1"
    key: bool = False
    refers: str | None = None
    one_of: dict[str, str] = Field(default_factory=dict)
    at_least: int | None = None
    at_most: int | None = None
    empty: bool = False
    note_zh: str = ""
    note_en: str = ""


class Table(BaseModel):
    """One input table, or sheet: its English name (also the CSV file's), Chinese name, columns."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    zh: str
    column: tuple[Column, ...]
    optional: bool = False
    note_zh: str = ""
    note_en: str = ""

    @property
    def key(self) -> list[str]:
        """Names of the key columns."""
        return [c.name for c in self.column if c.key]

    def column_named(self, name: str) -> Column:
        """The column of that English name; ``KeyError`` where there is none."""
        for column in self.column:
            if column.name == name:
                return column
        raise KeyError(name)
