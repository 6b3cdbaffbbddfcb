"""Conformance kit for rules: on a tiny task every possible plan is made, and what ``build`` allows is compared with what
the audit, which shares no code with it, finds legal."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from optimizer.build import Model, build
from optimizer.check import Audit, audit
from optimizer.instance import Instance
from optimizer.policy import Policy, Title
from optimizer.program import Ints

Tables = dict[str, pd.DataFrame]
NAME = {"zh": "小例", "en": "small"}
YEARS = (2020, 2021)
MONEY_YEARS = (2020, 2023)


def column(name: str, kind: str = "whole", **more: Any) -> dict[str, Any]:
    """One column of an input table."""
    return {"name": name, "zh": name, "type": kind, **more}


TABLES = [
    {
        "name": "places", "zh": "地点",
        "column": [
            column("site", "code", key=True), column("sort", "code"), column("room"), column("first", "year"),
            column("least"),
        ],
    },
    {"name": "hamlets", "zh": "村", "column": [column("hamlet", "code", key=True), column("land")]},
    {
        "name": "people", "zh": "户",
        "column": [
            column("person", "code", key=True), column("hamlet", "code", refers="hamlets"), column("size"),
            column("class"), column("farm", "flag"),
        ],
    },
    {
        "name": "consents", "zh": "意愿",
        "column": [
            column("person", "code", key=True, refers="people"), column("mode", "code", key=True),
            column("site", "code", key=True, refers="places"), column("rank"),
        ],
    },
    {
        "name": "money", "zh": "钱",
        "column": [
            column("site", "code", key=True, refers="places"), column("year", "year", key=True), column("amount"),
        ],
    },
]  # fmt: skip

MOVES = {
    "id": "moves", "kind": "choice", "clause": "T-0", "title": NAME, "set": "person", "source": "consents",
    "first_year": "first",
    "attribute": [
        {"name": "hamlet", "path": "person.hamlet"}, {"name": "size", "path": "person.size"},
        {"name": "class", "path": "person.class"}, {"name": "farm", "path": "person.farm"},
        {"name": "sort", "path": "site.sort"}, {"name": "first", "path": "site.first"},
    ],
}  # fmt: skip


def frames() -> Tables:
    """Three households in two hamlets, two places; the first place is open a year before the second."""
    return {
        "places": pd.DataFrame(
            {"site": ["A", "B"], "sort": ["own", "far"], "room": [5, 9], "first": [2020, 2021], "least": [0, 3]}
        ),
        "hamlets": pd.DataFrame({"hamlet": ["h1", "h2"], "land": [7, 4]}),
        "people": pd.DataFrame(
            {
                "person": ["p1", "p2", "p3"],
                "hamlet": ["h1", "h1", "h2"],
                "size": [2, 3, 4],
                "class": [2, 1, 2],
                "farm": [True, False, True],
            }
        ),
        "consents": pd.DataFrame(
            {
                "person": ["p1", "p1", "p2", "p3", "p3"],
                "mode": ["go", "go", "go", "go", "stay"],
                "site": ["A", "B", "A", "A", "B"],
                "rank": [1, 2, 1, 1, 2],
            }
        ),
        "money": pd.DataFrame({"site": ["A", "A", "B"], "year": [2020, 2021, 2021], "amount": [3, 2, 4]}),
    }


@dataclass(frozen=True)
class Case:
    """A tiny task with one rule under test. ``amounts``: amount decisions beside the moves; ``more``: further rules
    that the tested one reads; ``tables``: frames other than the usual ones; ``schema``: tables beside the usual ones."""

    rule: Mapping[str, Any]
    amounts: Sequence[Mapping[str, Any]] = ()
    more: Sequence[Mapping[str, Any]] = ()
    schedules: Sequence[Mapping[str, Any]] = ()
    parameters: Mapping[str, int] = field(default_factory=dict)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    schema: Sequence[Mapping[str, Any]] = ()

    def instance(self, shuffle: int | None = None) -> Instance:
        """The task in memory; ``shuffle`` puts the rows of every table in another order."""
        kinds = {**frames(), **self.tables}
        if shuffle is not None:
            kinds = {n: f.sample(frac=1, random_state=shuffle).reset_index(drop=True) for n, f in kinds.items()}
        policy = Policy.model_validate(
            {
                "policy": {
                    "id": "small", "title": NAME, "document": "—", "years": YEARS, "money_years": MONEY_YEARS,
                    "place": "site",
                },
                "table": [*TABLES, *self.schema],
                "parameter": [
                    {"id": k, "clause": "T-0", "title": NAME, "unit": "1", "value": v}
                    for k, v in self.parameters.items()
                ],
                "schedule": list(self.schedules),
                "decision": [MOVES, *self.amounts],
                "rule": [{"clause": "T-1", "title": NAME, "id": "tested", **self.rule}, *self.more],
                "objective": [],
                "file": "small.toml",
            }
        )  # fmt: skip
        return Instance("small", Title(**NAME), policy, kinds, dict(self.parameters), (), {})

    def with_rule(self, **changes: Any) -> Case:
        """The same case with other settings of the rule."""
        return replace(self, rule={**self.rule, **changes})


def vectors(model: Model, most: int = 4000) -> Iterator[Ints]:
    """Every plan of a model: each set takes one of its options or none, each amount every value."""
    program = model.program
    sets = [
        [(), *((j,) for j in range(a, b))]
        for a, b in zip(program.set_start[:-1], program.set_start[1:], strict=True)
    ]  # fmt: skip
    amounts = [range(int(u) + 1) for u in program.upper[program.options :]]
    size = np.prod([len(s) for s in (*sets, *amounts)], dtype=float)
    assert size <= most, f"{size:.0f} plans are too many for a small case"
    for chosen in itertools.product(*sets, *amounts):
        x = np.zeros(program.columns, dtype=np.int64)
        for option in chosen[: len(sets)]:
            x[list(option)] = 1
        x[program.options :] = chosen[len(sets) :]
        yield x


def plan_of(model: Model, x: Ints) -> Tables:
    """A vector as plan tables: keys and quantities of what is not 0."""
    tables = {}
    for name, (first, count) in model.program.tables.items():
        table, values = model.tables[name], x[first : first + count]
        rows = np.flatnonzero(values)
        frame = table.frame.iloc[rows][list(table.keys)].reset_index(drop=True)
        tables[name] = frame.assign(**{table.quantity: values[rows]}) if table.quantity else frame
    return tables


def report_of(found: Audit) -> pd.DataFrame:
    """The clause report's lines of the rule under test."""
    return found.clauses.loc[found.clauses["rule"] == "tested"].reset_index(drop=True)


def broken(found: Audit, rule: str | None = "tested") -> bool:
    """Whether the rule under test is violated (None: any other rule)."""
    return any(v.rule != "tested" if rule is None else v.rule == rule for v in found.violations)


def allowed(model: Model, x: Ints) -> bool:
    """Whether the tested rule's own rows (and its whole groups) hold."""
    rule = model.program.rows["rule"].to_numpy()
    return not any(f == -3 or (f >= 0 and rule[f] == "tested") for f in model.program.faults(x))


def conform(case: Case, sample: int = 64, free: str | None = None) -> tuple[int, int]:
    """Rows and audit agree on every plan (or on a seeded sample, half of it legal); returns how many were legal and how many not.

    Fails unless both happen and some legal plan has no slack left; every violation names its clause and has a text in
    both languages; the order of the input's rows changes nothing. ``free``: an amount that only serves the rows (a
    switch); a plan is then allowed when some value of it is. Plans that break the further rules are left out.
    """
    instance, other = case.instance(), case.instance(shuffle=3)
    model = build(instance)
    assert_same_program(model, build(instance, at_once=1))
    legal = illegal = tight = 0
    for number, (x, may) in enumerate(_sampled(model, sample, free)):
        tables = plan_of(model, x)
        found = audit(instance, tables)
        if broken(found, None):
            continue
        lines = report_of(found)
        assert may != broken(found), f"build says {may}, the audit:\n{lines}\nfor {tables}"
        legal, illegal = legal + may, illegal + (not may)
        tight += bool(may and (lines["slack"].fillna(1) == 0).any())
        named(found)
        if number % 10 == 0:
            assert_same(lines, report_of(audit(other, {n: f.iloc[::-1] for n, f in tables.items()})))
    assert legal, "no plan is legal: the case shows nothing"
    assert illegal, "no plan is illegal: the case shows nothing"
    assert tight, "no legal plan is at the limit"
    return legal, illegal


def agree(case: Case, sample: int, free: str | None = None) -> None:
    """Rows and audit agree on a seeded sample of plans, whatever they say: for drawn cases, where all may be legal."""
    instance = case.instance()
    model = build(instance)
    for x, may in _sampled(model, sample, free):
        tables = plan_of(model, x)
        found = audit(instance, tables)
        assert broken(found, None) or may != broken(found), f"build says {may}: {report_of(found)} for {tables}"


def assert_same_program(one: Model, two: Model) -> None:
    """Two models of one instance have the same columns, rows, entries, sets, cases and stages."""
    left, right = one.program, two.program
    for name in ("row_lower", "row_upper", "row_scale", "row_unit", "upper", "set_start", "part_of_set"):
        np.testing.assert_array_equal(getattr(left, name), getattr(right, name), err_msg=name)
    for name in ("data", "indices", "indptr"):
        np.testing.assert_array_equal(getattr(left.matrix, name), getattr(right.matrix, name), err_msg=name)
    assert left.matrix.has_sorted_indices
    pd.testing.assert_frame_equal(left.rows, right.rows)
    assert list(left.sets) == list(right.sets)
    assert left.tables == right.tables
    np.testing.assert_array_equal(one.cases, two.cases)
    for a, b in zip(left.stages, right.stages, strict=True):
        np.testing.assert_array_equal(a.value, b.value)
        assert (a.id, a.sign, a.base) == (b.id, b.sign, b.base)
    assert (left.groups is None) == (right.groups is None)
    if left.groups is not None and right.groups is not None:
        for name in ("group_of_set", "level", "column", "group", "at"):
            np.testing.assert_array_equal(getattr(left.groups, name), getattr(right.groups, name), err_msg=name)
    for name, table in one.tables.items():
        keys = [t.frame[list(t.keys)].astype(str) for t in (table, two.tables[name])]
        pd.testing.assert_frame_equal(*keys)


def _sampled(model: Model, sample: int, free: str | None) -> list[tuple[Ints, bool]]:
    """Plans with the verdict of the rows; those that differ only in ``free`` are one plan. Of more than ``sample`` as many that
    the rows allow as others, as far as there are."""
    verdict: dict[bytes, tuple[Ints, bool]] = {}
    for x in vectors(model):
        own = x.copy()
        if free is not None:
            first, count = model.program.tables[free]
            own[first : first + count] = 0
        kept, may = verdict.get(own.tobytes(), (x, False))
        verdict[own.tobytes()] = (x, True) if allowed(model, x) else (kept, may)
    plans = list(verdict.values())
    if len(plans) <= sample:
        return plans
    shuffled = np.random.default_rng(7).permutation(len(plans))
    allows, forbids = ([i for i in shuffled if plans[i][1] is may] for may in (True, False))
    half = max(sample // 2, sample - len(forbids))
    chosen = allows[:half] + forbids[: sample - min(half, len(allows))]
    return [plans[i] for i in sorted(chosen)]


def named(found: Audit) -> None:
    """Every violation of the tested rule names the clause in both languages."""
    for violation in found.violations:
        assert violation.clause
        assert violation.clause in violation.text.zh
        assert violation.clause in violation.text.en


def assert_same(one: pd.DataFrame, two: pd.DataFrame) -> None:
    """Two clause reports say the same, in whatever order."""
    columns = ["key", "sense", "limit", "attained", "status"]
    left, right = (f[columns].sort_values(["key", "sense"]).reset_index(drop=True) for f in (one, two))
    pd.testing.assert_frame_equal(left, right)
