"""Whether a conflict lies in places: households that agree only to sites which are too small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from optimizer.analysis.by_rule import ByRule
from optimizer.analysis.few_places import Demand, FewPlaces, demands_of, too_few
from optimizer.analysis.relaxed import Crowded, Irreducible
from optimizer.program import FREE, Bools, Ints, Program
from optimizer.rules.share import Share
from optimizer.solvers.base import Limits
from optimizer.solvers.direct import restricted, written_out
from optimizer.solvers.feasible import WHOLE_AT_MOST
from optimizer.solvers.highs import WholeProgram
from optimizer.solvers.whole_highs import exact_with_bound

SITES = 60
"""Sites that are looked at one by one, at most."""

EACH_SECONDS = 5.0
"""What one site may take; its bound counts, whether or not it is reached."""


def crowded(parts: ByRule, conflict: Irreducible, limits: Limits) -> Crowded | None:
    """The conflict told in places (what the options name that has a table of its own), if that is the reason. What a site holds is the most that the conflict's rules let it have;
    shares are left out of them, which hold for all sites together."""
    choice = next((t for t in parts.model.tables.values() if t.set_column is not None), None)
    if choice is None:
        return None
    by_id = {r.id: r for r in parts.model.rules}
    program = parts.only(_with_refusals(parts, [n for n in conflict.rules if not isinstance(by_id[n], Share)]))
    tables = [t.key for t in parts.model.instance.policy.table]
    for column in [k for k in choice.keys if k != choice.set_column and [k] in tables][::-1]:
        codes = choice.frame[column].astype("category").cat
        names = list(codes.categories)
        if len(names) > SITES:
            continue
        for demand in demands_of(program):
            few = _too_few(program, demand, codes.codes.to_numpy(np.int64), len(names), limits)
            if few is not None and few.places:
                rule = by_id[program.rows["rule"].iloc[demand.row]]
                return Crowded(rule, few, column, tuple(str(names[s]) for s in few.sites))
    return None


def _with_refusals(parts: ByRule, rules: Sequence[str]) -> list[str]:
    """The rules, and those that say who may go where at all."""
    return [*rules, *(name for name in parts.model.refused if name not in rules)]


def _too_few(program: Program, demand: Demand, site: Ints, sites: int, limits: Limits) -> FewPlaces | None:
    """The cut for one demand; None where the places would do, or what they hold is not known in time."""
    lower = np.where(program.row_lower > 0, -FREE, program.row_lower)  # what is asked for is left out
    whole = written_out(replace(program, row_lower=lower), [], np.zeros(program.columns))
    holds = []
    for number in range(sites):
        here = demand.columns[site[demand.columns] == number]
        cost = np.zeros(program.columns)
        cost[here] = demand.weight[site[demand.columns] == number]
        if limits.over():
            return None
        part = replace(whole, cost=cost)
        if program.columns > WHOLE_AT_MOST:
            part = _alone(part, np.isin(np.arange(program.options), here))
        best = exact_with_bound(part, 0.0, limits.allow(EACH_SECONDS), None, limits.over)
        if not np.isfinite(best.bound):
            return None
        holds.append(int(np.floor(best.bound + 1e-6)))
    return too_few(program, demand, site, holds)


def _alone(whole: WholeProgram, here: Bools) -> WholeProgram:
    """The program of one site's options and all amounts, without the limits that other options could help to keep: what the
    site holds in it is no less than in the whole."""
    others = np.append(~here, np.zeros(len(whole.upper) - len(here), dtype=bool)).astype(np.int64)
    helps_above = whole.matrix.minimum(0) @ others != 0
    helps_below = whole.matrix.maximum(0) @ others != 0
    loose = replace(
        whole, low=np.where(helps_below, -FREE, whole.low), high=np.where(helps_above, FREE, whole.high)
    )  # fmt: skip
    return restricted(loose, np.zeros(len(whole.upper), dtype=np.int64), np.flatnonzero(others == 0))
