"""The Songjiang generator: valid tables of any size, honest sources, the shape and tightness that it promises."""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from functools import cache
from itertools import combinations_with_replacement
from pathlib import Path
from types import ModuleType

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from optimizer.instance import Instance
from optimizer.policy.load import load_policy
from optimizer.reading import read_instance

_ROOT = Path(__file__).parents[2]
_POLICY = _ROOT / "models" / "songjiang.toml"
_FOLDER = _ROOT / "instances" / "songjiang"
_PLACES = ["towns", "villages", "hamlets", "households", "sites", "home_types", "site_homes", "consents", "roads"]
_TABLES = [*_PLACES, "town_budgets", "new_town_fund", "turnover", "links"]
_SIZES = (20, 21, 26, 27, 149, 150, 333, 599, 600, 1500, 14_000, 30_000)

Tables = dict[str, pd.DataFrame]


@cache
def _module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("songjiang_generate", _FOLDER / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@cache
def _tables(households: int, seed: int = 1) -> Tables:
    return _module().generate(households, seed)


def _written(folder: Path, households: int, seed: int, form: str, monkeypatch: pytest.MonkeyPatch) -> Instance:
    words = [
        "generate.py",
        "--households",
        str(households),
        "--seed",
        str(seed),
        "--out",
        str(folder),
        "--format",
        form,
    ]
    monkeypatch.setattr(sys, "argv", words)
    _module().main()
    instance, notices = read_instance(folder, lambda _: load_policy(_POLICY))
    assert notices == []
    return instance


def _consents_of(tables: Tables) -> pd.Series:
    """Household → all it agrees to, as one text ("" for nothing)."""
    rows = tables["consents"]
    text = rows["mode"] + "@" + rows["site"].astype(str) + "#" + rows["rank"].astype(str)
    agreed = text.groupby(rows["household"]).agg(" ".join)
    return agreed.reindex(tables["households"]["household"], fill_value="")


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize(("households", "seed"), [(20, 1), (20, 7), (150, 2), (600, 3), (3000, 4)])
def test_reads_without_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, households: int, seed: int, form: str
) -> None:
    instance = _written(tmp_path, households, seed, form, monkeypatch)
    optional = {table.name for table in instance.policy.table if table.optional}
    assert sorted(set(instance.tables) - optional) == sorted(_TABLES)
    assert len(instance.tables["households"]) == households
    assert all(len(instance.tables[name]) for name in _TABLES)


def test_formats_hold_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = _written(tmp_path / "csv", 400, 5, "csv", monkeypatch)
    two = _written(tmp_path / "parquet", 400, 5, "parquet", monkeypatch)
    for name in _TABLES:
        pd.testing.assert_frame_equal(one.tables[name], two.tables[name])


def test_bundled_folder_is_what_the_generator_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _written(tmp_path, 14_000, 1, "csv", monkeypatch)
    for name in [*(f"{table}.csv" for table in _TABLES), "instance.toml"]:
        assert (tmp_path / name).read_bytes() == (_FOLDER / name).read_bytes(), name


def test_same_seed_same_tables_other_seed_others() -> None:
    again, other = _module().generate(600, 1), _module().generate(600, 2)
    for name in _TABLES:
        pd.testing.assert_frame_equal(_tables(600)[name], again[name])
    assert not _tables(600)["households"].equals(other["households"])
    assert not _tables(600)["consents"].equals(other["consents"])


@pytest.mark.parametrize("households", [0, 19, 1_000_001])
def test_size_out_of_range(households: int) -> None:
    with pytest.raises(SystemExit, match="20 to 1,000,000"):
        _module().generate(households, 1)


@pytest.mark.parametrize("size", _SIZES)
def test_households(size: int) -> None:
    tables = _tables(size)
    households, hamlets = tables["households"], tables["hamlets"]
    assert len(households) == size
    assert households["household"].is_unique
    assert households["persons"].between(1, 8).all()
    assert households["homestead"].between(180, 320).all()
    assert (households["homestead"] % 5 == 0).all()
    assert (households["residual"] % 1000 == 0).all()
    count = households["hamlet"].value_counts().reindex(hamlets["hamlet"])
    assert count.between(3, 7 if size < 150 else 60).all()
    sums = households.groupby("hamlet")["homestead"].sum().reindex(hamlets["hamlet"]).to_numpy()
    assert ((hamlets["land"] >= 1.6 * sums) & (hamlets["land"] <= 2.0 * sums)).all()


@pytest.mark.parametrize("size", _SIZES)
def test_consents_are_legal(size: int) -> None:
    tables = _tables(size)
    hamlets = tables["hamlets"].merge(tables["villages"], on="village")
    people = tables["households"].merge(hamlets, on="hamlet")
    sites = tables["sites"][["site", "kind", "town"]].rename(columns={"town": "site_town"})
    rows = tables["consents"].merge(people, on="household", validate="m:1").merge(sites, on="site", how="left")
    assert len(rows) == len(tables["consents"])
    assert not rows.duplicated(["household", "mode", "site"]).any()
    town, settlement, out = (rows[rows["mode"] == mode] for mode in ("town", "settlement", "exit"))
    assert len(town) + len(settlement) + len(out) == len(rows)
    assert town["kind"].isin(["town", "estate"]).all()
    assert ((town["kind"] == "estate") | (town["site_town"] == town["town"])).all()
    assert (settlement["kind"] == "settlement").all()
    assert (settlement["site_town"] == settlement["town"]).all()
    assert (settlement["qualifies"] == "是").all()
    assert (out["site"] == "").all()
    assert (out["other_home"] == "是").all()
    ranks = rows.sort_values(["household", "rank"])
    assert (ranks["rank"].to_numpy() == ranks.groupby("household").cumcount().to_numpy() + 1).all()


@pytest.mark.parametrize("size", _SIZES)
def test_sites_money_and_flags(size: int) -> None:
    tables = _tables(size)
    sites, towns, hamlets = tables["sites"], tables["towns"], tables["hamlets"]
    assert set(sites["kind"]) == {"town", "settlement", "estate"}
    homes = tables["site_homes"]
    assert (homes["homes"] > 0).all()
    assert set(homes["site"]) == set(sites["site"])
    assert set(sites.loc[sites["kind"] == "town", "town"]) == set(towns["town"])
    points = sites[sites["kind"] == "settlement"].merge(tables["villages"], on="village", suffixes=("", "_of"))
    assert len(points) == (sites["kind"] == "settlement").sum()
    assert (points["town"] == points["town_of"]).all()
    assert (sites.loc[sites["kind"] != "settlement", "village"] == "").all()
    budgets = tables["town_budgets"]
    assert {*zip(budgets["town"], budgets["year"], strict=True)} == {
        (t, y) for t in towns["town"] for y in range(2019, 2028)
    }
    for table in ("new_town_fund", "turnover"):
        assert tables[table]["year"].tolist() == list(range(2019, 2028))
    inside = hamlets[hamlets["new_town"] == "是"].merge(tables["villages"], on="village")
    assert set(inside["town"]) <= {"车墩", "佘山", "小昆山", "洞泾"}
    assert 0 < len(inside) < len(hamlets)
    for flag in ("three_highs", "two_zones", "planned_point"):
        assert set(hamlets[flag]) == {"是", "否"}
    assert not ((hamlets["three_highs"] == "是") & (hamlets["two_zones"] == "是")).any()


@pytest.mark.parametrize("size", _SIZES)
def test_every_site_has_mixes_near_the_entitlements(size: int) -> None:
    """Two mixes of at most three flats within 15 m² below and 20 m² above 180, 200 and 220 m²."""
    tables = _tables(size)
    homes = tables["site_homes"].merge(tables["home_types"], on="home_type")
    assert set(homes.loc[homes["use"] == "flat", "area"]) <= set(range(60, 121))
    for _, own in homes[homes["use"] == "flat"].groupby("site"):
        areas = own["area"].tolist()
        mixes = {m: sum(m) for n in (1, 2, 3) for m in combinations_with_replacement(areas, n)}
        for entitled in (180, 200, 220):
            assert sum(entitled - 15 <= area <= entitled + 20 for area in mixes.values()) >= 2


@pytest.mark.parametrize("size", _SIZES)
def test_roads_join_everything(size: int) -> None:
    tables = _tables(size)
    graph = nx.from_pandas_edgelist(tables["roads"], "from", "to", "length")
    assert nx.is_connected(graph)
    assert set(tables["hamlets"]["node"]) | set(tables["sites"]["node"]) <= set(graph)
    assert (tables["roads"]["length"] > 0).all()
    if size >= 600:
        far = nx.single_source_dijkstra_path_length(graph, "C新浜", weight="length")
        assert 25_000 < far["C九亭"] < 60_000
        assert graph.number_of_edges() > graph.number_of_nodes()  # more than a tree


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_shape_of_the_district(seed: int) -> None:
    """The numbers of the bundled size: towns, villages, hamlets, sites, and who consents to what."""
    tables = _tables(14_000, seed)
    sides = tables["towns"].groupby("side")["town"].agg(list).to_dict()
    assert sides["south"] == ["泖港", "石湖荡", "新浜", "叶榭"]
    assert sides["north"] == ["车墩", "佘山", "小昆山", "泗泾", "洞泾", "新桥", "九亭"]
    assert 90 <= len(tables["villages"]) <= 110
    assert 890 <= len(tables["hamlets"]) <= 915
    assert tables["sites"]["kind"].value_counts().to_dict() == {"settlement": 22, "town": 17, "estate": 5}
    agreed = _consents_of(tables).ne("")
    assert 0.76 <= agreed.mean() <= 0.82
    assert 0.5 <= agreed.groupby(tables["households"]["hamlet"].to_numpy()).all().mean() <= 0.6


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_number_of_options(seed: int) -> None:
    """Consents × years from the ready year × two mixes (one for exit): about 167,000."""
    tables = _tables(14_000, seed)
    rows = tables["consents"].merge(tables["sites"][["site", "ready"]], on="site", how="left")
    years = 2026 - rows["ready"].fillna(2019).astype(int)
    options = int((years * np.where(rows["mode"] == "exit", 1, 2)).sum())
    assert 160_000 <= options <= 175_000


@pytest.mark.parametrize("size", [20, 600, 14_000])
def test_equal_cases(size: int) -> None:
    """Households that equal another of their hamlet in everything but their code."""
    tables = _tables(size)
    households = tables["households"].assign(agreed=_consents_of(tables).to_numpy())
    same = households[households["agreed"] != ""].drop(columns="household").duplicated()
    assert same.any()
    if size == 14_000:
        assert 0.04 <= same.sum() / size <= 0.08


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_not_everybody_fits(seed: int) -> None:
    """The sites hold fewer households than consent to them, at least in some town and of some kind."""
    tables = _tables(14_000, seed)
    rows = tables["consents"].merge(tables["sites"], on="site")
    asked = rows[rows["rank"] == 1].groupby("site").size()
    room = tables["sites"].set_index("site")["capacity"] / 185
    crowded = asked.reindex(room.index, fill_value=0) > room
    assert 0.2 <= crowded.mean() <= 0.9


@pytest.mark.parametrize(
    ("size", "targets"), [(20, (7, 8, 14)), (14_000, (5000, 6100, 10_000)), (28_000, (10_000, 12_200, 20_000))]
)
def test_targets_scale(size: int, targets: tuple[int, int, int]) -> None:
    text = tomllib.loads(_module().description(size, 1))
    assert tuple(text["parameters"].values()) == targets
    assert list(text["parameters"]) == ["target_2022", "stretch_2022", "target_2025"]


def test_sources_are_of_the_three_kinds() -> None:
    text = tomllib.loads(_module().description(14_000, 1))
    assert {s["kind"] for s in text["source"]} == {"public", "assumed", "generated"}
    assert all(s["what"] and s["note"] for s in text["source"])
    assert any("泖港01村" in s["note"] for s in text["source"])
    assert text["instance"]["generated"] is True


def test_twenty_households() -> None:
    tables = _tables(20)
    assert tables["towns"]["side"].tolist() == ["south", "north"]
    assert len(tables["hamlets"]) == 4
    assert len(tables["sites"]) == 5
    south = tables["towns"]["town"][0]
    assert set(tables["sites"].loc[tables["sites"]["town"] == south, "kind"]) == {"town", "settlement", "estate"}


def test_a_large_one_is_quick_and_whole() -> None:
    """200,000 households: sizes and names hold where codes grow wider."""
    tables = _module().generate(200_000, 1)
    assert tables["households"]["household"].is_unique
    assert tables["villages"]["village"].is_unique
    assert tables["hamlets"]["hamlet"].is_unique
    assert len(tables["sites"]) > 100
    assert nx.is_connected(nx.from_pandas_edgelist(tables["roads"], "from", "to"))
