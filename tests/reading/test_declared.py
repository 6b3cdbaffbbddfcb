"""Relations that a policy's tables declare must lead somewhere."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from optimizer.errors import PolicyError
from optimizer.policy import Policy
from optimizer.policy.load import load_policy
from optimizer.reading.declared import check_declared
from optimizer.tables.schema import Column
from tests.reading.small_policy import POLICY, TABLES


def _with(table: int, part: str, key: str, value: Any) -> Policy:
    tables = copy.deepcopy(TABLES)
    tables[table][part][0][key] = value
    return Policy.model_validate({**POLICY.model_dump(), "table": tables, "file": "small.toml"})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            (2, "requires", "table", "site_home"),
            "sites.requires 提到的“site_home”不存在。\nMaybe（也许）是“site_homes”。",
        ),
        (
            (2, "requires", "above_zero", "home"),
            "sites.requires 提到的“home”不存在。\nMaybe（也许）是“homes”。",
        ),
        ((4, "agrees", "through", "mode"), "consents.agrees 提到的“mode”不存在。"),
        ((4, "agrees", "other", "kinds"), "consents.agrees 提到的“kinds”不存在。\nMaybe（也许）是“kind”。"),
        (
            (4, "agrees", "pairs", {"towns": ["town"]}),
            "consents.agrees 提到的“towns”不存在。\nMaybe（也许）是“town”。",
        ),
        ((4, "agrees", "pairs", {"town": ["x"]}), "consents.agrees 提到的“x”不存在。"),
        (
            (4, "column", "refers", "household"),
            "consents.household.refers 提到的“household”不存在。\nMaybe（也许）是“households”。",
        ),
    ],
)  # fmt: skip
def test_misspelt(change: tuple[int, str, str, Any], message: str) -> None:
    with pytest.raises(PolicyError) as caught:
        check_declared(_with(*change))
    assert caught.value.describe("zh") == f"small.toml：表 {message}"


def test_sound() -> None:
    check_declared(POLICY)
    check_declared(load_policy(Path(__file__).parents[2] / "models" / "songjiang.toml"))


def test_numbers_may_not_be_empty() -> None:
    with pytest.raises(ValidationError, match="column 'n' of type 'whole' may not be empty"):
        Column(name="n", zh="数", type="whole", empty=True)
