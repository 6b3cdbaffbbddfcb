"""What the input alone shows to be impossible: told before anything is solved, all of it at once."""

from __future__ import annotations

from optimizer.analysis.reach import OutOfReach, out_of_reach
from optimizer.build import Model
from optimizer.errors import NoLegalPlan
from optimizer.instance import Instance
from optimizer.rules import Rule, RuleData, rules_of
from optimizer.units import UNITS, display_unit, show
from optimizer.wording import Wording

SHOWN = 20
"""So many sentences are shown; the number of all of them is."""


def contradictions_in(instance: Instance) -> list[tuple[str, Wording]]:
    """Every contradiction that a rule finds in the input: its clause and a sentence."""
    data = RuleData(instance, {})
    return [(rule.clause, text) for rule in rules_of(instance.policy) for text in rule.contradictions(data)]


def refuse_contradictions(instance: Instance) -> None:
    """Raises ``NoLegalPlan`` that names every contradiction; nothing where there is none."""
    _refuse(contradictions_in(instance))


def refuse_out_of_reach(model: Model) -> None:
    """The same for limits of a built model that nothing could ever reach: a target above the number of consents, less money
    than is already settled. Names the clause, what it asks for, and all that could count."""
    rows = model.program.rows
    rules = {r.id: r for r in model.rules}
    found = []
    for beyond in out_of_reach(model.program):
        rule = rules.get(str(rows["rule"].iloc[beyond.row]))
        if rule is not None:
            found.append((rule.clause, beyond_reach(rule, str(rows["key"].iloc[beyond.row]), beyond)))
    _refuse(found)


def beyond_reach(rule: Rule, key: str, beyond: OutOfReach) -> Wording:
    """A sentence on a limit that nothing reaches."""
    unit = display_unit(rule.unit)
    limit, reach = (show(v // rule.per_row, unit) for v in (beyond.limit, beyond.reach))
    zh, en = UNITS[unit].zh, UNITS[unit].en
    at_zh, at_en = (f"（{key}）", f" {key}") if key else ("", "")
    if beyond.sense > 0:
        return Wording(
            f"{rule.clause} {rule.title.zh}{at_zh}：至少要 {limit} {zh}，而符合资格、征得同意的全部加在一起，最多也只有 {reach} {zh}。",
            f"{rule.clause} ({rule.title.en}){at_en}: at least {limit} {en} are asked for; all that qualifies and is agreed to "
            f"adds up to {reach} {en}.",
        )
    return Wording(
        f"{rule.clause} {rule.title.zh}{at_zh}：已经定下的比允许的多 {show((beyond.reach - beyond.limit) // rule.per_row, unit)} {zh}，怎样安排都抵不掉。",
        f"{rule.clause} ({rule.title.en}){at_en}: what is settled exceeds what is allowed by "
        f"{show((beyond.reach - beyond.limit) // rule.per_row, unit)} {en}, whatever is chosen.",
    )


def _refuse(found: list[tuple[str, Wording]]) -> None:
    if not found:
        return
    shown = [text for _, text in found[:SHOWN]]
    more = len(found) - len(shown)
    raise NoLegalPlan(
        Wording(
            zh="\n".join(
                ["没有合法方案，输入自相矛盾：", *(t.zh for t in shown), *([f"另有 {more} 处。"] if more else [])]
            ),
            en="\n".join(
                ["There is no legal plan; the input contradicts itself:", *(t.en for t in shown)]
                + ([f"And {more} more."] if more else [])
            ),
        ),
        list(dict.fromkeys(clause for clause, _ in found)),
        Wording(
            zh="Maybe（也许）其中一条已作废，请从表中删去；optimizer relax 会列出改动最少的办法。",
            en="Maybe one of them no longer holds; take it out of its table. optimizer relax lists the least changes.",
        ),
    )
