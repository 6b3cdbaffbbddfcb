"""Typed columns back to what people read: Chinese or English words, exact decimals in the column's unit."""

from __future__ import annotations

from typing import Any

import pandas as pd

from optimizer.reading.numbers import exact_text
from optimizer.tables.schema import Column
from optimizer.wording import Language


def column_texts(column: Column, values: pd.Series[Any], language: Language) -> list[str]:
    """One text a row, without formula guard; ``values`` as in an Instance."""
    if column.type == "flag":
        yes, no = ("是", "否") if language == "zh" else ("yes", "no")
        return [yes if value else no for value in values.tolist()]
    if column.type in ("code", "text"):
        words = column.one_of if language == "zh" else {}
        return [words.get(value, value) for value in map(str, values.tolist())]
    known = {value: exact_text(value, column.unit) for value in map(int, values.unique().tolist())}
    return [known[value] for value in values.tolist()]
