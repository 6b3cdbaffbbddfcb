"""What groups of households get of a plan: shares, the worst-off, Gini, and envy between equal cases; exact fractions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from optimizer.check import admitted_options, taken_table
from optimizer.decisions import DecisionTable, decisions_of
from optimizer.decisions.choice import Choice
from optimizer.errors import OptimizerError
from optimizer.instance import Instance
from optimizer.kinds import nearest
from optimizer.lottery import draw, equal_cases
from optimizer.measures import measures_of
from optimizer.objectives import objectives_of
from optimizer.objectives.leximin import Leximin
from optimizer.rules import RuleData, rules_of
from optimizer.rules.base import singled_out
from optimizer.rules.ledger import key_text, totals
from optimizer.wording import Wording

COVERAGE = "coverage"


@dataclass(frozen=True)
class Spread:
    """How something is spread over groups: ``amount`` (base units of ``unit``) for ``weight`` (households, or the need) in
    each group; groups without any weight are left out. ``each``: the same for single households, where it is known."""

    id: str
    title: Wording
    unit: str
    groups: tuple[str, ...]
    amount: tuple[int, ...]
    weight: tuple[int, ...]
    each: tuple[int, ...] = ()

    @property
    def values(self) -> tuple[Fraction, ...]:
        """What one of each group gets."""
        return tuple(Fraction(a, w) for a, w in zip(self.amount, self.weight, strict=True))

    @property
    def mean(self) -> Fraction:
        """What one gets over all groups."""
        return Fraction(sum(self.amount), sum(self.weight))

    @property
    def worst(self) -> int:
        """The place of the group that gets least."""
        return min(range(len(self.groups)), key=lambda at: self.values[at])

    @property
    def best(self) -> int:
        """The place of the group that gets most."""
        return max(range(len(self.groups)), key=lambda at: self.values[at])

    @property
    def ratio(self) -> Fraction | None:
        """Worst against best; None where the best gets nothing."""
        top = self.values[self.best]
        return self.values[self.worst] / top if top > 0 else None

    @property
    def gini(self) -> Fraction | None:
        """Between groups, each counted with its weight."""
        return gini(self.amount, self.weight)

    @property
    def gini_each(self) -> Fraction | None:
        """Between single households."""
        return gini(self.each, [1] * len(self.each)) if self.each else None


def gini(amounts: Sequence[int], weights: Sequence[int]) -> Fraction | None:
    """The Gini coefficient of amounts a head: half the mean difference between two heads, as a share of the mean. Members of a
    group count as equal. Exact; None where there is nothing to share, or an amount is below 0.

    >>> gini([0, 1], [1, 1]), gini([1, 3], [1, 1]), gini([5, 5, 5], [1, 1, 1])
    (Fraction(1, 2), Fraction(1, 4), Fraction(0, 1))
    """
    heads, total = sum(weights), sum(amounts)
    if total <= 0 or min(amounts) < 0 or min(weights) <= 0:
        return None
    ordered = sorted(zip(amounts, weights, strict=True), key=lambda pair: Fraction(*pair))
    before, found = 0, 0
    for amount, weight in ordered:
        found += amount * (2 * before + weight - heads)
        before += weight
    return Fraction(found, heads * total)


@dataclass(frozen=True)
class Envy:
    """Equal cases (X-03): ``cases`` of more than one household, ``households`` in them, how many of these got less than an
    equal one, and how many of those against the order of the public lottery."""

    cases: int
    households: int
    less: int
    unjustified: int


@dataclass(frozen=True)
class Groups:
    """A plan by groups: how each thing is spread, and envy between equal cases (None: no choices of households)."""

    by: str
    spreads: tuple[Spread, ...]
    envy: Envy | None


def group_columns(instance: Instance) -> list[str]:
    """The columns by which groups can be made: what is known of a household itself, or the one key of a leximin objective."""
    choice = _choice(instance)
    own = [] if choice is None else [a.name for a in choice.attribute if a.path.split(".")[0] == choice.set]
    return list(dict.fromkeys([*own, *(o.per[0] for o in _covers(instance))]))


def usual_column(instance: Instance) -> str:
    """The policy's place where groups can be made by it, else the first column that will do."""
    known, place = group_columns(instance), instance.policy.policy.place
    return place if place in known else next(iter(known), "")


def by_groups(instance: Instance, tables: Mapping[str, pd.DataFrame], by: str, seed: int = 1) -> Groups:
    """A finished plan by the groups of column ``by``. Raises ``OptimizerError`` for a column that makes no groups."""
    if by not in group_columns(instance):
        raise _unknown(by, instance)
    measures, decisions = measures_of(instance.policy), decisions_of(instance.policy)
    taken = {d.id: taken_table(d, tables.get(d.id), instance, measures) for d in decisions}
    spreads: list[Spread] = []
    envy = None
    choice = _choice(instance)
    if choice is not None:
        rules = rules_of(instance.policy)
        options = admitted_options(instance, decisions, measures, rules)(choice.id)
        data = RuleData(instance, taken, seed, None, tuple(rules))
        envy = _envy(options, taken[choice.id], data)
        if by in options.frame:
            spreads += _of_choices(instance, options, taken[choice.id], by)
    spreads += [_covered(instance, o, taken) for o in _covers(instance) if o.per[0] == by]
    return Groups(by, tuple(spreads), envy)


def asked_for(instance: Instance, by: str) -> pd.DataFrame:
    """How many households of each group have anything to choose from: columns ``by`` and ``asked``."""
    decisions, measures = decisions_of(instance.policy), measures_of(instance.policy)
    choice = _choice(instance)
    if choice is None or by not in group_columns(instance):
        raise _unknown(by, instance)
    options = admitted_options(instance, decisions, measures, rules_of(instance.policy))(choice.id)
    counts = _counted(options.frame.drop_duplicates(choice.set), by)
    return pd.DataFrame({by: counts.index, "asked": counts.to_numpy(dtype=np.int64)})


def _choice(instance: Instance) -> Choice | None:
    return next((d for d in decisions_of(instance.policy) if isinstance(d, Choice)), None)


def _covers(instance: Instance) -> list[Leximin]:
    return [o for o in objectives_of(instance.policy) if isinstance(o, Leximin) and len(o.per) == 1]


def _counted(frame: pd.DataFrame, by: str) -> pd.Series:  # type: ignore[type-arg]
    """How many rows each group has, by plain values in order."""
    plain = frame[by].astype(object) if isinstance(frame[by].dtype, pd.CategoricalDtype) else frame[by]
    return plain.value_counts().sort_index()


def _of_choices(instance: Instance, options: DecisionTable, taken: DecisionTable, by: str) -> list[Spread]:
    """The share of households placed, then what those placed get of every titled measure of money."""
    asked = _counted(options.frame.drop_duplicates(options.set_column or ""), by)
    placed = _counted(taken.frame, by).reindex(asked.index, fill_value=0)
    names = tuple(map(str, asked.index))
    title = Wording("安置率", "share of households placed")
    found = [Spread(COVERAGE, title, "bp", names, _whole(placed), _whole(asked))]
    served = placed > 0
    for entry in instance.policy.measure:
        if entry.get("unit") != "fen" or "title" not in entry or entry.get("on", taken.id) != taken.id:
            continue
        values = taken.frame[str(entry["id"])]
        plain = taken.frame[by].astype(object)
        sums = values.groupby(plain).sum().reindex(asked.index, fill_value=0)
        if values.any() and (values >= 0).all():
            name = Wording(str(entry["title"]["zh"]), str(entry["title"]["en"]))
            kept = tuple(n for n, s in zip(names, served, strict=True) if s)
            found.append(
                Spread(
                    str(entry["id"]), name, "fen", kept, _whole(sums[served]), _whole(placed[served]), _whole(values)
                )
            )
    return found


def _covered(instance: Instance, goal: Leximin, taken: Mapping[str, DecisionTable]) -> Spread:
    """What a leximin objective measures: what each key is given of what it needs."""
    need = totals(goal.need, goal.per, RuleData(instance, {}))
    need = need.loc[need > 0]
    served = totals(goal.served, goal.per, RuleData(instance, taken)).reindex(need.index, fill_value=0)
    groups = tuple(key_text(key) for key in need.index)
    return Spread(goal.id, goal.title.wording, "bp", groups, _whole(served), _whole(need))


def _whole(values: pd.Series) -> tuple[int, ...]:  # type: ignore[type-arg]
    return tuple(int(v) for v in values)


def _envy(options: DecisionTable, taken: DecisionTable, data: RuleData) -> Envy:
    """Results are compared in the order of the options, as the lottery hands them out; nothing is the last."""
    frame, own = options.frame, taken.set_column or ""
    case = equal_cases(frame, own, singled_out(data.others, options, data))
    keys = [k for k in taken.keys if k != own]
    place = frame[[own, *keys]].astype(str)
    place["position"] = place.groupby(own).cumcount()
    held = (
        taken.frame[[own, *keys]].astype(str).merge(place, how="left").drop_duplicates(own).set_index(own)["position"]
    )
    table = case.rename("case").to_frame()
    table["result"] = held.reindex(table.index).fillna(len(frame)).to_numpy(dtype=np.int64)
    table["number"] = draw(list(table.index), data.seed)
    many = table.loc[table["case"].map(table["case"].value_counts()) > 1].sort_values(["case", "number"], kind="stable")
    less = many["result"] > many.groupby("case")["result"].transform("min")
    best_after = many[::-1].groupby("case")["result"].cummin()[::-1]
    unjustified = many["result"] > best_after  # somebody with a higher number has more
    return Envy(many["case"].nunique(), len(many), int(less.sum()), int(unjustified.sum()))


def _unknown(by: str, instance: Instance) -> OptimizerError:
    known = group_columns(instance)
    error = OptimizerError(
        Wording(
            f"不能按“{by}”分组。可以按：{'、'.join(known) or '（这项政策没有）'}。",
            f"Groups cannot be made by '{by}'. They can by: {', '.join(known) or '(nothing in this policy)'}.",
        ),
        nearest(by, known),
    )
    error.exit_code = 2  # type: ignore[misc]
    return error
