"""Terms: the parts of a sum over decision tables and input tables, as data.

``{ table = "moves", measure = "city_subsidy", where = {…}, schedule = "subsidy" }`` reads: the city
subsidies of the moves taken, each falling over the years of its schedule.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from optimizer.policy.filters import Number, Where
from optimizer.policy.model import Title


class Term(BaseModel):
    """One part of a sum.

    ``table``: a decision table or an input table. ``measure``: a column of it (whole base units);
    without one each row counts 1. An amount table's rows count with their quantity. ``times``: a
    whole number or parameter. ``schedule`` and ``after`` move the row's amount to later years
    (column ``year``). ``spread``: columns that each add the row once more under key ``spread_as``
    (the homes of a mix). ``keys``: rule key → column of this table, where the names differ.
    ``every``: rule key → input table: the row once more for each key of that table (a chosen town stands for all
    of its possible fields of work). ``title`` names the item in statements.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: str
    measure: str | None = None
    times: Number = 1
    divide: int = 1
    where: Where = Where({})
    schedule: str | None = None
    after: int = 0
    spread: tuple[str, ...] = ()
    spread_as: str = ""
    keys: dict[str, str] = Field(default_factory=dict)
    fixed: dict[str, int | str] = Field(default_factory=dict)
    every: dict[str, str] = Field(default_factory=dict)
    title: Title | None = None
