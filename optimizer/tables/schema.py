"""What an input table looks like: columns with type, unit, keys and references.

Declared in policy files as ``[[table]]`` entries, so that planners' words and the checks on them
stand beside the clauses that need them.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

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

    @model_validator(mode="after")
    def _empty_only_for_words(self) -> Column:
        """A number has no sign for "empty", so only codes and texts may be empty."""
        if self.empty and self.type not in ("code", "text"):
            raise ValueError(f"column '{self.name}' of type '{self.type}' may not be empty")
        return self


class Requires(BaseModel):
    """Every row of the table needs a row in ``table`` whose ``column`` holds the row's key.

    With ``above_zero`` only rows count whose column of that name is more than zero. ``title_*`` says
    what the row lacks otherwise ("可建房型" / "a home type it can hold").
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: str
    column: str
    above_zero: str | None = None
    title_zh: str
    title_en: str


class Agrees(BaseModel):
    """The code in ``column`` must suit the row that ``through`` refers to.

    ``other`` is a column of the table that ``through`` refers to; ``pairs`` gives, for each code of
    ``column``, the legal values of ``other``; ``""`` stands for an empty ``through``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str
    through: str
    other: str
    pairs: dict[str, tuple[str, ...]]


class Table(BaseModel):
    """One input table, or sheet: its English name (also the CSV file's), Chinese name, columns."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    zh: str
    column: tuple[Column, ...]
    requires: tuple[Requires, ...] = ()
    agrees: tuple[Agrees, ...] = ()
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
