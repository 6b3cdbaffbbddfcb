"""``choice``: the keys of its options are those of its source."""

from __future__ import annotations

import pandas as pd

from optimizer.build import build
from optimizer.check import audit
from optimizer.instance import Instance
from optimizer.policy import Policy, Title
from tests.kit import NAME, column, plan_of, vectors

USES = {
    "id": "reclaims", "kind": "choice", "clause": "T-0", "title": NAME, "set": "parcel", "source": "uses",
    "key": ["use"], "first_year": "first",
    "attribute": [{"name": "first", "path": "parcel.first"}, {"name": "size", "path": "parcel.size"}],
}  # fmt: skip


def parcels() -> Instance:
    """Two parcels, the second open a year later; what each may become, with its cost."""
    policy = Policy.model_validate(
        {
            "policy": {
                "id": "small", "title": NAME, "document": "—", "years": (2020, 2021), "money_years": (2020, 2021),
                "place": "parcel",
            },
            "table": [
                {
                    "name": "parcels", "zh": "地块",
                    "column": [column("parcel", "code", key=True), column("first", "year"), column("size")],
                },
                {
                    "name": "uses", "zh": "用途",
                    "column": [
                        column("parcel", "code", key=True, refers="parcels"), column("use", "code", key=True),
                        column("cost"),
                    ],
                },
            ],
            "decision": [USES],
            "rule": [
                {"id": "one", "kind": "one_option", "clause": "T-1", "title": NAME, "table": "reclaims"},
                {"id": "listed", "kind": "eligible", "clause": "T-2", "title": NAME, "table": "reclaims", "require": {"listed": True}},
                {"id": "money", "kind": "total", "clause": "T-3", "title": NAME, "table": "reclaims", "measure": "cost", "at_most": 9},
            ],
            "objective": [],
            "file": "small.toml",
        }
    )  # fmt: skip
    frames = {
        "parcels": pd.DataFrame({"parcel": ["a", "b"], "first": [2020, 2021], "size": [5, 7]}),
        "uses": pd.DataFrame({"parcel": ["b", "a", "a"], "use": ["field", "wood", "field"], "cost": [6, 2, 4]}),
    }
    return Instance("small", Title(**NAME), policy, frames, {}, (), {})


def test_options_are_the_rows_of_the_source_in_their_years() -> None:
    """Keys: parcel, use, year; the source's own numbers stand beside them, sorted by parcel."""
    table = build(parcels()).tables["reclaims"]
    assert table.keys == ("parcel", "use", "year")
    rows = [tuple(map(str, r)) for r in table.frame[list(table.keys)].itertuples(index=False)]
    assert rows == [
        ("a", "wood", "2020"), ("a", "wood", "2021"), ("a", "field", "2020"), ("a", "field", "2021"), ("b", "field", "2021"),
    ]  # fmt: skip


def test_rows_and_audit_agree_on_every_plan() -> None:
    """A parcel's cost is looked up by parcel and use in both; an unlisted use is a violation."""
    instance = parcels()
    model = build(instance)
    verdicts = set()
    for x in vectors(model):
        legal = not model.program.faults(x)
        assert legal == (not audit(instance, plan_of(model, x)).violations)
        verdicts.add(legal)
    assert verdicts == {True, False}
    found = audit(instance, {"reclaims": pd.DataFrame({"parcel": ["b"], "use": ["wood"], "year": [2021]})})
    assert {v.clause for v in found.violations} == {"T-2"}
