"""Codes as integers: positions, categories and numbers agree with plain Python on texts of every form."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from optimizer import codes

WORDS = ["b", "a", "", "松江", "b", "b", "c", "a"]


@pytest.mark.parametrize("form", ["str", "object", "category"])
@pytest.mark.parametrize("many", [1, 100_000])
def test_positions_with_and_without_runs(form: str, many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "MANY", many)
    values = pd.Series([w for w in WORDS for _ in range(3)], dtype=form)
    known = ["a", "c", "松江"]
    assert codes.positions(values, known).tolist() == [known.index(v) if v in known else -1 for v in values]
    assert codes.numbered(values).tolist() == pd.factorize(values.astype(object))[0].tolist()
    assert codes.distinct(values).to_pylist() == list(dict.fromkeys(values))


def test_codes_are_sorted_and_empty_is_one_of_them() -> None:
    coded = codes.as_codes(pd.Series(WORDS))
    assert list(coded.cat.categories) == sorted(set(WORDS))
    assert coded.tolist() == WORDS


def test_codes_in_the_order_of_a_table_and_unknown_ones_after_them() -> None:
    coded = codes.coded_by(pd.Series([*WORDS, "x"]), pd.Series(["c", "a"]))
    assert list(coded.cat.categories) == ["c", "a", "b", "", "松江", "x"]
    assert coded.tolist() == [*WORDS, "x"]
    exact = codes.coded_by(pd.Series(["a", "c"]), ["c", "a"])
    assert exact.cat.codes.tolist() == [1, 0]


def test_what_is_missing_or_no_text_is_never_taken_for_a_code() -> None:
    assert codes.positions(pd.Series(["a", None]), ["a", ""]).tolist() == [0, -1]
    assert codes.coded_by(pd.Series(["a", None, "z"], dtype=object), ["a"]).cat.codes.tolist() == [0, -1, 1]
    assert codes.texts(pd.Series([1, "a"], dtype=object)).to_pylist() == ["1", "a"]
    assert np.asarray(codes.positions(pd.Series([], dtype="str"), ["a"])).tolist() == []
