"""docs/rules.md says what the code says, and a policy file of one's own works beside an instance."""

import shutil
from pathlib import Path

import pytest

import optimizer
from optimizer.bundled import model_path
from optimizer.errors import PolicyError
from optimizer.reference import PARTS, POLICIES, entries_in, kinds_of, pages

ROOT = Path(__file__).resolve().parents[1]


def test_the_page_is_written_from_the_code():
    written = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert written == pages([model_path(name) for name in POLICIES]), "make docs"


def test_every_policy_of_the_checkout_is_on_the_page():
    assert sorted(POLICIES) == sorted(p.stem for p in (ROOT / "models").glob("*.toml"))


def test_every_kind_of_a_policy_is_known_and_stands_whole():
    for name in POLICIES:
        found = entries_in(model_path(name))
        for part in PARTS:
            kinds = kinds_of(part)
            mine = [e for e in found if e.part == part]
            assert len(mine) == model_path(name).read_text(encoding="utf-8").count(f"\n[[{part}]]")
            assert all(e.kind in kinds for e in mine)


@pytest.fixture
def own(tmp_path):
    """An instance whose policy is a file of its own beside its tables."""
    folder = tmp_path / "mine"
    shutil.copytree(ROOT / "instances" / "songjiang-mini", folder)
    text = model_path("songjiang").read_text(encoding="utf-8")
    (folder / "mine.toml").write_text(text.replace('id = "songjiang"', 'id = "mine"', 1), encoding="utf-8")
    head = folder / "instance.toml"
    head.write_text(
        head.read_text(encoding="utf-8").replace('policy = "songjiang"', 'policy = "mine.toml"'), encoding="utf-8"
    )
    return folder


def test_a_policy_file_beside_the_instance(own):
    task = optimizer.load(own)
    assert task.policy.id == "mine"
    assert task.policy.reference == "mine.toml"


def test_a_policy_file_that_is_not_there_is_told(own):
    (own / "mine.toml").rename(own / "other.toml")
    with pytest.raises(PolicyError, match=r"mine\.toml"):
        optimizer.load(own)


def test_a_workbook_for_a_policy_file_of_ones_own(own):
    optimizer.new(str(own / "mine.toml"), own / "empty.xlsx")
    assert optimizer.load(own / "empty.xlsx").policy.id == "mine"
