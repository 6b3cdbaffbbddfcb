"""Mixes of homes that a household may take at a site: whole homes near its entitlement."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from optimizer.instance import Instance
from optimizer.policy.filters import Number, resolve


class Mix(BaseModel):
    """Which mixes options of one ``mode`` may have.

    Up to ``items`` homes of the site's types with this ``use``; total area at most the ``target``
    column (0: no limit) plus ``over``. ``keep`` mixes stay for each site and target: those that no
    other mix dominates (nearer to the target, fewer homes), nearest first. Without ``use`` the
    options of the mode have no homes (paid exit). Source: SJ-11, SJ-12.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: str
    use: str = ""
    items: int = 0
    target: str = ""
    over: Number = 0
    keep: int = 3


MOST_ITEMS = 3
SLOTS = tuple(f"home_{i + 1}" for i in range(MOST_ITEMS))


def add_mixes(base: pd.DataFrame, mixes: tuple[Mix, ...], instance: Instance) -> pd.DataFrame:
    """One row for each row of ``base`` and mix open to it, with home_1 … home_3 ("" for none).

    ``base`` has mode, site and the target columns; a row without any mix disappears.
    """
    parts = []
    for mix in mixes:
        rows = base.loc[(base["mode"] == mix.mode).to_numpy(dtype=bool)]
        if not mix.use:
            parts.append(rows.assign(**dict.fromkeys(SLOTS, "")))
            continue
        target = rows[mix.target] if mix.target else pd.Series(0, index=rows.index)
        wanted = pd.DataFrame({"site": rows["site"].astype(object), "_target": target.astype(np.int64)})
        choices = _choices(wanted.drop_duplicates(), mix, instance)
        positions = wanted.assign(_row=np.arange(len(rows))).merge(choices, on=["site", "_target"])
        positions = positions.sort_values("_row", kind="stable")
        taken = rows.iloc[positions["_row"].to_numpy()]
        parts.append(taken.assign(**{slot: positions[slot].to_numpy() for slot in SLOTS}))
    together = pd.concat(parts, ignore_index=True)
    return together.assign(**{slot: together[slot].astype("category") for slot in SLOTS})


def _choices(wanted: pd.DataFrame, mix: Mix, instance: Instance) -> pd.DataFrame:
    """site, _target, home_1 … home_3 for each site and target asked for."""
    offers = instance.tables["site_homes"].merge(instance.tables["home_types"], on="home_type")
    offers = offers.loc[(offers["use"] == mix.use) & (offers["homes"] > 0)]
    by_site = {site: list(zip(f["home_type"], f["area"], strict=True)) for site, f in offers.groupby("site")}
    over = resolve(mix.over, instance.parameters)
    found = [
        (site, target, *types)
        for site, target in wanted.itertuples(index=False)
        for types in _mixes(by_site.get(site, []), int(target), over, mix)
    ]
    return pd.DataFrame(found, columns=["site", "_target", *SLOTS])


def _mixes(offered: list[tuple[str, int]], target: int, over: int, mix: Mix) -> list[tuple[str, ...]]:
    """The mixes that no other dominates, nearest to the target first, each padded to three slots."""
    legal: list[tuple[int, int, tuple[str, ...]]] = []
    for count in range(1, mix.items + 1):
        for homes in combinations_with_replacement(sorted(offered), count):
            area = sum(a for _, a in homes)
            if not mix.target or area <= target + over:
                legal.append((abs(target - area) if mix.target else 0, count, tuple(t for t, _ in homes)))
    legal.sort()
    kept: list[tuple[int, int, tuple[str, ...]]] = []
    for entry in legal:
        if not any(other[1] < entry[1] and other[0] <= entry[0] for other in kept):
            kept.append(entry)
    return [types + ("",) * (MOST_ITEMS - len(types)) for _, _, types in kept[: mix.keep]]
