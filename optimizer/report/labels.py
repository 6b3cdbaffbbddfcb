"""What to call columns and codes in front of a reader, taken from the policy and the tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from optimizer.instance import Instance
from optimizer.plan import Plan
from optimizer.tables.schema import Table
from optimizer.wording import Language, Wording

_COLUMNS = {
    "household": Wording("户编号", "Household"),
    "mode": Wording("方式", "Mode"),
    "site": Wording("安置点", "Site"),
    "year": Wording("年份", "Year"),
    "plot": Wording("宅基地", "Plot"),
    "class": Wording("优先类别", "Priority class"),
    "rank": Wording("志愿次序", "Rank of wish"),
    "persons": Wording("人口", "Persons"),
    "area": Wording("安置面积", "Area"),
    "item": Wording("项目", "Item"),
    "amount": Wording("金额", "Amount"),
    "number": Wording("抽签序号", "Number drawn"),
    "decided": Wording("由抽签决定", "Decided by the draw"),
    "wishes": Wording("志愿数", "Wishes"),
    "moved": Wording("户数", "Households"),
    "reason": Wording("未安置原因", "Reason"),
    "quantity": Wording("数量", "Quantity"),
}
_TABLES = {
    "moves": Wording("方案", "Plan"),
    "unplaced": Wording("未安置", "Unplaced"),
}
STATUS = {
    "violated": Wording("违反", "violated"),
    "stretch missed": Wording("力争目标未达", "stretch missed"),
    "binding": Wording("用满", "binding"),
    "met": Wording("满足", "met"),
    "record": Wording("记录", "record"),
}
SENSE = {">=": "≥", "<=": "≤", "=": "=", "record": ""}
KIND = {
    "public": Wording("公开资料", "public"),
    "assumed": Wording("假定", "assumed"),
    "generated": Wording("生成数据", "generated"),
}


class Labels:
    """Words for columns, codes and tables in one language.

    Looked up in this order: titles given with the plan (``settings["titles"]``, for a code under
    ``mode=town``), titles of the policy's measures, our own words, Chinese names of the input
    tables, titles of the rules; else the name itself.
    """

    def __init__(self, instance: Instance, plan: Plan | None, language: Language) -> None:
        self.instance = instance
        self.language = language
        given = plan.settings.get("titles", {}) if plan is not None else {}
        self._titles = {**_measure_titles(instance), **_titles(given)}
        self._codes: dict[str, dict[str, str]] = {}
        self._rules = {str(entry["id"]): str(entry["title"][language]) for entry in instance.policy.rule}

    def column(self, name: str) -> str:
        """A column's name."""
        if name in self._titles:
            return self._titles[name].to(self.language)
        if name in _COLUMNS:
            return _COLUMNS[name].to(self.language)
        if name.startswith("flat_"):
            return Wording(f"套型{name[5:]}", f"Flat {name[5:]}").to(self.language)
        if self.language == "zh":
            for table in self.instance.policy.table:
                for column in table.column:
                    if column.name == name:
                        return column.zh
        return name.replace("_", " ").capitalize()

    def table(self, name: str) -> str:
        """A table's name."""
        if name in self._titles:
            return self._titles[name].to(self.language)
        if name in _TABLES:
            return _TABLES[name].to(self.language)
        for table in self.instance.policy.table:
            if table.name == name and self.language == "zh":
                return table.zh
        if name in self._rules:
            return str(self._rules[name])
        return name.replace("_", " ").replace("-", " ").capitalize()

    def code(self, column: str, value: object) -> str:
        """A code of that column in words: a site's title, the Chinese word of a mode."""
        title = self._titles.get(f"{column}={value}")
        if title is not None:
            return title.to(self.language)
        if column not in self._codes:
            self._codes[column] = self._code_words(column)
        text = str(value)
        return self._codes[column].get(text, text)

    def key_part(self, text: str) -> str:
        """A part of a clause row's key in words, whichever column it is of: a site, a decision table, a code that the
        policy's tables list or name. A code that stands for different words in different columns stays as it is."""
        if "" not in self._codes:
            self._codes[""] = self._all_words()
        site = self.code("site", text)
        return site if site != text else self._codes[""].get(text, text)

    def _all_words(self) -> dict[str, str]:
        columns = dict.fromkeys(column.name for table in self.instance.policy.table for column in table.column)
        found: dict[str, set[str]] = {}
        for column in columns:
            for code, word in self._code_words(column).items():
                found.setdefault(code, set()).add(word)
        words = {code: next(iter(each)) for code, each in found.items() if len(each) == 1}
        titles = {str(d["id"]): str(d["title"][self.language]) for d in self.instance.policy.decision}
        return {**titles, **words}

    def words(self, column: str, values: pd.Series[Any]) -> pd.Series[Any]:
        """A whole column of codes in words."""
        return _mapped(values, lambda value: self.code(column, value))

    def full_words(self, column: str, values: pd.Series[Any]) -> pd.Series[Any]:
        """A whole column as ``full`` gives it; "" where a value is missing."""
        return _mapped(values, lambda value: self.full(column, value))

    def full(self, column: str, value: object) -> str:
        """A code in words; where the words are a title of its own, with the code before it."""
        words = self.code(column, value)
        listed = str(value) in self.codes(column)
        return words if listed or words == str(value) else f"{value} {words}"

    def codes(self, column: str) -> list[str]:
        """The codes of a column in the order of the policy, where it lists them."""
        for table in self.instance.policy.table:
            for each in table.column:
                if each.name == column and each.one_of:
                    return list(each.one_of)
        return []

    def _code_words(self, column: str) -> dict[str, str]:
        words: dict[str, str] = {}
        for table in self.instance.policy.table:
            for each in table.column:
                if each.name == column and each.one_of:
                    zh = self.language == "zh"
                    words |= {code: word if zh else code.capitalize() for code, word in each.one_of.items()}
        keyed = keyed_table(self.instance, column)
        if keyed is not None and "title" in self.instance.tables[keyed.name].columns:
            frame = self.instance.tables[keyed.name]
            words |= {str(code): str(title) for code, title in zip(frame[column], frame["title"], strict=True) if title}
        return words


def _mapped(values: pd.Series[Any], word: Callable[[object], str]) -> pd.Series[Any]:
    """``word`` of each distinct value, put where the value stands; "" for missing ones."""
    place, known = pd.factorize(values)
    words = np.array([*(word(value) for value in known), ""], dtype=object)
    return pd.Series(words[place], index=values.index)


def keyed_table(instance: Instance, column: str) -> Table | None:
    """The input table whose only key is that column, if it was given."""
    for table in instance.policy.table:
        if table.key == [column] and table.name in instance.tables:
            return table
    return None


def with_place(instance: Instance, frame: pd.DataFrame, place: str, depth: int = 4) -> pd.DataFrame:
    """The frame with a column ``place``, found along the references (household → hamlet → village → town)."""
    for _ in range(depth):
        if place in frame.columns:
            return frame
        for column in frame.columns:
            table = keyed_table(instance, column)
            if table is None:
                continue
            new = instance.tables[table.name]
            keep = [c.name for c in table.column if c.key or (c.refers and c.name not in frame.columns)]
            if len(keep) > 1:
                frame = frame.merge(new[keep], on=column, how="left")
                break
        else:
            break
    return frame


def _titles(given: Mapping[str, Any]) -> dict[str, Wording]:
    return {
        name: title if isinstance(title, Wording) else Wording(str(title["zh"]), str(title["en"]))
        for name, title in given.items()
    }


def _measure_titles(instance: Instance) -> dict[str, Wording]:
    return {
        str(entry["id"]): Wording(str(entry["title"]["zh"]), str(entry["title"]["en"]))
        for entry in instance.policy.measure
        if "id" in entry and isinstance(entry.get("title"), Mapping)
    }
