"""A policy written as TOML is, read back, the same policy."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.bundled import model_path
from optimizer.policy.load import load_policy
from optimizer.policy.write import policy_toml

MODELS = sorted(p.stem for p in model_path("songjiang").parent.glob("*.toml"))


@pytest.mark.parametrize("name", MODELS)
def test_every_bundled_policy_comes_back_the_same(name: str, tmp_path: Path) -> None:
    policy = load_policy(model_path(name))
    file = tmp_path / "policy.toml"
    file.write_text(policy_toml(policy), encoding="utf-8")
    again = load_policy(file, bundled=False)
    assert again.fingerprint() == policy.fingerprint()
    assert again.model_copy(update={"file": policy.file, "bundled": True}) == policy


def test_a_changed_number_is_written_as_changed(tmp_path: Path) -> None:
    policy = load_policy(model_path("songjiang"), {"total-2025.at_least": 7, "share_from.value": 70.5})
    file = tmp_path / "policy.toml"
    file.write_text(policy_toml(policy), encoding="utf-8")
    assert load_policy(file, bundled=False).fingerprint() == policy.fingerprint()
