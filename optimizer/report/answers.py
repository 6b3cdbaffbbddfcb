"""Answers to "why this, and why not that", in sentences for the household and its village."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from optimizer.analysis.swap import Swap
from optimizer.analysis.why import AS_GOOD, BETTER, HELD, NOT_OFFERED, STOPPED, WORSE, Reasons
from optimizer.decisions.mixes import SLOTS
from optimizer.instance import Instance
from optimizer.objectives import objectives_of
from optimizer.report.labels import Labels
from optimizer.report.phrases import amount
from optimizer.rules.base import Mask
from optimizer.wording import Language, Wording

T = TypeVar("T")
Texts = npt.NDArray[np.object_]

_NEAREST = {HELD: 0, BETTER: 1, AS_GOOD: 2, STOPPED: 3, WORSE: 4, NOT_OFFERED: 5}
"""Of several options of one sort (the same site in several years) the one that comes nearest is told."""


class Teller:
    """Sentences about options of one instance, in one language."""

    def __init__(self, instance: Instance, language: Language) -> None:
        self.language = language
        self.labels = Labels(instance, None, language)
        self.titles = {
            str(entry["id"]): Wording(str(entry["title"]["zh"]), str(entry["title"]["en"]))
            for entry in instance.policy.rule
        }
        self.goals = {
            goal.id: (goal.title, objective.unit)
            for objective in objectives_of(instance.policy)
            for goal in objective.goals(instance)
        }

    def say(self, zh: T, en: T) -> T:
        """The one of two sentences (or columns of sentences) that is in the language."""
        return zh if self.language == "zh" else en

    def option(self, keys: Mapping[Any, Any]) -> str:
        """What is got: mode, site, year, homes, in words."""
        words = [self.labels.full(k, v) for k, v in keys.items() if k != "year" and str(v) and k not in SLOTS]
        homes = [str(keys[s]) for s in SLOTS if str(keys.get(s, ""))]
        year = [self.say(f"{keys['year']}年", f"in {keys['year']}")] if keys.get("year") else []
        return " ".join([*words, *year, *(["(" + " + ".join(homes) + ")"] if homes else [])])

    def clause(self, row: Mapping[Any, Any]) -> str:
        """The clause that refuses or stops an option, by number and title."""
        title = self.titles[str(row["rule"])].to(self.language)
        at = " / ".join(
            self.labels.full(_column(part, self.labels), part) for part in str(row["key"]).split(" / ") if part
        )
        tail = self.say(f"（{at}）", f" ({at})") if at.strip("<>= ") else ""
        return f"{row['clause']} {title}{tail}"

    def loss(self, row: Mapping[Any, Any]) -> str:
        """By how much an option is worse for a goal."""
        title, unit = self.goals[str(row["goal"])]
        much = amount(abs(int(row["loss"])), unit, self.language)
        return self.say(f"“{title.zh}”要差 {much}", f"'{title.en}' would be worse by {much}")

    def lack(self, row: Mapping[Any, Any]) -> str:
        """By how much a limit would be broken."""
        much = amount(int(row["missing"]), str(row["unit"]), self.language)
        return self.say(f"，还差 {much}。", f": {much} too many.")

    def about(self, rows: pd.DataFrame) -> Texts:
        """What stands against each option: a sentence a row (columns as ``Reasons``)."""
        verdict = rows["verdict"].to_numpy(dtype=object)
        named, worse = (rows["rule"] != "").to_numpy(dtype=bool), verdict == WORSE
        clause = _where(rows, named, ["clause", "rule", "key"], self.clause)
        loss = _where(rows, worse, ["goal", "loss"], self.loss)
        lack = _where(rows, verdict == STOPPED, ["missing", "unit"], self.lack)
        stop = self.say("。", ".")
        neither = self.say("；" + clause + "也不允许", "; " + clause + " does not allow it either")
        return np.select(
            [verdict == NOT_OFFERED, verdict == STOPPED, worse, verdict == BETTER, verdict == HELD],
            [
                self.say("不在可选之列：", "not on offer: ") + clause + stop,
                self.say("放不下：", "stopped by ") + clause + lack,
                self.say("不如现在的方案：", "worse for the plan: ") + loss + np.where(named, neither, "") + stop,
                np.full(len(rows), self.say(*_BETTER), dtype=object),
                np.full(len(rows), "", dtype=object),
            ],
            default=self.say(*_AS_GOOD),
        )


_BETTER = (
    "可以，而且略好，差别在方案已说明的差距之内。",
    "possible, and a little better: within the plan's stated gap.",
)
_AS_GOOD = (
    "同样可行、同样好，按次序和公开抽签确定。",
    "just as possible and as good; order and public lottery decided.",
)


def each_distinct(rows: pd.DataFrame, columns: Sequence[str], word: Callable[[Mapping[Any, Any]], str]) -> Texts:
    """``word`` of each row, found once for each distinct combination of ``columns``."""
    if rows.empty:
        return np.zeros(0, dtype=object)
    number = rows.groupby(list(columns), sort=False, observed=True).ngroup().to_numpy()
    first = np.flatnonzero(~pd.Series(number).duplicated().to_numpy())
    words = np.empty(number.max() + 1, dtype=object)
    words[number[first]] = [word(row) for row in rows[list(columns)].iloc[first].to_dict("records")]
    return np.asarray(words[number], dtype=object)


def _where(rows: pd.DataFrame, mask: Mask, columns: Sequence[str], word: Callable[[Mapping[Any, Any]], str]) -> Texts:
    """``each_distinct`` for the rows of the mask, "" for the others."""
    found = np.full(len(rows), "", dtype=object)
    found[mask] = each_distinct(rows.loc[mask], columns, word)
    return found


def _column(part: str, labels: Labels) -> str:
    """The column that a part of a key is a code of, so that it can be put in words."""
    for table in labels.instance.policy.table:
        if len(table.key) == 1 and (labels.instance.tables[table.name][table.key[0]] == part).any():
            return table.key[0]
    return ""


def why_lines(
    instance: Instance, found: Reasons, household: str, wanted: str | None, swap: Swap | None, language: Language
) -> list[str]:
    """What the household has, then each other sort of option with what stands against it; with ``wanted`` also what would
    have to give way."""
    teller = Teller(instance, language)
    near = nearest(found.frame.loc[found.frame[found.keys[0]] == household], found.keys)
    rows = near.assign(_about=teller.about(near)).to_dict("records")
    held = next((r for r in rows if r["verdict"] == HELD), None)
    keys = list(found.keys[1:])
    shown = [r for r in rows if r["verdict"] != HELD and (wanted is None or wanted in (str(r[k]) for k in keys))]
    lines = [_head(teller, household, held, keys, len(rows), len(shown))]
    lines += [f"  {teller.option({k: r[k] for k in keys})}{teller.say('：', ': ')}{r['_about']}" for r in shown]
    if wanted is not None:
        lines += list(_instead(teller, household, wanted, swap, bool(shown)))
    return lines


def _head(
    teller: Teller, household: str, held: Mapping[Any, Any] | None, keys: list[str], options: int, shown: int
) -> str:  # fmt: skip
    if held is not None:
        what = teller.option({k: held[k] for k in keys})
        if not shown:
            return teller.say(
                f"{household}：方案安排 {what}，没有别的可选。",
                f"{household} gets: {what}. It has nothing else to choose from.",
            )
        return teller.say(f"{household}：方案安排 {what}。其他选择：", f"{household} gets: {what}. Its other options:")
    if options:
        return teller.say(f"{household}：方案没有安排。它的选择：", f"{household} gets nothing. Its options:")
    return teller.say(f"{household}：没有任何可选项。", f"{household} has no options at all.")


def nearest(frame: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Of the options of each household that differ in year and homes alone, the one that comes nearest to being taken."""
    sort = [k for k in keys if k != "year" and k not in SLOTS]
    near = frame["verdict"].map(_NEAREST).to_numpy(dtype=np.int64)
    order = np.lexsort([frame["missing"].to_numpy(), frame["loss"].abs().to_numpy(), near])
    ordered = frame.iloc[order]
    return ordered.loc[~ordered.duplicated(sort).to_numpy()]


def _instead(teller: Teller, household: str, wanted: str, swap: Swap | None, offered: bool) -> Iterator[str]:
    """What would have to give way."""
    place = teller.labels.full(_column(wanted, teller.labels), wanted)
    if not offered:
        yield teller.say(f"{place} 不在该户的选项之内。", f"{place} is not among its options.")
        return
    if swap is None:
        yield teller.say(
            f"要让 {household} 得到 {place}，只调整另外一户是不够的：还要改动上面所说的限额，或同时调整多户。",
            f"Moving one other household is not enough for {household} to get {place}: the limit named above would have to change, or "
            "several households would.",
        )
        return
    what = teller.option(swap.option)
    if swap.other is None:
        yield teller.say(f"可以改为 {what}，不影响别的农户。", f"{what} is possible without touching anybody else.")
    else:
        has = teller.option(swap.has or {})
        new = teller.say("没有安排", "nothing") if swap.instead is None else teller.option(swap.instead)
        yield teller.say(
            f"要得到 {what}，代价最小的办法是 {swap.other} 让出 {has}，改为 {new}。",
            f"To get {what}, the cheapest way is that {swap.other} gives up {has} and gets {new}.",
        )
    differences = [(goal, gain) for goal, gain in swap.gains if gain]
    if not differences:
        yield teller.say("各项目标不变。", "No goal changes.")
    for goal, gain in differences:
        title, unit = teller.goals[goal]
        much = amount(abs(gain), unit, teller.language)
        yield teller.say(
            f"“{title.zh}”{'好' if gain > 0 else '差'} {much}。",
            f"'{title.en}' becomes {'better' if gain > 0 else 'worse'} by {much}.",
        )
