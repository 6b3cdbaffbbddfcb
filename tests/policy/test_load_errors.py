"""A faulty policy file: the error names the file, the entry, the key and the nearest known word."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from optimizer.errors import PolicyError
from optimizer.measures import measures_of
from optimizer.policy.load import policy_from
from optimizer.rules import rules_of

MODEL = Path(__file__).parents[2] / "models" / "songjiang.toml"


def content() -> dict[str, Any]:
    """The Songjiang policy, fresh."""
    return tomllib.loads(MODEL.read_text(encoding="utf-8"))


def told(error: pytest.ExceptionInfo[PolicyError]) -> str:
    """Fact and advice in both languages."""
    maybe = error.value.maybe
    return "\n".join([error.value.fact.zh, error.value.fact.en, *((maybe.zh, maybe.en) if maybe else ())])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "totl"}, ["total-2022", "totl", "'total'", "songjiang.toml"]),
        ({"at_leest": 3}, ["total-2022", "at_leest", "'at_least'", "songjiang.toml"]),
        ({"at_least": [1]}, ["total-2022", "at_least", "songjiang.toml"]),
        ({"running": "yes please"}, ["total-2022", "running"]),
    ],
)
def test_a_faulty_rule(change: dict[str, Any], words: list[str]) -> None:
    """Unknown kind, unknown key, wrong type."""
    changed = content()
    rule = next(r for r in changed["rule"] if r["id"] == "total-2022")
    rule.update(change)
    with pytest.raises(PolicyError) as error:
        rules_of(policy_from(changed, "songjiang.toml"))
    assert [w for w in words if w not in told(error)] == []


def test_a_faulty_measure() -> None:
    """The same for measures."""
    changed = content()
    changed["measure"][0]["kind"] = "steped_area"
    with pytest.raises(PolicyError) as error:
        measures_of(policy_from(changed, "songjiang.toml"))
    assert "'stepped_area'" in told(error)


@pytest.mark.parametrize(
    ("name", "word"),
    [("total-2022.at_leest", "at_least"), ("totl-2025.at_least", "total-2025"), ("targt_2022.value", "target_2022")],
)
def test_a_setting_that_names_nothing(name: str, word: str) -> None:
    """``--set``: the nearest rule or key is offered."""
    with pytest.raises(PolicyError) as error:
        rules_of(policy_from(content(), "songjiang.toml", {name: 1}))
    assert word in told(error)
