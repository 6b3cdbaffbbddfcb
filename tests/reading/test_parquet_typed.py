"""Parquet taken by its types: the same instance, program and faults as through texts and from CSV."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import optimizer
from optimizer.build import build
from optimizer.errors import InputError
from optimizer.instance import Instance
from optimizer.reading import tables as tables_module
from tests.kit import assert_same_program
from tests.relocation_case import ROOT, Tables, folder

Change = Callable[[Tables], None]


def assert_same_instance(one: Instance, two: Instance) -> None:
    assert dict(one.parameters) == dict(two.parameters)
    assert list(one.tables) == list(two.tables)
    for name, frame in one.tables.items():
        pd.testing.assert_frame_equal(frame, two.tables[name])


def through_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables_module, "read_typed", lambda *_: None)


def test_relocation_from_csv_and_parquet_is_the_same(tmp_path: Path) -> None:
    one, two = (optimizer.load(folder(tmp_path / form, form)) for form in ("csv", "parquet"))
    assert_same_instance(one, two)
    assert_same_program(build(one), build(two, at_once=100))


def test_typed_and_through_texts_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder(tmp_path / "i", "parquet")
    one = optimizer.load(path)
    through_texts(monkeypatch)
    assert_same_instance(one, optimizer.load(path))


@pytest.mark.parametrize("name", ["songjiang-mini", "songjiang"])
def test_songjiang_as_parquet_is_the_same(tmp_path: Path, name: str) -> None:
    source = ROOT / "instances" / name
    task = optimizer.load(source)
    (tmp_path / "instance.toml").write_bytes((source / "instance.toml").read_bytes())
    for table in task.policy.table:
        file = source / f"{table.name}.csv"
        if not file.exists():
            continue
        frame = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        for column in table.column:
            header = column.name if column.name in frame else column.zh
            if column.type in ("whole", "year", "number"):
                frame[header] = pd.to_numeric(frame[header])
            elif column.type == "flag":
                frame[header] = frame[header].isin(["yes", "是"])
        frame.to_parquet(tmp_path / f"{table.name}.parquet", index=False)
    other = optimizer.load(tmp_path)
    assert_same_instance(task, other)
    if name == "songjiang-mini":
        assert_same_program(build(task), build(other))


def put(table: str, column: str, value: object, row: int = 5) -> Change:
    def change(frames: Tables) -> None:
        values = frames[table][column].tolist()
        values[row] = value
        frames[table][column] = values

    return change


def words_for_numbers(frames: Tables) -> None:
    frames["sites"]["homes"] = ["many", *frames["sites"]["homes"].astype(str)[1:]]


def doubled(frames: Tables) -> None:
    frames["consents"] = pd.concat([frames["consents"], frames["consents"].iloc[[7, 8]]], ignore_index=True)


def floats(frames: Tables) -> None:
    frames["households"]["need"] = frames["households"]["need"].astype(float)


def halves(frames: Tables) -> None:
    frames["counties"]["land"] = frames["counties"]["land"] + 0.25


def renamed(frames: Tables) -> None:
    frames["sites"] = frames["sites"].rename(columns={"homes": "住房套数", "cost": "费用"})


def in_words(frames: Tables) -> None:
    words = {"town": "县城和集镇", "village": "中心村", "park": "产业园区"}
    frames["consents"]["mode"] = frames["consents"]["mode"].map(words)
    frames["sites"]["tier"] = frames["sites"]["tier"].astype("category")


CHANGES: dict[str, Change] = {
    "nothing": lambda frames: None,
    "floats that are whole": floats,
    "decimals": halves,
    "Chinese words and categories": in_words,
    "a number left out": put("households", "persons", None),
    "a number too small": put("households", "persons", 0),
    "a number too large": put("sites", "cost", 10**18),
    "a fraction of a person": put("households", "persons", 2.5),
    "a year far away": put("county_plans", "year", 1066),
    "text for a number": words_for_numbers,
    "a code left out": put("households", "township", None),
    "an empty code": put("households", "township", ""),
    "an unknown code": put("consents", "site", "S99999"),
    "a misspelt word": put("consents", "mode", "twon"),
    "a code in full width": put("households", "household", "Ｈ0000006"),
    "a code with a space": put("households", "household", " H0000006"),
    "a code that became a number": put("households", "household", "1.1E+17"),
    "a row that stands twice": doubled,
    "columns of other names": renamed,
    "a column too many": lambda frames: frames["sites"].insert(2, "owner", "x"),
    "a column too few": lambda frames: frames["sites"].pop("land") is None,
    "no rows": lambda frames: frames.update(sites=frames["sites"].head(0)),
}


def outcome(path: Path) -> Instance | list[str]:
    try:
        return optimizer.load(path)
    except InputError as error:
        return [str(f.zh) if hasattr(f, "zh") else str(f) for f in error.faults]


@pytest.mark.parametrize("name", CHANGES)
def test_every_judgement_is_that_of_the_text_path(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder(tmp_path / "i", "parquet", change=CHANGES[name])
    typed = outcome(path)
    through_texts(monkeypatch)
    texts = outcome(path)
    if isinstance(typed, Instance) and isinstance(texts, Instance):
        assert_same_instance(typed, texts)
    else:
        assert typed == texts
    legal = {"nothing", "floats that are whole", "decimals", "Chinese words and categories", "a code with a space"}
    assert isinstance(typed, Instance) == (name in legal)


def test_numbers_are_not_made_texts_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder(tmp_path / "i", "parquet")

    def refuse(*_: object) -> None:
        raise AssertionError("a clean Parquet column went through texts")

    monkeypatch.setattr("optimizer.reading.values.parse_numbers", refuse)
    instance = optimizer.load(path)
    assert instance.tables["sites"]["cost"].dtype == np.int64
    assert int(instance.tables["counties"]["land"].iloc[0]) % 100 == 0
