"""The four public formats: what is read, and what is refused with place and reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.public import cflp, gap, pmed, sscflp
from benchmarks.public.numbers import MalformedFile
from benchmarks.public.optima import read_optima

TEXT = {
    "gap": "2 3\n 1 2 3\n 4 5 6\n 1 1 2\n 2 1 1\n 3 4\n",
    "cflp": "2 2\n 10 7.5\n 8 3.\n 4\n 2.00 6.00\n 5\n 10.0 2.5\n",
    "sscflp": "2 3\n9 8\n10.5 20\n3 4 5\n1 2\n3 4\n5 6.25\n",
    "pmed": "1 12\n3 1 20\n1 0 0 3\n2 3 4 5\n3 6 9 7\n",
}
READ = {"gap": gap.read, "cflp": cflp.read, "sscflp": sscflp.read, "pmed": pmed.read}


def written(folder: Path, text: str) -> Path:
    path = folder / "instance.txt"
    path.write_bytes(text.encode("latin-1"))
    return path


def test_assignment(tmp_path: Path) -> None:
    data = gap.read(written(tmp_path, TEXT["gap"]))
    assert data.cost.tolist() == [[1, 2, 3], [4, 5, 6]]
    assert data.use.tolist() == [[1, 1, 2], [2, 1, 1]]
    assert data.capacity.tolist() == [3, 4]


def test_splittable_costs_become_exact_whole_numbers_a_unit_of_demand(tmp_path: Path) -> None:
    data = cflp.read(written(tmp_path, TEXT["cflp"]))
    assert data.decimals == 1
    assert data.unit_cost.tolist() == [[5, 15], [20, 5]]  # 0.5, 1.5; 2, 0.5
    assert data.opening.tolist() == [75, 30]


def test_single_source_keeps_the_decimals_of_costs(tmp_path: Path) -> None:
    data = sscflp.read(written(tmp_path, TEXT["sscflp"]))
    assert (data.decimals, data.opening.tolist(), data.demand.tolist()) == (2, [1050, 2000], [3, 4, 5])
    assert data.cost.tolist() == [[100, 200], [300, 400], [500, 625]]


def test_distances_are_cut_to_whole_numbers(tmp_path: Path) -> None:
    data = pmed.read(written(tmp_path, TEXT["pmed"]))
    assert data.cost.tolist() == [[0, 5, 10], [5, 0, 5], [10, 5, 0]]  # √117 = 10.8…, √34 = 5.8…
    assert data.places == 1


def test_floor_distance_is_exact_for_large_coordinates() -> None:
    k = 94_906_267  # k² is beyond 2^53: a rounded root would be one too large for k² − 1
    root = pmed.floor_distance(np.array([[0, 0], [k, 0]], dtype=np.int64))
    assert root[0, 1] == k


@pytest.mark.parametrize("kind", READ)
def test_stray_characters_at_the_end_are_no_data(kind: str, tmp_path: Path) -> None:
    READ[kind](written(tmp_path, TEXT[kind] + "\x1a\n"))
    READ[kind](written(tmp_path, TEXT[kind] + " %\r\n"))


@pytest.mark.parametrize("kind", READ)
def test_a_truncated_file_is_refused_at_its_end(kind: str, tmp_path: Path) -> None:
    words = TEXT[kind].split()
    with pytest.raises(MalformedFile, match=rf"number {len(words)}: the file ends where 1 more") as caught:
        READ[kind](written(tmp_path, " ".join(words[:-1])))
    assert caught.value.number == len(words)


@pytest.mark.parametrize("kind", READ)
def test_numbers_left_over_are_refused(kind: str, tmp_path: Path) -> None:
    with pytest.raises(MalformedFile, match="1 numbers more than the header announces, from 77 on") as caught:
        READ[kind](written(tmp_path, TEXT[kind] + "77\n"))
    assert caught.value.line == len(TEXT[kind].splitlines()) + 1


@pytest.mark.parametrize("kind", READ)
def test_words_and_numbers_without_end_are_refused(kind: str, tmp_path: Path) -> None:
    words = TEXT[kind].split()
    for wrong, reason in (("1o", "'1o' is not a number"), ("1e99", "finite"), ("inf9", "not a number")):
        with pytest.raises(MalformedFile, match=f"number 4: .*{reason}"):
            READ[kind](written(tmp_path, " ".join([*words[:3], wrong, *words[4:]])))


@pytest.mark.parametrize(
    ("kind", "at", "wrong", "reason"),
    [
        ("gap", 0, "0", "line 1, number 1: machines: 0 is below 1"),
        ("gap", 8, "-1", "line 4, number 9: resource uses: -1 is below 0"),
        ("gap", 2, "1.5", "number 3: costs: 1.5 is not a whole number"),
        ("cflp", 6, "0", "number 7: demand: 0 is below 1"),
        ("cflp", 9, "-5", "line 6, number 10: demand: -5 is below 1"),
        ("sscflp", 6, "-3", "line 4, number 7: demands: -3 is below 0"),
        ("sscflp", 1, "4", "the file ends"),
        ("pmed", 3, "9", "number 4: 9 medians among 3 points"),
        ("pmed", 9, "7", "number 10: point 2 has another id"),
        ("pmed", 16, "-7", "line 5, number 17: numbers of the points"),
    ],
)
def test_wrong_numbers_are_refused_with_their_place(
    kind: str, at: int, wrong: str, reason: str, tmp_path: Path
) -> None:
    lines = [line.split() for line in TEXT[kind].splitlines()]
    for line in lines:
        if at < len(line):
            line[at] = wrong
            break
        at -= len(line)
    with pytest.raises(MalformedFile, match=reason):
        READ[kind](written(tmp_path, "\n".join(" ".join(line) for line in lines)))


def test_an_empty_file(tmp_path: Path) -> None:
    with pytest.raises(MalformedFile, match="line 1, number 1: the file ends"):
        gap.read(written(tmp_path, ""))


def test_optima(tmp_path: Path) -> None:
    path = tmp_path / "optima.csv"
    path.write_text("instance,sense,value,status,bound,source\na,min,12.5,best-known,,x\n", encoding="utf-8")
    assert read_optima(path)["a"].bound is None
    path.write_text("instance,sense,value,status,bound,source\na,max,12.5,proven,1,x\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 2: sense 'max'"):
        read_optima(path)
