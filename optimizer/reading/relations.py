"""What joins rows: keys that stand twice, names that no table has, rows that lack their partner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from optimizer.codes import numbered, positions
from optimizer.policy import Policy
from optimizer.reading import messages
from optimizer.reading.faults import FaultList, nearest_name
from optimizer.reading.values import RawColumn, ReadColumn, mangled
from optimizer.tables.schema import Agrees, Requires, Table
from optimizer.wording import Wording

Mask = npt.NDArray[np.bool_]


class Rows(Protocol):
    """What is known of a table after reading."""

    @property
    def table(self) -> Table: ...
    @property
    def raw(self) -> dict[str, RawColumn]: ...
    @property
    def read(self) -> dict[str, ReadColumn]: ...


def check_relations(read: Mapping[str, Rows], policy: Policy, faults: FaultList) -> None:
    """Duplicates, references, ``requires`` and ``agrees`` of all tables that were read.

    A relation to a table or column that is missing is passed over: that is a fault already.
    """
    for rows in read.values():
        _duplicates(rows, faults)
    for rows in read.values():
        _references(rows, read, faults)
    for rows in read.values():
        for requirement in rows.table.requires:
            _requires(rows, requirement, read, faults)
        for agreement in rows.table.agrees:
            _agrees(rows, agreement, read, faults)


def key_column(table: Table, wanted: str) -> str | None:
    """The column that a reference to ``table`` means: its key, or the key column of the same name."""
    key = table.key
    if wanted in key:
        return wanted
    return key[0] if key else None


def _duplicates(rows: Rows, faults: FaultList) -> None:
    key = rows.table.key
    if not key or any(name not in rows.read for name in key):
        return
    # Rows with a faulty key are left out, so that their placeholder values cannot count as the first.
    good = np.flatnonzero(np.logical_and.reduce([rows.read[name].good for name in key]))
    keys = [rows.read[name].values.iloc[good] for name in key]
    again = _repeated(keys)
    if not again.any():
        return
    first = pd.Series(good, index=good).groupby(keys, sort=False).transform("first")
    repeated = np.zeros(len(rows.read[key[0]].values), dtype=bool)
    repeated[good[again]] = True
    place = rows.raw[key[0]].place
    columns = messages.words(f"“{rows.raw[name].place.header}”" for name in key)
    expected = Wording(
        zh=f"每行不同的{columns}" + ("组合" if len(key) > 1 else ""),
        en="different in each row: " + ", ".join(key),
    )

    def maybe(position: int) -> Wording:
        line = int(place.lines[first[position]])
        return Wording(
            zh=f"与第 {line} 行重复：删除一行，或改正编号。",
            en=f"the same as row {line}: delete one of the two or mend the code.",
        )

    faults.add_cells(place, repeated, expected, maybe)


def _repeated(keys: list[pd.Series[Any]]) -> Mask:
    """Rows whose keys together stand in an earlier row."""
    number, count = np.zeros(len(keys[0]), dtype=np.int64), 1
    for key in keys:
        code = numbered(key) if key.dtype.kind not in "iub" else pd.factorize(key)[0].astype(np.int64)
        size = int(code.max(initial=0)) + 1
        if count * size >= 2**62:
            return pd.concat(keys, axis=1).duplicated().to_numpy(dtype=bool)
        number, count = number * size + code, count * size
    return pd.Series(number).duplicated().to_numpy(dtype=bool)


def _references(rows: Rows, read: Mapping[str, Rows], faults: FaultList) -> None:
    for column in rows.table.column:
        if column.refers is None or column.name not in rows.read or column.refers not in read:
            continue
        other = read[column.refers]
        key = key_column(other.table, column.name)
        if key is None or key not in other.read or mangled(other.raw[key]).any():
            continue  # mangled keys are faults already; each reference to them would be one more
        keys, texts = other.raw[key].place.texts, rows.raw[column.name].place.texts
        given = rows.read[column.name].good & (texts != "").to_numpy(dtype=bool)
        unknown = given & (positions(texts, keys) < 0)
        if not unknown.any():
            continue
        # The half-width form of a faulty key counts as known: it is one fault, not one a reference.
        known = keys.str.normalize("NFKC").unique()
        unknown &= ~texts.isin(known).to_numpy(dtype=bool)
        names = [str(name) for name in known if name]
        table = other.table
        expected = Wording(
            zh=f"表“{table.zh}”里有的{other.raw[key].column.zh}", en=f"a {key} of the table '{table.name}'"
        )

        def maybe(i: int, texts: pd.Series[str] = texts, names: list[str] = names, table: Table = table) -> Wording:
            return messages.listed_maybe(nearest_name(str(texts.iloc[i]), names), table)

        faults.add_cells(rows.raw[column.name].place, unknown, expected, maybe)


def _requires(rows: Rows, requirement: Requires, read: Mapping[str, Rows], faults: FaultList) -> None:
    key = rows.table.key
    other = read.get(requirement.table)
    if other is None or len(key) != 1 or key[0] not in rows.read or requirement.column not in other.read:
        return
    counted = np.ones(len(other.raw[requirement.column].place.texts), dtype=bool)
    if requirement.above_zero is not None:
        if requirement.above_zero not in other.read:
            return
        amount = other.read[requirement.above_zero]
        counted = (amount.values.to_numpy() > 0) | ~amount.good
    known = other.raw[requirement.column].place.texts[counted]
    texts = rows.raw[key[0]].place.texts
    lacking = rows.read[key[0]].good & ~texts.isin(known).to_numpy(dtype=bool)
    expected = Wording(
        zh=f"有{requirement.title_zh}的{rows.table.zh}（表“{other.table.zh}”里有它的行）",
        en=f"one of '{rows.table.name}' with {requirement.title_en} (rows in the table '{other.table.name}')",
    )
    maybe = Wording(
        zh=f"在表“{other.table.zh}”里补上这一行"
        + ("，数量大于 0" if requirement.above_zero else "")
        + "；不用的请删除。",
        en=f"add a row to the table '{other.table.name}'"
        + (" with more than 0" if requirement.above_zero else "")
        + ", or delete this one.",
    )
    faults.add_cells(rows.raw[key[0]].place, lacking, expected, lambda _: maybe)


def _agrees(rows: Rows, agreement: Agrees, read: Mapping[str, Rows], faults: FaultList) -> None:
    column = rows.table.column_named(agreement.through)
    other = read.get(column.refers or "")
    needed = {agreement.column, agreement.through}
    if other is None or not needed <= set(rows.read) or agreement.other not in other.read:
        return
    key = key_column(other.table, agreement.through)
    if key is None or key not in other.read:
        return
    sound = other.read[key].good & other.read[agreement.other].good
    looked_up = pd.Series(
        other.read[agreement.other].values[sound].to_numpy(),
        index=other.raw[key].place.texts[sound].to_numpy(),
    )
    looked_up = looked_up[~looked_up.index.duplicated()]
    places = rows.raw[agreement.through].place
    found = places.texts.map(looked_up).astype("str")
    found = found.where(places.texts != "", "")
    codes = rows.read[agreement.column].values
    good = rows.read[agreement.column].good & rows.read[agreement.through].good & found.notna().to_numpy(dtype=bool)
    for code, legal in agreement.pairs.items():
        wrong = good & (codes == code).to_numpy(dtype=bool) & ~found.isin(legal).to_numpy(dtype=bool)
        _disagree(rows, agreement, other.table, code, wrong, found, faults)


def _disagree(
    rows: Rows,
    agreement: Agrees,
    other: Table,
    code: str,
    wrong: Mask,
    found: pd.Series[str],
    faults: FaultList,
) -> None:
    legal = agreement.pairs[code]
    words = rows.table.column_named(agreement.column).one_of
    kinds = other.column_named(agreement.other)
    title = words.get(code, code)
    if not any(legal):
        expected = Wording(zh=f"空（“{title}”不填）", en=f"nothing (for '{code}')")
        emptied = Wording(zh=f"清空这一格，或改“{title}”。", en=f"empty the cell, or change '{code}'.")
        faults.add_cells(rows.raw[agreement.through].place, wrong, expected, lambda _: emptied)
        return
    named = "或".join(f"“{kinds.one_of.get(v, v)}”" for v in legal if v)
    expected = Wording(
        zh=f"{kinds.zh}为{named}的{other.zh}（“{title}”）",
        en=f"one of '{other.name}' whose {kinds.name} is {' or '.join(v for v in legal if v)} (for '{code}')",
    )

    def maybe(position: int) -> Wording:
        value = str(found.iloc[position])
        if not value:
            return Wording(zh="漏填了这一格。", en="the cell was forgotten.")
        for other_code, values in agreement.pairs.items():
            if value in values:
                header = rows.raw[agreement.column].place.header
                return Wording(
                    zh=f"“{header}”是“{words.get(other_code, other_code)}”："
                    f"这里的{kinds.zh}是“{kinds.one_of.get(value, value)}”。",
                    en=f"'{header}' should be '{other_code}': the {kinds.name} here is '{value}'.",
                )
        return Wording(
            zh=f"这里的{kinds.zh}是“{kinds.one_of.get(value, value)}”。",
            en=f"the {kinds.name} here is '{value}'.",
        )

    faults.add_cells(rows.raw[agreement.through].place, wrong, expected, maybe)
