"""What can be wrong with a plan that comes with a proof, each with its sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from optimizer.program import Stage
from optimizer.units import UNITS, display_unit, show
from optimizer.wording import Wording

Kind = Literal["input", "policy", "file", "clause", "stages", "value", "keep", "price", "bound"]


@dataclass(frozen=True)
class Doubt:
    """One thing that does not hold. ``kind``: what was found to be changed or wrong; ``key``: where."""

    kind: Kind
    key: str
    text: Wording


def changed_input(file: str, how: Wording) -> Doubt:
    """An input file that is not the one that the plan was made from."""
    return Doubt(
        "input", file,
        Wording(
            zh=f"输入表 {file} {how.zh}：方案不是用现在这些表求得的。",
            en=f"The input table {file} {how.en}: the plan was not made from the tables as they are now.",
        ),
    )  # fmt: skip


def other_policy(policy: str) -> Doubt:
    """A certificate for other clauses or other numbers."""
    return Doubt(
        "policy", policy,
        Wording(
            zh=f"证明所依据的政策“{policy}”与现在的不同（条文版本或 --set 的数值不同）。",
            en=f"The certificate was made under other clauses or numbers of the policy '{policy}' than those of now.",
        ),
    )  # fmt: skip


def changed_file() -> Doubt:
    """certificate.json is not the one that the plan was written with."""
    return Doubt(
        "file", "certificate.json",
        Wording(
            zh="certificate.json 在方案写出之后被改动过（sha256 与 plan.json 所记不符）。",
            en="certificate.json was changed after the plan was written (its sha256 is not the one in plan.json).",
        ),
    )  # fmt: skip


def other_stages(where: str, stated: list[str], wanted: list[str]) -> Doubt:
    """Stages that are missing, added or in another order."""
    return Doubt(
        "stages", where,
        Wording(
            zh=f"{where} 的目标依次为 {'、'.join(stated)}，政策规定的是 {'、'.join(wanted)}。",
            en=f"The goals in {where} are {', '.join(stated)}; the policy's are {', '.join(wanted)}.",
        ),
    )  # fmt: skip


def wrong_value(where: str, stage: Stage, stated: int, reached: int) -> Doubt:
    """A value that the plan's tables do not give."""
    return Doubt(
        "value", stage.id,
        Wording(
            zh=f"{where} 写明目标“{stage.title.zh}”为 {_zh(stated, stage)}，按方案的表重算为 {_zh(reached, stage)}。",
            en=f"{where} states {_en(stated, stage)} for the goal '{stage.title.en}'; the plan's tables give {_en(reached, stage)}.",
        ),
    )  # fmt: skip


def wrong_keep(stage: Stage, earlier: Stage, stated: int, reached: int) -> Doubt:
    """A kept value of an earlier stage that the plan itself does not reach."""
    return Doubt(
        "keep", stage.id,
        Wording(
            zh=f"目标“{stage.title.zh}”的证明以“{earlier.title.zh}”达到 {_zh(stated, earlier)} 为前提，而本方案只达到 {_zh(reached, earlier)}。",
            en=f"The bound of '{stage.title.en}' is for plans with {_en(stated, earlier)} of '{earlier.title.en}'; this plan has {_en(reached, earlier)}.",
        ),
    )  # fmt: skip


def wrong_keeps(stage: Stage) -> Doubt:
    """Kept stages that are not the earlier ones."""
    return Doubt(
        "keep", stage.id,
        Wording(
            zh=f"目标“{stage.title.zh}”的证明所保持的目标不是排在它前面的那些。",
            en=f"The goals kept in the bound of '{stage.title.en}' are not the earlier ones.",
        ),
    )  # fmt: skip


def wrong_price(stage: Stage, what: Wording, key: str = "") -> Doubt:
    """A price that cannot be, or prices that do not add up to what is stated."""
    return Doubt(
        "price", key or stage.id,
        Wording(zh=f"目标“{stage.title.zh}”：{what.zh}。", en=f"Goal '{stage.title.en}': {what.en}."),
    )  # fmt: skip


def wrong_bound(where: str, stage: Stage, stated: int, proven: int) -> Doubt:
    """A bound that does not follow."""
    return Doubt(
        "bound", stage.id,
        Wording(
            zh=f"{where} 写明目标“{stage.title.zh}”的界为 {_zh(stated, stage)}；由所列价格重算得到 {_zh(proven, stage)}，界不由价格得出。",
            en=f"{where} states the bound {_en(stated, stage)} for the goal '{stage.title.en}'; its prices prove {_en(proven, stage)}: the bound does not follow from the prices.",
        ),
    )  # fmt: skip


def beaten_bound(stage: Stage, bound: int, reached: int) -> Doubt:
    """A bound that the plan itself beats."""
    return Doubt(
        "bound", stage.id,
        Wording(
            zh=f"目标“{stage.title.zh}”：方案达到 {_zh(reached, stage)}，比所称的界 {_zh(bound, stage)} 还好，二者必有一误。",
            en=f"Goal '{stage.title.en}': the plan reaches {_en(reached, stage)}, better than its bound {_en(bound, stage)}; one of them is wrong.",
        ),
    )  # fmt: skip


def _zh(value: int, stage: Stage) -> str:
    unit = display_unit(stage.unit)
    return f"{show(value, unit)} {UNITS[unit].zh}".rstrip()


def _en(value: int, stage: Stage) -> str:
    unit = display_unit(stage.unit)
    return f"{show(value, unit)} {UNITS[unit].en}".rstrip()
