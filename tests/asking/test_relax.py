"""Conflicts and ways out, on planted conflicts: every set irreducible, every repair least and tried."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pulp
import pytest

from optimizer import api
from optimizer.analysis.by_rule import ByRule
from optimizer.analysis.relaxed import Irreducible, Repair
from optimizer.asking.crowding import crowded
from optimizer.asking.irreducible import irreducible
from optimizer.asking.relax import Relaxed, relax, relax_record
from optimizer.build import build
from optimizer.instance import Instance
from optimizer.program import Program
from optimizer.solvers.base import Limits
from optimizer.solvers.direct import written_out
from optimizer.solvers.feasible import any_plan
from optimizer.solvers.pulp_bridge import model_of
from tests.planted import planted

CASES = [("songjiang-mini", 3), ("hunan-mini", 1), ("guangxi-mini", 3)]
"""A sample; 200 over five policies are `python -m benchmarks run conflicts`."""


def cbc_finds_none(program: Program) -> bool:
    """The second opinion: CBC says that the program has no plan."""
    whole = written_out(program, [], np.zeros(program.columns))
    if whole.contradicted():
        return True  # a row without entries that asks for something, which PuLP leaves out
    model, _ = model_of(whole)
    model.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=60))
    return bool(model.status == pulp.LpStatusInfeasible)


def is_irreducible(instance: Instance, found: Irreducible) -> bool:
    """All of them have no plan (CBC); without any one of them there is one, which holds every row exactly."""
    parts = ByRule(build(instance, all_options=True))
    if not cbc_finds_none(parts.only(found.rules)) or set(found.without) != set(found.rules):
        return False
    return not any(parts.only(set(found.rules) - {name}).faults(x) for name, x in found.without.items())


def is_least(instance: Instance, repair: Repair) -> bool:
    """One step less of its only move leaves no plan: built and decided again."""
    if len(repair.moves) != 1 or not repair.least:
        return True
    move = repair.moves[0]
    less = Repair((type(move)(move.lever, move.steps - 1),), True).applied(instance)
    return any_plan(build(less).program, Limits(0.0, 60.0)).x is None


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_planted_conflicts_are_found_and_mended(name: str, seed: int) -> None:
    case = planted(name, seed)
    found = relax(case.instance, plans=False, time=120)
    assert found.status == "conflict", case.what
    assert found.conflict is not None, case.what
    assert found.conflict.proven, case.what
    assert not found.conflict.unproven, case.what
    assert is_irreducible(case.instance, found.conflict), (case.what, found.conflict.rules)
    assert case.rules & set(found.conflict.rules), (case.what, found.conflict.rules)
    for tried in found.tried:
        assert tried.holds, (case.what, tried.repair)
        assert is_least(case.instance, tried.repair), (case.what, tried.repair)
    assert found.text.zh.startswith("没有合法方案")
    assert "  1. " in found.text.zh
    assert relax_record(found)["status"] == "conflict"


def reported(found: Relaxed) -> set[str]:
    """Fields that some repair moves."""
    return {f"{m.lever.rule}.{m.lever.field}" for t in found.tried for m in t.repair.moves}


def test_what_is_protected_is_named_but_never_moved() -> None:
    asked = {"into-town-share.at_least": 0.9}
    free = relax("songjiang-mini", set=asked, plans=False)
    held = relax("songjiang-mini", set=asked, protect=["SJ-01"], plans=False)
    assert free.conflict is not None
    assert held.conflict is not None
    assert "total-2025" in held.conflict.rules
    assert "不可改" in held.text.zh
    assert not any(name.startswith("total-2025") for name in reported(held))
    assert any(name.startswith("into-town-share") for name in reported(held))


def test_a_legal_task_is_said_to_be_so() -> None:
    found = relax("songjiang-mini")
    assert found.status == "legal"
    assert found.conflict is None
    assert not found.tried
    assert "有合法方案" in found.text.zh


def test_a_target_beyond_all_consents_is_seen_at_once() -> None:
    found = relax("songjiang-mini", set={"total-2025.at_least": 17}, plans=False)
    assert [(r.id, b.limit, b.reach) for r, _, b in found.beyond] == [("total-2025", 17, 15)]
    assert found.conflict is not None
    assert found.conflict.rules == ("total-2025",)
    assert "最多也只有 15 户" in found.text.zh


def test_households_that_agree_only_to_full_sites_are_told_so() -> None:
    """Three quarters of the homes taken away: so many households, these sites, so many places; the crowd is recounted here."""
    instance = api.load("songjiang-mini", {"into-town-share.at_least": 0, "into-town-share.at_most": 10_000})
    homes = instance.tables["site_homes"].copy()
    homes["homes"] = homes["homes"] // 4
    parts = ByRule(build(replace(instance, tables={**instance.tables, "site_homes": homes}), all_options=True))
    conflict = irreducible(parts, Limits(0.0, 120.0))
    assert conflict is not None
    cut = crowded(parts, conflict, Limits(0.0, 120.0))
    assert cut is not None
    assert cut.column == "site"
    consents = instance.tables["consents"].astype(str)
    left = consents.loc[~consents["site"].isin(set(homes.loc[homes["homes"] == 0, "site"].astype(str)))]
    only = left.groupby("household")["site"].agg(set)
    assert len(cut.few.sets) == sum(sites <= set(cut.sites) for sites in only)
    assert "whole-numbers" in conflict.rules, "the numbers of homes that the table gives"
    assert cut.few.places + cut.few.others == cut.few.most < cut.few.limit
