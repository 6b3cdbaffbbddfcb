"""The search between two goals, without a solver: plans are pairs of numbers, a question is answered by looking at all."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from optimizer.analysis.tradeoff import Fact, Pair, Question, Search, efficient, most_at, outline

PAIRS = st.lists(st.tuples(st.integers(-15, 15), st.integers(-9, 30)), min_size=1, max_size=25, unique=True)


def answer(plans: list[Pair], question: Question, slack: int, draw: random.Random) -> tuple[Pair, list[Fact]]:
    """What a solver says that may stop ``slack`` short of its bound in either stage."""
    held, most = question.held, 1 - question.held
    legal = [p for p in plans if question.level is None or p[held] >= question.level]
    bound = max(p[most] for p in legal)
    first = draw.choice([p for p in legal if p[most] >= bound - slack])
    as_good = [p for p in legal if p[most] >= first[most]]
    second = max(p[held] for p in as_good)
    found = draw.choice([p for p in as_good if p[held] >= second - slack])
    # the second stage may also improve the first goal, but not lose it
    return found, [Fact(held, question.level, bound), Fact(most, found[most], max(p[held] for p in as_good))]


def run(plans: list[Pair], slack: int, can_hold: tuple[bool, bool], wanted: int = 100) -> tuple[list[Pair], list[Fact]]:
    """All questions until nothing is left to ask."""
    draw = random.Random(7)
    ends = [answer(plans, Question(held, None), slack, draw) for held in (1, 0)]
    points, facts = [end[0] for end in ends], [fact for end in ends for fact in end[1]]
    search = Search(can_hold, (0, 0))
    search.between(points[0], points[1])
    for _ in range(wanted):
        asked = search.next()
        if asked is None:
            break
        box, question = asked
        assert can_hold[question.held]
        legal = [p for p in plans if p[question.held] >= (question.level or 0)]
        if not legal:
            search.answered(box, question, None)
            continue
        found, more = answer(plans, question, slack, draw)
        points, facts = [*points, found], [*facts, *more]
        search.answered(box, question, found)
    else:
        raise AssertionError("the search does not end")
    return [points[at] for at in efficient(points)], facts


def undominated(plans: list[Pair]) -> list[Pair]:
    """By comparing all with all; the most of goal 0 first."""
    kept = [p for p in plans if not any(q != p and q[0] >= p[0] and q[1] >= p[1] for q in plans)]
    return sorted(kept, reverse=True)


@given(PAIRS, st.sampled_from([(True, True), (True, False), (False, True)]))
def test_all_efficient_plans_are_found(plans: list[Pair], can_hold: tuple[bool, bool]) -> None:
    found, facts = run(plans, 0, can_hold)
    assert found == undominated(plans)
    for goal in (0, 1):
        for level in {p[goal] for p in plans}:
            assert most_at(facts, goal, level) == max(p[1 - goal] for p in plans if p[goal] >= level)


@given(PAIRS, st.integers(0, 6))
def test_what_is_proven_never_excludes_a_plan(plans: list[Pair], slack: int) -> None:
    """Also where every answer stops short: facts hold for all plans, the outline lies beyond all of them."""
    found, facts = run(plans, slack, (True, True))
    assert set(found) <= set(plans)
    assert not any(fact.excludes(p) for fact in facts for p in plans)
    assert found == undominated(found)
    for plan in plans:
        for goal in (0, 1):
            most = most_at(facts, goal, plan[goal])
            assert most is None or most >= plan[1 - goal]
    steps = outline(facts, min(p[1] for p in plans), max(p[1] for p in plans))
    for level, most in steps:
        assert all(p[0] <= most for p in plans if p[1] >= level)


def test_the_largest_box_is_asked_through_its_middle_along_its_longer_side() -> None:
    search = Search((True, True), (0, 0))
    search.between((100, 0), (0, 50))
    asked = search.next()
    assert asked is not None
    box, question = asked
    assert question == Question(1, 25)
    search.answered(box, question, (90, 25))
    # goal 0: 90 of 100 still open beyond plan (90, 25); goal 1: half of 50 on either side
    asked = search.next()
    assert asked is not None
    assert asked[1] == Question(0, 45)
