"""``whole_numbers``: amounts within their bounds, at known keys, once."""

from __future__ import annotations

import pandas as pd
import pytest

from optimizer.check import audit
from tests.kit import Case, broken, named

FUND = {
    "id": "fund", "kind": "amount", "clause": "T-0", "title": {"zh": "资金", "en": "fund"}, "source": "places",
    "key": ["site"], "at_most": "room", "step": 2, "quantity": "amount", "years": "plan",
}  # fmt: skip
CASE = Case({"kind": "whole_numbers"}, amounts=[FUND])
COLUMNS = ["site", "year", "amount"]


@pytest.mark.parametrize(
    ("rows", "legal"),
    [
        ([], True),
        ([("A", 2020, 4)], True),  # room 5 is two steps of 2
        ([("A", 2020, 5)], False),  # not a whole step
        ([("A", 2020, 6)], False),  # above the bound
        ([("A", 2020, -2)], False),
        ([("A", 2020, 0)], True),
        ([("A", 2022, 2)], False),  # no such year
        ([("C", 2020, 2)], False),  # no such place
        ([("A", 2020, 2), ("A", 2020, 2)], False),  # stands twice
        ([("A", 2020, 2), ("A", 2021, 2), ("B", 2020, 8)], True),
    ],
)
def test_rows_of_an_amount(rows: list[tuple[str, int, int]], legal: bool) -> None:
    """Both sides of the bound and of the step."""
    found = audit(CASE.instance(), {"fund": pd.DataFrame(rows, columns=COLUMNS)})
    assert broken(found) is not legal
    named(found)
