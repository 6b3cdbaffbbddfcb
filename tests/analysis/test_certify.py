"""``optimizer certify`` on whole plans: what holds is proven, what was changed afterwards is found and named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import optimizer
from optimizer import api
from tests.analysis.plan_folders import change_json, change_rows, relocation, solved
from tests.cli_kit import Said, run  # noqa: F401

pytestmark = pytest.mark.xdist_group("certify")  # one worker makes what the tests share

Folders = tuple[Path, Path]
Tamper = Callable[[Path, Path], None]
MOVED = "certificate.json 在方案写出之后被改动过"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    """A relocation instance of 600 households and its plan folder, solved by HiGHS (fast here), with the prices of its LP."""
    place = tmp_path_factory.mktemp("certify")
    instance = relocation(place / "instance")
    return instance, solved(instance, place / "plan", gap=1e-2, solver="highs")


@pytest.fixture
def copied(made: Folders, tmp_path: Path) -> Folders:
    """Both as copies that may be changed."""
    instance, plan = tmp_path / "instance", tmp_path / "plan"
    shutil.copytree(made[0], instance)
    shutil.copytree(made[1], plan)
    return instance, plan


def stage(content: dict[str, Any]) -> dict[str, Any]:
    """The one stage of certificate.json or plan.json."""
    return dict.__getitem__(content, "stages")[0]  # type: ignore[no-any-return]


def at_certificate(change: Callable[[dict[str, Any]], object]) -> Tamper:
    """Something changed in certificate.json."""
    return lambda instance, plan: change_json(plan / "certificate.json", change)


def at_plan(change: Callable[[dict[str, Any]], object]) -> Tamper:
    """Something changed in plan.json."""
    return lambda instance, plan: change_json(plan / "plan.json", change)


def both_prices(change: Callable[[list[Any]], object]) -> Tamper:
    """The same change of the stage's prices and of those at the head of the file."""

    def everywhere(content: dict[str, Any]) -> None:
        change(content["prices"])
        change(stage(content)["prices"])

    return at_certificate(everywhere)


def cheaper(prices: list[Any]) -> None:
    prices[0][2] -= prices[0][2] // 100


def by_one(prices: list[Any]) -> None:
    prices[0][2] += 1


def turned(prices: list[Any]) -> None:
    prices[0][2] = -prices[0][2]


def huge(prices: list[Any]) -> None:
    prices[0][2] = 2**62


def unknown(prices: list[Any]) -> None:
    prices[0][1] = "S99999"


def coarser(prices: list[Any]) -> None:
    next(p for p in prices if p[0] == "county-budget")[3] *= 10


def swapped(content: dict[str, Any]) -> None:
    content["stages"].append({**stage(content), "stage": "another"})
    content["stages"].reverse()


def another_move(instance: Path, plan: Path) -> None:
    """One household to another year in which there is room: whether legal or not, its value is another."""

    def later(rows: list[dict[str, str]]) -> None:
        row = next(r for r in rows if r["year"] == "2018")
        row["year"] = "2019"
        row["points"] = str(int(row["worth"]) * 2)

    change_rows(plan / "tables" / "moves.csv", later)


def dropped_move(instance: Path, plan: Path) -> None:
    change_rows(plan / "tables" / "moves.csv", lambda rows: rows.pop())


def other_record(instance: Path, plan: Path) -> None:
    change_rows(plan / "tables" / "moves.csv", lambda rows: rows[0].update(cost="1"))


def not_agreed(instance: Path, plan: Path) -> None:
    change_rows(plan / "tables" / "moves.csv", lambda rows: rows[0].update(site="S00012"))


def one_cell(instance: Path, plan: Path) -> None:
    change_rows(instance / "households.csv", lambda rows: rows[5].update(need=str(int(rows[5]["need"]) + 1)))


def more_money(instance: Path, plan: Path) -> None:
    change_rows(instance / "county_plans.csv", lambda rows: rows[0].update(budget=str(int(rows[0]["budget"]) + 50)))


TAMPERED: dict[str, tuple[Tamper, str, str]] = {
    "a price by 1 of 2^-shift": (both_prices(by_one), "file", MOVED),  # at a tie it proves the same as before
    "a price": (both_prices(cheaper), "price", "有价格或合计被改动"),
    "a price in one place": (
        at_certificate(lambda c: cheaper(c["prices"])),
        "price",
        "文件开头的价格与该目标的价格不同",
    ),
    "a price's sign": (both_prices(turned), "price", "正负号与其限值不符"),
    "a price beyond all measure": (both_prices(huge), "price", "无法精确重算"),
    "a price of nothing": (both_prices(unknown), "price", "没有对应的限值"),
    "a price's unit": (both_prices(coarser), "price", "没有对应的限值"),
    "a price left out": (both_prices(lambda p: p.pop()), "price", "有价格或合计被改动"),
    "the total": (at_certificate(lambda c: stage(c).update(total=stage(c)["total"] + 1)), "price", "合计被改动"),
    "the shift": (at_certificate(lambda c: stage(c).update(shift=stage(c)["shift"] - 1)), "bound", "界不由价格得出"),
    "the bound, better": (
        at_certificate(lambda c: stage(c).update(bound=stage(c)["bound"] - 1, proof="prices")),
        "bound",
        "界不由价格得出",
    ),
    "the bound, worse": (
        at_certificate(lambda c: stage(c).update(bound=stage(c)["bound"] + 1, proof="prices")),
        "bound",
        "界不由价格得出",
    ),
    "the price bound": (
        at_certificate(lambda c: stage(c).update(price_bound=stage(c)["price_bound"] - 1)),
        "bound",
        "界不由价格得出",
    ),
    "the first bound": (at_certificate(lambda c: c.update(bound=c["bound"] - 1)), "bound", "界不由价格得出"),
    "a bound below the plan": (
        at_certificate(lambda c: stage(c).update(bound=stage(c)["value"] - 1, proof="solver")),
        "bound",
        "二者必有一误",
    ),
    "the value": (
        at_certificate(lambda c: stage(c).update(value=stage(c)["value"] + 1)),
        "value",
        "按方案的表重算为",
    ),
    "the stages": (at_certificate(swapped), "stages", "certificate.json 的目标依次为"),
    "the policy": (
        at_certificate(lambda c: c.update(policy_sha256="0" * 64)),
        "policy",
        "与现在的不同（条文版本或 --set 的数值不同）",
    ),
    "a space": (lambda i, p: (p / "certificate.json").write_bytes((p / "certificate.json").read_bytes() + b" "), "file", MOVED),
    "plan.json's value": (at_plan(lambda h: stage(h).update(value=stage(h)["value"] - 1)), "value", "plan.json 写明"),
    "plan.json's bound": (at_plan(lambda h: stage(h).update(bound=stage(h)["bound"] - 1)), "bound", "plan.json 写明"),
    "plan.json's stages": (at_plan(lambda h: h["stages"].append(stage(h))), "stages", "plan.json 的目标依次为"),
    "another move": (another_move, "value", "按方案的表重算为"),
    "a move left out": (dropped_move, "value", "按方案的表重算为"),
    "a cell of households": (one_cell, "input", "输入表 households.csv 已被改动"),
    "a cell of county_plans": (more_money, "input", "输入表 county_plans.csv 已被改动"),
    "an input file more": (
        lambda i, p: shutil.copy(i / "sites.csv", i / "sites2.csv") and (i / "sites.csv").rename(i / "安置点.csv") and (i / "sites2.csv").unlink(),
        "input",
        "输入表 sites.csv 已不在",
    ),
    "the head of the instance": (
        lambda i, p: (i / "instance.toml").write_text((i / "instance.toml").read_text(encoding="utf-8") + "\n", encoding="utf-8"),
        "input",
        "输入表 instance.toml 已被改动",
    ),
}  # fmt: skip


def test_an_untouched_plan_is_proven(made: Folders, run: Callable[..., Said]) -> None:  # noqa: F811
    """The bound is the one that was stated, and both languages say how far any legal plan could be better."""
    found = optimizer.certify(*made)
    stated = json.loads((made[1] / "certificate.json").read_text(encoding="utf-8"))
    assert found.holds
    assert [(s.value, s.proven) for s in found.stages] == [(s["value"], s["price_bound"]) for s in stated["stages"]]
    only = found.stages[0]
    assert only.proven is not None
    assert only.more == only.proven - only.value >= 0
    said = run("certify", str(made[0]), str(made[1]), "--lang", "en")
    assert said.code == 0
    assert f"no legal plan is better than this one by more than {only.more:,} points, that is " in said.out
    assert "its proof holds" in said.out
    assert "证明成立" in run("certify", str(made[0]), str(made[1])).out
    record = json.loads(run("certify", str(made[0]), str(made[1]), "--json").out)
    assert (record["status"], record["stages"][0]["bound"]) == ("proven", only.proven)


@pytest.mark.parametrize("name", TAMPERED)
def test_what_was_changed_is_found_and_named(name: str, copied: Folders, run: Callable[..., Said]) -> None:  # noqa: F811
    """Each by its own kind of doubt, its own sentence, and exit code 5."""
    tamper, kind, words = TAMPERED[name]
    tamper(*copied)
    said = run("certify", str(copied[0]), str(copied[1]), "--json")
    assert said.code == 5, said.err
    record = json.loads(said.out)
    assert record["status"] == "refuted"
    told = [d["text"] for d in record["doubts"] if d["kind"] == kind]
    assert any(words in text for text in told), record["doubts"]


@pytest.mark.parametrize(("tamper", "clause"), [(not_agreed, "RL-01"), (other_record, "RL-03")])
def test_a_plan_that_breaks_a_clause_is_5(
    tamper: Tamper, clause: str, copied: Folders, run: Callable[..., Said]  # noqa: F811
) -> None:  # fmt: skip
    """The clause is named, by the audit or by what is written beside the moves."""
    tamper(*copied)
    assert clause in {v.clause for v in api.certify(*copied).violations}
    said = run("certify", str(copied[0]), str(copied[1]), "--lang", "en")
    assert (said.code, clause in said.out) == (5, True)
    assert "the plan breaks clauses in" in said.out


@pytest.mark.parametrize("turn", [turned, huge, cheaper])
def test_changed_prices_never_prove_too_much(turn: Callable[[list[Any]], object], copied: Folders) -> None:
    """Whatever the prices, the bound that is recomputed is no better than the plan's value."""
    both_prices(turn)(*copied)
    only = api.certify(*copied).stages[0]
    assert only.proven is None or only.proven >= only.value
    honest = json.loads((copied[1] / "plan.json").read_text(encoding="utf-8"))["stages"][0]["bound"]
    if turn is turned:  # clipped to 0: the recomputed bound is worse than the stated one
        assert only.proven is not None
        assert only.proven > honest


def spoil(name: str, content: bytes | None) -> Tamper:
    """A file of the plan folder removed, or with other content."""

    def change(instance: Path, plan: Path) -> None:
        (plan / name).unlink()
        if content is not None:
            (plan / name).write_bytes(content)

    return change


UNREADABLE: dict[str, Tamper] = {
    "no certificate": spoil("certificate.json", None),
    "an empty certificate": spoil("certificate.json", b""),
    "no JSON": spoil("certificate.json", b"{"),
    "not UTF-8": spoil("certificate.json", b'{"a": "\xff"}'),
    "a list": spoil("certificate.json", b"[1, 2]"),
    "far too deep": spoil("certificate.json", b"[" * 100_000),
    "a key more": at_certificate(lambda c: c.update(extra=1)),
    "a price of three": at_certificate(lambda c: stage(c)["prices"][0].pop()),
    "a price in text": at_certificate(lambda c: stage(c)["prices"][0].__setitem__(2, "7")),
    "a price with decimals": at_certificate(lambda c: stage(c)["prices"][0].__setitem__(2, 7.5)),
    "a price of 100 digits": at_certificate(lambda c: stage(c)["prices"][0].__setitem__(2, 10**100)),
    "a bound of 100 digits": at_certificate(lambda c: stage(c).update(bound=10**100)),
    "a shift below 0": at_certificate(lambda c: stage(c).update(shift=-1)),
    "another format": at_certificate(lambda c: c.update(format="optimizer-certificate-9")),
    "no bound": at_certificate(lambda c: stage(c).pop("bound")),
    "no plan.json": spoil("plan.json", None),
    "a plan.json too deep": spoil("plan.json", b"[" * 100_000),
    "values in text": at_plan(lambda h: stage(h).update(value="7")),
    "no stages": at_plan(lambda h: h.pop("stages")),
    "no hashes": at_plan(lambda h: h.pop("hashes")),
    "changes that are none": at_plan(lambda h: h["settings"].update(set=[1])),
    "changes of nothing": at_plan(lambda h: h["settings"].update(set={"no-rule.at_most": 1})),
    "another policy": at_plan(lambda h: h.update(policy="songjiang")),
    "no moves": spoil("tables/moves.csv", None),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_2_without_a_traceback(
    name: str, copied: Folders, run: Callable[..., Said]  # noqa: F811
) -> None:  # fmt: skip
    UNREADABLE[name](*copied)
    said = run("certify", str(copied[0]), str(copied[1]))
    assert said.code == 2
    assert said.err.strip()
    assert "Traceback" not in said.err
    assert "程序故障" not in said.err


def test_numbers_changed_for_the_plan_are_applied_and_named(
    made: Folders, tmp_path: Path, run: Callable[..., Said]  # noqa: F811
) -> None:  # fmt: skip
    """``--set`` of the solve is in plan.json: certify reads the instance the same way and says so; without it, nothing holds."""
    plan = solved(
        made[0], tmp_path / "plan", gap=1e-2, solver="highs", set={"land.stretch": True, "wish_points.rate": 30}
    )
    said = run("certify", str(made[0]), str(plan), "--lang", "en")
    assert said.code == 0, said.out + said.err
    assert "wish_points.rate = 30" in said.out
    change_json(plan / "plan.json", lambda h: h["settings"].update(set={}))
    found = api.certify(made[0], plan)
    assert {"policy", "value"} <= {d.kind for d in found.doubts}


def test_a_plan_in_memory_is_certified_too(made: Folders) -> None:
    """Without files there are no hashes to compare, everything else is the same."""
    instance = optimizer.load(made[0])
    plan = optimizer.solve(instance, gap=1e-3, time=5)  # closer than prices alone prove
    found = optimizer.certify(instance, plan)
    assert found.holds
    assert [s.proven for s in found.stages] == [s["price_bound"] for s in plan.certificate["stages"]]
    assert optimizer.certify(optimizer.load(made[0], {"wish_points.rate": 30}), plan).doubts
