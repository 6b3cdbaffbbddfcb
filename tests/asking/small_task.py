"""A small task with goals that pull apart, and all of its plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from optimizer.build import Model, build
from optimizer.instance import Instance
from tests.kit import NAME, Case, plan_of, vectors

ATTRIBUTES = [
    {"name": "hamlet", "path": "person.hamlet"}, {"name": "size", "path": "person.size"},
    {"name": "class", "path": "person.class"}, {"name": "farm", "path": "person.farm"},
    {"name": "sort", "path": "site.sort"}, {"name": "first", "path": "site.first"},
    {"name": "price", "path": "site.least"},
]  # fmt: skip
MEASURES = [
    {"id": "cost", "clause": "T-3", "kind": "rate", "of": "size", "rate": "price", "unit": "fen", "title": NAME},
    {"id": "liked", "clause": "T-4", "kind": "sum", "plus": [4], "minus": ["rank"]},
]


def goal(name: str, sense: str, unit: str, measure: str | None, **more: Any) -> dict[str, Any]:
    """A goal that sums a measure of the moves."""
    term = {"table": "moves"} | ({"measure": measure} if measure else {}) | more
    title = {"zh": f"目标{name}", "en": f"goal {name}"}
    return {"id": name, "clause": "T-9", "kind": "sum", "title": title, "sense": sense, "unit": unit, "terms": [term]}


GOALS = (
    goal("urgent", "max", "persons", "size", where={"class": 1}),
    goal("homes", "max", "households", None),
    goal("money", "min", "fen", "cost"),
    goal("wishes", "max", "points", "liked"),
)
PEOPLE = {
    "person": ["p1", "p2", "p3", "p4", "p5", "p6"],
    "hamlet": ["h1", "h1", "h1", "h2", "h2", "h3"],
    "size": [2, 3, 4, 1, 5, 3],
    "class": [2, 1, 2, 2, 2, 2],
    "farm": [True, False, True, True, False, True],
}
CONSENTS = [
    ("p1", "A", 1), ("p1", "B", 2), ("p2", "A", 1), ("p2", "B", 2), ("p3", "A", 2), ("p3", "B", 1), ("p4", "B", 1),
    ("p5", "A", 1), ("p6", "A", 1), ("p6", "B", 2),
]  # fmt: skip


def task(
    goals: Sequence[Mapping[str, Any]] = GOALS,
    rooms: tuple[int, int] = (9, 6),
    more: Sequence[Mapping[str, Any]] = (),
    **tables: Any,
) -> Instance:
    """Six households of three hamlets, two places with room for so many persons; the first place is dearer."""
    places = {
        "site": ["A", "B"],
        "sort": ["own", "far"],
        "room": list(rooms),
        "first": [2021, 2021],
        "least": [500, 200],
    }
    consents = pd.DataFrame(CONSENTS, columns=["person", "site", "rank"]).assign(mode="go")
    given = {
        "places": pd.DataFrame(places),
        "people": pd.DataFrame(PEOPLE),
        "consents": consents[["person", "mode", "site", "rank"]],
        "hamlets": pd.DataFrame({"hamlet": ["h1", "h2", "h3"], "land": [1, 1, 1]}),
        **tables,
    }
    room = {"table": "places", "measure": "room"}
    rule = {"kind": "total", "table": "moves", "measure": "size", "per": ["site"], "at_most": room}
    made = Case(rule, tables=given, more=[{**ONE, "id": "one-option"}, *more]).instance()
    moves = {**made.policy.decision[0], "attribute": ATTRIBUTES}
    policy = made.policy.model_copy(
        update={"objective": tuple(map(dict, goals)), "measure": tuple(MEASURES), "decision": (moves,)}
    )
    return replace(made, policy=policy)


ONE = {"kind": "one_option", "clause": "T-2", "title": NAME, "table": "moves"}


@dataclass(frozen=True)
class Plans:
    """All legal plans of a task: vectors and what each reaches, a column a stage."""

    model: Model
    x: list[np.ndarray]  # type: ignore[type-arg]
    reached: pd.DataFrame

    def tables(self, number: int) -> dict[str, pd.DataFrame]:
        """One of them as plan tables."""
        return plan_of(self.model, self.x[number])


def all_plans(instance: Instance) -> Plans:
    """Every legal plan, by the program's own rows."""
    model = build(instance)
    kept = [x for x in vectors(model, most=10_000) if not model.program.faults(x)]
    rows = [{s.id: model.program.reached(s, x) for s in model.program.stages} for x in kept]
    return Plans(model, kept, pd.DataFrame(rows))


@cache
def usual() -> tuple[Instance, Plans]:
    """The usual task and its plans."""
    instance = task()
    return instance, all_plans(instance)


def efficient_pairs(reached: pd.DataFrame, first: str, second: str, signs: tuple[int, int]) -> list[tuple[int, int]]:
    """All value pairs that no plan matches in both, the best of ``first`` first; by looking at all pairs."""
    pairs = sorted(set(zip(signs[0] * reached[first], signs[1] * reached[second], strict=True)), reverse=True)
    kept = [p for p in pairs if not any(q != p and q[0] >= p[0] and q[1] >= p[1] for q in pairs)]
    return [(int(signs[0] * a), int(signs[1] * b)) for a, b in kept]
