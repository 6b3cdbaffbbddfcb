"""What a plan says beside its decisions (areas, subsidies, payments by year) against what the audit works out afresh.

A plan's decisions may be legal while an amount written next to them is not theirs: one fen more in a subsidy, an
instalment in another year. Each such amount is a violation of the clause that it belongs to (X-02).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from optimizer.check import Audit
from optimizer.decisions import DecisionTable
from optimizer.instance import Instance
from optimizer.rules import Violation
from optimizer.units import UNITS, display_unit, show
from optimizer.wording import Wording

NOT_AMOUNTS = ("item", "item_zh", "item_en", "amount")


def altered_records(
    instance: Instance, tables: Mapping[str, pd.DataFrame], statements: Mapping[str, pd.DataFrame], found: Audit
) -> list[Violation]:
    """One violation for each written amount that differs from the audit's.

    ``tables`` and ``statements`` in base units, as in a ``Plan``; columns and statements that are absent are not
    compared, since a plan made by hand need not have them.
    """
    policy = instance.policy
    wrong = [
        violation
        for name, table in found.tables.items()
        if name in tables
        for violation in _altered_columns(instance, tables[name].reset_index(drop=True), table)
    ]
    for rule in policy.rule:
        name = str(rule["id"])
        if name in statements and name in found.statements:
            unit = display_unit(str(rule.get("unit", "1")))
            wrong += _altered_statement(str(rule["clause"]), name, unit, statements[name], found.statements[name])
    return wrong


def _altered_columns(instance: Instance, written: pd.DataFrame, table: DecisionTable) -> list[Violation]:
    """Attributes and measures written beside each row of a decision table."""
    policy = instance.policy
    measures = {str(m["id"]): m for m in policy.measure if m.get("on", "moves") == table.id}
    decision = next(d for d in policy.decision if d["id"] == table.id)
    own = {*table.keys, table.quantity}
    wrong = []
    for column in written.columns:
        if column in own or column not in table.frame:
            continue
        entry = measures.get(str(column), decision)
        unit = display_unit(str(entry.get("unit", "1"))) if column in measures else "1"
        is_, due = written[column].astype(object).to_numpy(), table.frame[column].astype(object).to_numpy()
        for row in np.flatnonzero(is_ != due):
            key = " / ".join(str(table.frame[k].iloc[row]) for k in table.keys[:1])
            wrong.append(_violation(str(entry["clause"]), str(column), key, is_[row], due[row], unit))
    return wrong


def _altered_statement(clause: str, name: str, unit: str, written: pd.DataFrame, due: pd.DataFrame) -> list[Violation]:
    """Amounts of a running account by key and item; a line that only one side has counts 0 on the other."""
    keys = [c for c in due.columns if c not in NOT_AMOUNTS] + ["item"]
    sums = [frame.astype(dict.fromkeys(keys, str)).groupby(keys)["amount"].sum() for frame in (written, due)]
    both = pd.concat(sums, axis=1, keys=["is", "due"]).fillna(0).astype("int64")
    title = due.drop_duplicates("item").set_index("item")["item_zh"].to_dict()
    wrong = []
    for key, line in both.loc[both["is"] != both["due"]].iterrows():
        parts = [*map(str, key[:-1]), str(title.get(key[-1], key[-1]))]  # type: ignore[index]
        wrong.append(_violation(clause, name, " / ".join(parts), line["is"], line["due"], unit))
    return wrong


def _violation(clause: str, what: str, key: str, written: object, due: object, unit: str) -> Violation:
    says, ought = (_words(value, unit) for value in (written, due))
    zh, en = UNITS[unit].zh, UNITS[unit].en
    return Violation(
        clause, what, key,
        Wording(
            zh=f"{clause}：方案写明的“{what}”（{key}）为 {says} {zh}，按决定重算应为 {ought} {zh}。".replace(" ，", "，").replace(" 。", "。"),
            en=f"{clause}: the plan states '{what}' ({key}) as {says} {en}; its decisions give {ought} {en}.".replace(" ;", ";").replace(" .", "."),
        ),
    )  # fmt: skip


def _words(value: object, unit: str) -> str:
    return show(int(value), unit) if isinstance(value, int | np.integer) and not isinstance(value, bool) else str(value)
