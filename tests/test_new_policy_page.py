"""docs/new-policy.md: the files that it shows are a policy and an instance that solve, to what the page says."""

import itertools
import re
from pathlib import Path

import pytest

import optimizer
from optimizer.check import audit

pytestmark = pytest.mark.xdist_group("new_policy_page")  # one worker makes what the tests share

PAGE = Path(__file__).resolve().parents[1] / "docs" / "new-policy.md"
HOUSES = {  # household: township, persons, grade, need, what it may get
    "H1": ("上溪", 4, "D", 3, ("rebuild", "public")),
    "H2": ("上溪", 2, "D", 2, ("rebuild", "public")),
    "H3": ("上溪", 1, "C", 1, ("repair",)),
    "H4": ("下溪", 5, "D", 1, ("rebuild",)),
    "H5": ("下溪", 3, "C", 3, ("repair",)),
    "H6": ("下溪", 2, "D", 3, ("rebuild",)),
    "H7": ("下溪", 6, "C", 2, ("repair",)),
}
CREWS, HOMES, MONEY = {"上溪": 1, "下溪": 2}, {"上溪": 1, "下溪": 0}, (100_000, 40_000)


def grant(mode, persons):
    """Yuan, by XK-03."""
    return {"repair": 8_000, "rebuild": 20_000 + 6_000 * persons, "public": 3_000 * persons}[mode]


def best_by_hand():
    """Every combination, by the page's clauses in plain words: the best points of grade D, of all, and the least yuan."""
    best = None
    ways = [[None, *itertools.product(modes, (2026, 2027))] for *_, modes in HOUSES.values()]
    for plan in itertools.product(*ways):
        taken = [(*HOUSES[h][:4], *way) for h, way in zip(HOUSES, plan, strict=True) if way]
        spent = [sum(grant(m, p) for _, p, _, _, m, y in taken if y == year) for year in (2026, 2027)]
        crews = [(t, y) for t, _, _, _, m, y in taken if m == "rebuild"]
        homes = [t for t, _, _, _, m, _ in taken if m == "public"]
        if spent[0] > MONEY[0] or sum(spent) > sum(MONEY):
            continue
        if any(crews.count(c) > CREWS[c[0]] for c in crews) or any(homes.count(t) > HOMES[t] for t in homes):
            continue
        if 100 * sum(g == "D" for _, _, g, _, _, _ in taken) < 80 * 4:
            continue
        points = [(g, n * (2028 - y)) for _, _, g, n, _, y in taken]
        value = (sum(p for g, p in points if g == "D"), sum(p for _, p in points), -sum(spent))
        best = value if best is None else max(best, value)
    return best


@pytest.fixture(scope="module")
def xikou(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page") / "xikou"
    folder.mkdir()
    for name, text in re.findall(r"```\w+ file=(\S+)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_the_page_s_policy_is_short(xikou):
    assert len((xikou / "policy.toml").read_text(encoding="utf-8").splitlines()) < 100


def test_it_solves_to_the_best_that_there_is(xikou):
    task = optimizer.load(xikou)
    plan = optimizer.solve(task, gap=0)
    assert not audit(task, plan.tables, plan.seed).violations
    points_d, points, yuan = best_by_hand()
    assert [s.value for s in plan.stages] == [points_d, points, -100 * yuan]
    assert all(s.gap == 0 for s in plan.stages)


def test_the_plan_is_as_the_page_tells(xikou):
    moves = optimizer.solve(xikou, gap=0).tables["moves"].set_index("household")
    assert {h for h in HOUSES if HOUSES[h][2] == "D"} <= set(moves.index)
    assert moves.loc["H4", "year"] == 2027
    assert {"H3", "H7"}.isdisjoint(moves.index)
    assert sum(MONEY) * 100 - moves["grant"].sum() == 600_000


def test_every_clause_of_the_page_s_table_has_an_entry(xikou):
    wanted = set(re.findall(r"^\| (XK-\d\d)", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    policy = optimizer.load(xikou).policy
    entries = [*policy.rule, *policy.measure, *policy.objective, *policy.decision]
    assert wanted == {str(entry["clause"]) for entry in entries}
