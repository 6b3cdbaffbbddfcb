"""The tables of the Songjiang policy: the empty workbook, and half a million rows without a loop."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest

from optimizer.errors import OptimizerError
from optimizer.policy import Policy
from optimizer.policy.load import load_policy
from optimizer.reading import read_instance, write_empty_workbook
from optimizer.units import to_base

_FILE = Path(__file__).parents[2] / "models" / "songjiang.toml"


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(_FILE)


def test_empty_workbook(policy: Policy, tmp_path: Path) -> None:
    write_empty_workbook(policy, tmp_path / "songjiang.xlsx")
    instance, notices = read_instance(tmp_path / "songjiang.xlsx", lambda _: policy)
    assert notices == []
    assert {name: list(frame.columns) for name, frame in instance.tables.items()} == {
        t.name: [c.name for c in t.column] for t in policy.table
    }
    assert instance.parameters == {p.id: to_base(str(p.value), p.unit) for p in policy.parameter}
    guide = openpyxl.load_workbook(tmp_path / "songjiang.xlsx")["说明"]
    text = "\n".join(str(cell) for row in guide.iter_rows(values_only=True) for cell in row if cell)
    for table in policy.table:
        assert table.zh in text
        assert all(column.zh in text for column in table.column)


def test_faults_of_a_bare_folder(policy: Policy, tmp_path: Path) -> None:
    (tmp_path / "instance.toml").write_text('[instance]\npolicy = "songjiang"\n', encoding="utf-8")
    with pytest.raises(OptimizerError) as caught:
        read_instance(tmp_path, lambda _: policy)
    missing = [t.zh for t in policy.table if not t.optional]
    assert [f.sheet for f in caught.value.faults] == missing  # type: ignore[attr-defined]
    assert caught.value.exit_code == 2


def test_a_large_table_is_read_fast(policy: Policy, tmp_path: Path) -> None:
    """Faults in every third of 100,000 rows are found, and told in a few lines."""
    rows = 100_000
    numbers = np.arange(rows)
    lines = [f"H{n:06d},{'X' if n % 3 == 0 else 'Y'},{n % 7},180.5,是,否,是,{n}" for n in numbers.tolist()]
    header = "household,hamlet,persons,homestead,farm,qualifies,other_home,residual"
    (tmp_path / "instance.toml").write_text('[instance]\npolicy = "songjiang"\n', encoding="utf-8")
    (tmp_path / "households.csv").write_text("\n".join([header, *lines]), encoding="utf-8")
    with pytest.raises(OptimizerError) as caught:
        read_instance(tmp_path, lambda _: policy)
    persons = [f for f in caught.value.faults if f.column == "persons"]  # type: ignore[attr-defined]
    assert len(persons) == 21
    assert f"还有 {len(range(0, rows, 7)) - 20} 处" in persons[-1].expected.zh
