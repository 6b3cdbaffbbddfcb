"""``lookup``: a number of a table with several keys."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from optimizer.codes import as_codes
from optimizer.instance import Instance
from optimizer.measures.lookup import Lookup
from optimizer.policy import Title
from tests.kit import Case

RATES = pd.DataFrame(
    {"county": ["a", "a", "b", "b"], "level": ["1", "2", "1", "2"], "amount": [10, 20, 30, 40]}
)  # fmt: skip


def instance(table: pd.DataFrame) -> Instance:
    """A task whose only table of interest is ``rates``."""
    policy = Case({"kind": "total", "table": "moves", "at_most": 1}).instance().policy
    return Instance("small", Title(zh="小例", en="small"), policy, {"rates": table}, {}, (), {})


def made(**more: object) -> Lookup:
    """The measure under test."""
    entry = {
        "id": "rate",
        "clause": "T",
        "table": "rates",
        "column": "amount",
        "keys": {"county": "where", "level": "grade"},
    }
    return Lookup.model_validate({**entry, **more})


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["", "1", "2"])), max_size=12))
def test_each_row_gets_its_own_number(rows: list[tuple[str, str]]) -> None:
    """As a plain dictionary would say, 0 for an unknown key; the table's order does not matter."""
    known = {(r.county, r.level): r.amount for r in RATES.itertuples()}
    frame = pd.DataFrame(rows, columns=["where", "grade"]).astype(object)
    frame = frame.assign(where=as_codes(frame["where"]), grade=as_codes(frame["grade"]))
    shuffled = RATES.sample(frac=1, random_state=len(rows)).reset_index(drop=True)
    wanted = [known.get(r, 0) for r in rows]
    assert made().compute(frame, instance(RATES)).tolist() == wanted
    assert made().compute(frame, instance(shuffled)).tolist() == wanted


def test_a_fixed_key_and_a_filter() -> None:
    """The base step of a county, whatever the row's own level; 0 where the filter does not hold."""
    frame = pd.DataFrame({"where": as_codes(pd.Series(["a", "b", "c"])), "kind": ["x", "x", "y"]})
    base = made(keys={"county": "where"}, fixed={"level": "1"})
    assert base.compute(frame, instance(RATES)).tolist() == [10, 30, 0]
    filtered = made(keys={"county": "where"}, fixed={"level": "1"}, where={"kind": "y"})
    assert filtered.compute(frame, instance(RATES)).tolist() == [0, 0, 0]
    assert filtered.compute(frame.assign(kind="y"), instance(RATES)).tolist() == [10, 30, 0]


def test_many_keys_cost_no_more_than_the_rows() -> None:
    """Seven keys of 400 values each: 400 ** 7 combinations, of which 400 are in use."""
    keys = [f"k{n}" for n in range(7)]
    table = pd.DataFrame({key: [f"{key}-{(row * (n + 3)) % 400}" for row in range(400)] for n, key in enumerate(keys)})
    table["amount"] = range(1, 401)
    frame = table[keys].sample(n=200, random_state=1).reset_index(drop=True)
    other = frame.assign(k6="nothing")
    known = {tuple(row[:-1]): row[-1] for row in table.itertuples(index=False, name=None)}
    measure = made(keys={key: key for key in keys})
    task = instance(table)
    assert measure.compute(frame, task).tolist() == [known[row] for row in frame.itertuples(index=False, name=None)]
    assert measure.compute(other, task).tolist() == [0] * 200
    assert measure.compute(frame, instance(table.iloc[:0])).tolist() == [0] * 200
