"""What a recomputed certificate says, in sentences and as plain records."""

from __future__ import annotations

from typing import Any

from optimizer.analysis.certificate import ProvenStage, Verification
from optimizer.report.phrases import amount
from optimizer.wording import Language, Wording


def proof_lines(found: Verification, language: Language) -> list[str]:
    """A line a stage, everything that does not hold, then the sum of it all."""
    lines = [changes.to(language)] if (changes := _changes(found)) is not None else []
    lines += [_ASKED.to(language)] if found.asked else []
    lines += [_stage(n + 1, s, found).to(language) for n, s in enumerate(found.stages)]
    lines += [v.text.to(language) for v in found.violations]
    lines += [d.text.to(language) for d in found.doubts]
    return [*lines, _sum(found).to(language)]


def proof_record(found: Verification, language: Language) -> dict[str, Any]:
    """The same for ``--json``; numbers are whole base units of the stage's unit."""
    return {
        "status": "proven" if found.holds else "refuted",
        "stages": [
            {"id": s.id, "sense": s.sense, "unit": s.unit, "value": s.value, "bound": s.proven, "more": s.more}
            | {"share": s.share, "solver_bound": s.solver_bound, "given_choices": s.given_choices}
            for s in found.stages
        ],
        "violations": [
            {"clause": v.clause, "rule": v.rule, "key": v.key, "text": v.text.to(language)} for v in found.violations
        ],
        "doubts": [{"kind": d.kind, "key": d.key, "text": d.text.to(language)} for d in found.doubts],
        "set": dict(found.changes),
    }


_ASKED = Wording(
    "方案是为回答一个问题而求的，另有自己的规则或目标次序（plan.json 的 settings.varied），以下均以此为准。",
    "The plan was made to answer a question, with rules or an order of goals of its own (settings.varied in plan.json); all that follows is"
    " under these.",
)


def _changes(found: Verification) -> Wording | None:
    if not found.changes:
        return None
    listed = "，".join(f"{k} = {v}" for k, v in found.changes.items())
    listed_en = ", ".join(f"{k} = {v}" for k, v in found.changes.items())
    return Wording(
        f"方案改动了政策的数值，以下均按改动后的数值：{listed}。",
        f"The plan changed numbers of the policy; all that follows is under these: {listed_en}.",
    )


def _stage(number: int, stage: ProvenStage, found: Verification) -> Wording:
    value = [amount(stage.value, stage.unit, language) for language in ("zh", "en")]
    head = Wording(f"目标 {number} {stage.title.zh}：{value[0]}；", f"Goal {number} {stage.title.en}: {value[1]}; ")
    if stage.more is None:
        told = Wording("这里没有证明任何界", "no bound is proven here")
    else:
        more = [amount(stage.more, stage.unit, language) for language in ("zh", "en")]
        among = _among(number, stage)
        told = Wording(
            f"任何合法方案{among.zh}都不会比它好 {more[0]} 以上，即 {share_text(stage.share)}",
            f"no legal plan{among.en} is better than this one by more than {more[1]}, that is {share_text(stage.share)}",
        )
    rest = _rest(stage)
    return Wording(f"{head.zh}{told.zh}{rest.zh}。", f"{head.en}{told.en}{rest.en}.")


def _among(number: int, stage: ProvenStage) -> Wording:
    """Which plans the bound speaks of."""
    if stage.given_choices:
        return Wording("（安置相同者）", " with the same moves")
    if number > 1:
        return Wording("（前面各目标不差者）", " as good on the goals before")
    return Wording("", "")


def _rest(stage: ProvenStage) -> Wording:
    """What is not proven here but claimed by a solver."""
    if stage.solver_bound is None:
        return Wording("", "")
    bound = [amount(stage.solver_bound, stage.unit, language) for language in ("zh", "en")]
    return Wording(
        f"；另有求解器分支定界给出的界 {bound[0]}，这里未能重算，只是求解器的说法",
        f"; a bound of {bound[1]} is the solver's word (branch and bound) and is not recomputed here",
    )


def _sum(found: Verification) -> Wording:
    """The verdict."""
    if not found.holds:
        clauses, wrong = len(found.violations), len(found.doubts)
        return Wording(
            f"证明不成立：方案违反条款 {clauses} 处，证明有 {wrong} 处不符。",
            f"The proof does not hold: the plan breaks clauses in {clauses} places, and {wrong} statements were found wrong.",
        )
    open_ = [n + 1 for n, s in enumerate(found.stages) if s.proven is None]
    shares = [s.share for s in found.stages if s.share is not None]
    widest = share_text(max(shares, default=None))
    zh, en = "、".join(map(str, open_)), ", ".join(map(str, open_))
    but = Wording(f"；目标 {zh} 没有可重算的界", f"; nothing is proven here of goal {en}") if open_ else Wording("", "")
    return Wording(
        f"合计：方案符合所有条款，证明成立；逐个目标，没有合法方案比它好 {widest} 以上{but.zh}。用整数重算，未用求解器。",
        f"In all: the plan keeps every clause and its proof holds; goal by goal, no legal plan is better than this one by more than {widest}{but.en}. Recomputed in whole numbers, without a solver.",
    )


def share_text(share: float | None) -> str:
    """A share as a percentage that never hides a small one behind a zero."""
    if share is None:
        return "—"
    if share == 0:
        return "0%"
    return f"{share * 100:.4f}%" if share >= 0.000001 else "<0.0001%"
