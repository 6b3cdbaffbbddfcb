"""The reasons of all households as a table for public notice: what each gets, and for every other thing that it may choose why not."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from optimizer.analysis.why import HELD, Reasons
from optimizer.instance import Instance
from optimizer.report.answers import Teller, each_distinct, nearest
from optimizer.report.labels import keyed_table, with_place
from optimizer.wording import Language


def notices(instance: Instance, pieces: Iterable[Reasons], language: Language) -> pd.DataFrame:
    """One row a household and thing that it may choose apart from year and homes. Columns, with headers in ``language``: the household,
    its town (or county), what it gets, what else it may choose, why it does not get that. A household that has nothing else to
    choose, or nothing at all, has one row. The order is that of the input table."""
    teller = Teller(instance, language)
    parts = [_told(teller, piece) for piece in pieces]
    told = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["household", "got", "other", "why"])
    return _headed(teller, _with_all(teller, instance, told, _household(instance)))


def _household(instance: Instance) -> str:
    """The column that names the households."""
    return next(str(d["set"]) for d in instance.policy.decision if d["kind"] == "choice")


def _told(teller: Teller, found: Reasons) -> pd.DataFrame:
    """household, got, other, why: in words."""
    near = nearest(found.frame, found.keys)
    options = each_distinct(near, found.keys[1:], teller.option)
    who = near[found.keys[0]].astype(str).to_numpy(dtype=object)
    has = (near["verdict"] == HELD).to_numpy(dtype=bool)
    got = pd.Series(options[has], index=who[has]).reindex(who).fillna(teller.say("没有安排", "nothing"))
    told = pd.DataFrame({"household": who, "got": got.to_numpy(), "other": options, "why": teller.about(near)})
    alone = has & ~pd.Series(who).isin(who[~has]).to_numpy(dtype=bool)
    told.loc[has, "other"] = ""
    told.loc[alone, "why"] = teller.say("没有别的可选。", "It has nothing else to choose from.")
    return told.loc[~has | alone]


def _with_all(teller: Teller, instance: Instance, told: pd.DataFrame, household: str) -> pd.DataFrame:
    """Also those without any option, all with their place, in the order of the input table."""
    table = keyed_table(instance, household)
    assert table is not None  # a choice set is the key of an input table
    place = instance.policy.policy.place
    everyone = with_place(instance, instance.tables[table.name], place)
    order = pd.Index(everyone[household].astype(str))
    known = pd.Index(told["household"])
    none = order[~order.isin(known)]
    said = teller.say("没有任何可选项。", "It has no options at all.")
    got = teller.say("没有安排", "nothing")
    without = pd.DataFrame({"household": none, "got": got, "other": "", "why": said}).astype(object)
    both = pd.concat([told, without], ignore_index=True)
    at = order.get_indexer(pd.Index(both["household"]))
    if place in everyone:
        both.insert(1, "place", teller.labels.words(place, everyone[place].iloc[at]).to_numpy())
    return both.iloc[np.argsort(at, kind="stable")].reset_index(drop=True)


def _headed(teller: Teller, told: pd.DataFrame) -> pd.DataFrame:
    household = _household(teller.labels.instance)
    titles = {
        "household": teller.labels.column(household),
        "place": teller.labels.column(teller.labels.instance.policy.policy.place),
        "got": teller.say("方案安排", "Gets"),
        "other": teller.say("其他选择", "Could also choose"),
        "why": teller.say("为何不是", "Why not"),
    }
    return told.rename(columns=titles)
