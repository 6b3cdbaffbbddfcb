"""The choice table made piece by piece: the program is the same, however it is cut and in whatever order rows stand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from scipy.optimize import linprog

import optimizer
from optimizer.assembly import Assembly
from optimizer.build import Model, build
from optimizer.instance import Instance
from optimizer.program import FREE, Builder, RowBlock
from tests import relocation_case
from tests.kit import Case, assert_same_program
from tests.relocation_case import folder, shuffled, tables

pytestmark = pytest.mark.xdist_group("pieces")  # one worker makes what the tests share

HOMES = {"kind": "total", "table": "moves", "per": ["site"], "at_most": {"table": "places", "measure": "room"}}
GONE = {"kind": "whole_groups", "table": "moves", "group": "hamlet", "cleared": "cleared", "members": "people"}
CLEARED = {
    "id": "cleared", "kind": "amount", "clause": "T-0", "title": {"zh": "清", "en": "cleared"}, "source": "hamlets",
    "key": ["hamlet"], "years": "plan", "at_most": 1, "quantity": "taken",
}  # fmt: skip


SIZE = (72, 3)


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    return optimizer.load(folder(tmp_path_factory.mktemp("relocation") / "i", "parquet", tables(*SIZE)))


@pytest.fixture
def pieces(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Columns of every piece that is put together."""
    seen: list[int] = []
    take = Assembly.take

    def counted(self: Assembly, builder: Builder) -> None:
        seen.append(builder.columns)
        take(self, builder)

    monkeypatch.setattr(Assembly, "take", counted)
    return seen


@pytest.mark.parametrize("at_once", [1, 7, 100])
def test_relocation_is_the_same_in_pieces(instance: Instance, at_once: int, pieces: list[int]) -> None:
    whole = build(instance, 10**9)
    assert len(pieces) == 1
    cut = build(instance, at_once)
    assert len(pieces) >= 1 + SIZE[0] * 5 // (at_once + 5)
    assert sum(pieces[1:]) == pieces[0]
    assert_same_program(whole, cut)


@pytest.mark.parametrize("name", ["songjiang-mini", "songjiang"])
def test_songjiang_needs_all_rows_at_once_and_gets_them(name: str, pieces: list[int]) -> None:
    task = optimizer.load(name)
    one = build(task, 5)
    assert len(pieces) == 1  # whole hamlets and conditions look over all households
    if name == "songjiang-mini":
        assert_same_program(one, build(task))


def test_sets_are_never_cut(instance: Instance, pieces: list[int]) -> None:
    program = build(instance, 1).program
    assert set(pieces) == set(np.diff(program.set_start))


def test_a_rule_that_must_see_all_rows_does(pieces: list[int]) -> None:
    case = Case(GONE, amounts=[CLEARED], more=[{**HOMES, "id": "homes", "clause": "T-2", "title": CLEARED["title"]}])
    one, two = build(case.instance()), build(case.instance(), at_once=1)
    assert len(pieces) == 2
    assert_same_program(one, two)
    cut = build(Case(HOMES).instance(), at_once=1)
    assert len(pieces) > 3
    assert_same_program(cut, build(Case(HOMES).instance()))


def by_keys(model: Model) -> tuple[pd.DataFrame, sp.csc_array, np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """Option keys, entries, values and upper bounds in the order of the keys."""
    frame = model.tables["moves"].frame.astype(str)
    order = frame.sort_values(list(frame.columns)).index.to_numpy()
    program = model.program
    return frame.iloc[order].reset_index(drop=True), program.matrix[:, order], program.stages[0].value[order], order


def test_the_order_of_rows_changes_nothing_but_the_order_of_columns(tmp_path: Path, instance: Instance) -> None:
    other = optimizer.load(folder(tmp_path / "o", "parquet", shuffled(tables(*SIZE), 9)))
    assert list(other.tables["households"]["household"]) != list(instance.tables["households"]["household"])
    one, two = build(instance), build(other, at_once=50)
    left, right = by_keys(one), by_keys(two)
    pd.testing.assert_frame_equal(left[0], right[0])
    pd.testing.assert_frame_equal(one.program.rows, two.program.rows)
    assert (left[1] != right[1]).nnz == 0
    np.testing.assert_array_equal(left[2], right[2])
    np.testing.assert_array_equal(one.program.row_upper, two.program.row_upper)
    np.testing.assert_array_equal(one.program.row_lower, two.program.row_lower)
    places = [
        dict(zip(m.program.sets, m.program.part_of_set, strict=True))
        for m in (one, two)
        if m.program.part_of_set is not None
    ]
    assert places[0] == places[1]


def linear_optimum(model: Model) -> float:
    """The most that the first stage can reach when options may be split (scipy's HiGHS)."""
    program = model.program
    sets = sp.csr_array((np.ones(program.options), (program.set_of_option(), np.arange(program.options))))
    rows = sp.vstack([program.matrix, -program.matrix, sets])
    most = np.concatenate([program.row_upper, -program.row_lower, np.ones(len(program.sets))])
    limited = np.abs(most) < FREE
    found = linprog(-program.stages[0].value, rows.tocsr()[limited], most[limited], bounds=(0, 1), method="highs")
    assert found.status == 0
    return -float(found.fun)


def test_the_order_of_rows_does_not_change_the_optimum(tmp_path: Path, instance: Instance) -> None:
    other = optimizer.load(folder(tmp_path / "o", "parquet", shuffled(tables(*SIZE), 5)))
    one, two = linear_optimum(build(instance)), linear_optimum(build(other, at_once=60))
    assert one == pytest.approx(two, rel=1e-9)
    assert one > 0


def test_the_matrix_is_held_by_columns_in_short_indices(instance: Instance) -> None:
    matrix = build(instance, 100).program.matrix
    assert isinstance(matrix, sp.csc_array)
    assert (matrix.data.dtype, matrix.indices.dtype, matrix.indptr.dtype) == (np.int64, np.int32, np.int32)
    assert matrix.data.all()


def piece(limit: int, key: str = "a") -> Builder:
    """One row over two columns."""
    builder = Builder({"moves": 0}, 2)
    entries = sp.csr_array(np.array([[4, 6]], dtype=np.int64))
    ends = np.array([0], dtype=np.int64), np.array([limit], dtype=np.int64)
    builder.add(RowBlock("r", "T-1", [key], *ends, entries, pd.DataFrame({"key": [key]})))
    return builder


def test_rows_of_pieces_meet_by_key_and_share_their_divisor() -> None:
    assembly = Assembly()
    for key in ("b", "a", "b"):
        assembly.take(piece(9, key))
    joined = assembly.joined()
    assert list(joined.rows["key"]) == ["a", "b"]
    assert joined.matrix.toarray().tolist() == [[0, 0, 2, 3, 0, 0], [2, 3, 0, 0, 2, 3]]
    assert joined.unit.tolist() == [2, 2]
    assert joined.upper.tolist() == [4, 4]


def test_pieces_that_disagree_about_a_limit_are_refused() -> None:
    assembly = Assembly()
    assembly.take(piece(9))
    assembly.take(piece(8))
    with pytest.raises(ValueError, match="several limits"):
        assembly.joined()


def test_the_generator_makes_many_counties() -> None:
    made = relocation_case.generator().generate(28_000, 1_400, 1)
    assert len(made["counties"]) == 1_400
    assert len(made["provinces"]) == 18
    assert made["counties"]["province"].value_counts().max() <= 79
    assert len(made["households"]) == 28_000
