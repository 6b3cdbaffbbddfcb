"""``alternatives``: each plan differs as much as any legal plan near the best can, by looking at all of them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pandas as pd
import pytest

import optimizer
from optimizer import api
from optimizer.asking.alternatives import Alternatives, alternatives
from optimizer.errors import OptimizerError
from optimizer.instance import Instance
from optimizer.plan import Plan
from tests.asking.small_task import CONSENTS, GOALS, PEOPLE, Plans, all_plans, task

WITHIN = Fraction(1, 4)
TWINS = ("p3", "p6")
Results = dict[str, tuple[str, ...]]


@pytest.fixture(scope="module")
def twins() -> Instance:
    """The usual task with p6 equal to p3 in everything but its code."""
    people = pd.DataFrame(PEOPLE)
    people.loc[5, ["hamlet", "size", "class", "farm"]] = people.loc[2, ["hamlet", "size", "class", "farm"]]
    wishes = [c for c in CONSENTS if c[0] != "p6"] + [("p6", *c[1:]) for c in CONSENTS if c[0] == "p3"]
    consents = pd.DataFrame(wishes, columns=["person", "site", "rank"]).assign(mode="go")
    return task(people=people, consents=consents[["person", "mode", "site", "rank"]])


@pytest.fixture(scope="module")
def plans(twins: Instance) -> Plans:
    return all_plans(twins)


@pytest.fixture(scope="module")
def best(twins: Instance) -> Plan:
    return api.solve(twins, gap=0)


@pytest.fixture(scope="module")
def found(twins: Instance, best: Plan) -> Alternatives:
    return alternatives(best, instance=twins, within=WITHIN, count=3, gap=0)


def results(tables: Mapping[str, pd.DataFrame]) -> Results:
    """Household → what it gets."""
    rows = tables["moves"][["person", "mode", "site", "year"]].astype(str)
    return {p: tuple(rest) for p, *rest in rows.itertuples(index=False)}


def new(results_: Results, earlier: list[Results]) -> int:
    """Households with what neither they nor their twin had before; nothing is a result too."""
    count = 0
    for person in PEOPLE["person"]:
        had = {e.get(p) for e in earlier for p in (TWINS if person in TWINS else (person,))}
        count += results_.get(person) not in had
    return count


def test_each_plan_differs_as_much_as_can_be(found: Alternatives, plans: Plans, best: Plan) -> None:
    earlier = [results(best.tables)]
    reached = {s.id: s.value for s in best.stages}
    room = {name: int(WITHIN * abs(value)) for name, value in reached.items()}
    signs = {str(g["id"]): 1 if g["sense"] == "max" else -1 for g in GOALS}
    near = [
        n
        for n, row in enumerate(plans.reached.to_dict("records"))
        if all(signs[g] * row[g] >= signs[g] * reached[g] - room[g] for g in signs)
    ]
    assert 1 < len(near) < len(plans.x)
    everybody = [results(plans.tables(n)) for n in near]
    assert len(found.plans) >= 2
    for one in found.plans:
        mine = results(one.plan.tables)
        most = max(new(other, earlier) for other in everybody)
        assert one.differing == one.most == most == new(mine, earlier)
        assert mine in everybody
        assert len(one.changes) == sum(earlier[0].get(p) != mine.get(p) for p in PEOPLE["person"])
        earlier.append(mine)


def test_every_plan_passes_the_audit_and_its_certificate_holds(found: Alternatives, twins: Instance) -> None:
    for one in found.plans:
        assert not api.check(twins, one.plan)
        assert api.certify(one.task, one.plan).holds


def test_exactly_as_good_plans_only(twins: Instance, best: Plan) -> None:
    """No allowance: only ties of all goals remain, and there are none here."""
    none = alternatives(best, instance=twins, within=0, count=3, gap=0)
    assert not none.plans
    assert none.exhausted
    assert "No legal plan within 0.00% of the best gives any household something else (proven)." in none.text.en


def test_the_answer_names_who_differs(found: Alternatives) -> None:
    assert "相近方案 1" in found.text.zh
    assert f"{len(found.plans[0].changes)} households have something else than in the best plan" in found.text.en
    assert found.plans[0].changes["person"].iloc[0] in found.text.en


def test_a_task_without_households_is_refused() -> None:
    with pytest.raises(OptimizerError) as error:
        alternatives("hunan-mini")
    assert error.value.exit_code == 2


def test_it_is_part_of_the_library() -> None:
    assert optimizer.alternatives is alternatives
