"""``total``: sums, balances, schedules, spreads and limits."""

from __future__ import annotations

import pytest

from optimizer.build import build
from optimizer.check import audit
from optimizer.errors import PolicyError
from tests.kit import Case, broken, conform, frames, plan_of, report_of, vectors

HOMES = {
    "id": "homes", "kind": "amount", "clause": "T-0", "title": {"zh": "房", "en": "homes"}, "source": "places",
    "key": ["site"], "at_most": 2, "quantity": "built",
}  # fmt: skip
SPEND = {
    "id": "spend", "kind": "amount", "clause": "T-0", "title": {"zh": "支", "en": "spend"}, "source": "places",
    "key": ["site"], "years": "plan", "at_most": 2, "quantity": "amount",
}  # fmt: skip
PARTS = {"id": "parts", "clause": "T-0", "after": [0, 1], "percent": [30, 70]}


@pytest.mark.parametrize(
    "limit", [{"at_least": 2}, {"at_most": 2}, {"equal": 2}, {"at_least": 1, "at_most": 2}, {"at_most": "cap"}]
)
def test_a_count_within_limits(limit: dict[str, object]) -> None:
    """Each sense of limit, also from a parameter."""
    conform(Case({"kind": "total", "table": "moves", **limit}, parameters={"cap": 1}))


def test_a_filter_and_a_measure_for_each_key() -> None:
    """Persons of farm households for each place and year; rows outside the filter do not count."""
    term = {"table": "moves", "measure": "size", "where": {"farm": True}}
    conform(Case({"kind": "total", "terms": [term], "per": ["site", "year"], "at_most": 4}))


def test_a_limit_from_a_table() -> None:
    """Room of the place; a key that the table does not have has the limit 0."""
    term = {"table": "moves", "measure": "size"}
    limit = {"table": "places", "measure": "room"}
    conform(Case({"kind": "total", "terms": [term], "per": ["site"], "at_most": limit}))


def test_a_limit_that_is_the_sum_of_a_table() -> None:
    """Land of the larger hamlet against persons, then land of all hamlets against twice the persons."""
    large = {"table": "hamlets", "measure": "land", "where": {"land": {"at_least": 5}}}
    conform(Case({"kind": "total", "terms": [{"table": "moves", "measure": "size"}], "at_most": large}))
    term = {"table": "moves", "measure": "size", "times": 2}
    land = {"table": "hamlets", "measure": "land"}
    hamlets = frames()["hamlets"].assign(land=[6, 4])
    conform(Case({"kind": "total", "terms": [term], "at_least": land}, tables={"hamlets": hamlets}))


def test_a_least_from_a_table_holds_where_nothing_is_taken() -> None:
    """The least of site B is 3, also where nobody goes there."""
    term = {"table": "moves", "measure": "size"}
    limit = {"table": "places", "measure": "least"}
    conform(Case({"kind": "total", "terms": [term], "per": ["site"], "at_least": limit}))


def test_moves_against_amounts() -> None:
    """What is taken stays within what is built, with a negative factor."""
    terms = [{"table": "moves"}, {"table": "homes", "times": -1}]
    conform(Case({"kind": "total", "terms": terms, "per": ["site"], "at_most": 0}, amounts=[HOMES]))


def test_a_running_balance_carries_what_is_left() -> None:
    """Money of the table, less what is spent in each year, never below 0; what comes late does not help earlier."""
    terms = [
        {"table": "money", "measure": "amount"},
        {"table": "spend", "times": -2},
    ]
    rule = {"kind": "total", "terms": terms, "per": ["site", "year"], "running": True, "at_least": 0}
    conform(Case(rule, amounts=[SPEND]))


def test_instalments_fall_in_their_years() -> None:
    """30 % floored in the year itself, the rest a year later, two years after in a second term."""
    terms = [
        {"table": "moves", "measure": "size", "times": 5, "schedule": "parts"},
        {"table": "moves", "measure": "rank", "after": 2},
    ]
    conform(Case({"kind": "total", "terms": terms, "per": ["year"], "at_most": 14}, schedules=[PARTS]))


def test_a_factor_and_a_divisor() -> None:
    """times 6, divided by 3: whole numbers throughout."""
    term = {"table": "moves", "measure": "size", "times": 6, "divide": 3}
    conform(Case({"kind": "total", "terms": [term], "at_most": 10}))


def test_a_fixed_key() -> None:
    """All of it in one year, whatever the move's own."""
    term = {"table": "moves", "fixed": {"year": 2021}}
    conform(Case({"kind": "total", "terms": [term], "per": ["year"], "at_most": 2}))


def test_a_stretch_aim_is_reported_and_never_refused() -> None:
    """A missed aim is no violation and no row."""
    case = Case({"kind": "total", "table": "moves", "at_least": 3, "stretch": True})
    model = build(case.instance())
    seen = set()
    for x in vectors(model):
        found = audit(case.instance(), plan_of(model, x))
        assert model.program.faults(x) == []
        assert not broken(found)
        seen |= set(report_of(found)["status"])
    assert seen == {"stretch missed", "binding"}


@pytest.mark.parametrize("tolerance", [1, "off"])
def test_an_equal_with_a_stated_tolerance(tolerance: object) -> None:
    """Persons of each year against a task: households are not split, so it may be missed by a stated amount."""
    term = {"table": "moves", "measure": "size"}
    conform(Case({"kind": "total", "terms": [term], "equal": 5, "tolerance": tolerance}, parameters={"off": 2}))
    limit = {"table": "places", "measure": "least"}
    rule = {"kind": "total", "terms": [term], "per": ["site"], "equal": limit, "tolerance": tolerance}
    conform(Case(rule, parameters={"off": 2}))


def test_a_missed_task_says_by_how_much() -> None:
    """The line keeps the task as its limit, and tells what is allowed."""
    case = Case({"kind": "total", "table": "moves", "measure": "size", "equal": 5, "tolerance": 1, "unit": "persons"})
    instance = case.instance()
    model = build(instance)
    lines = {}
    for x in vectors(model):
        found = audit(instance, plan_of(model, x))
        line = report_of(found).iloc[0]
        lines[int(line["attained"])] = (int(line["limit"]), int(line["slack"]), line["status"], broken(found))
    assert lines[5] == (5, 0, "met", False)
    assert lines[4] == (5, -1, "binding", False)
    assert lines[3] == (5, -2, "violated", True)
    assert lines[7] == (5, -2, "violated", True)


def test_a_tolerance_needs_an_equal() -> None:
    """Beside at_least it would say nothing."""
    case = Case({"kind": "total", "table": "moves", "at_least": 1, "tolerance": 1})
    with pytest.raises(PolicyError, match="tolerance"):
        build(case.instance())


def test_a_task_by_table_holds_where_nothing_is_taken() -> None:
    """A place whose task is 3 is not met by nobody."""
    limit = {"table": "places", "measure": "least"}
    rule = {"kind": "total", "table": "moves", "measure": "size", "per": ["site"], "equal": limit, "tolerance": 2}
    instance = Case(rule).instance()
    assert broken(audit(instance, {}))
