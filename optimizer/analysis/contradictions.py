"""What the input alone shows to be impossible: told before anything is solved, all of it at once."""

from __future__ import annotations

from optimizer.errors import NoLegalPlan
from optimizer.instance import Instance
from optimizer.rules import RuleData, rules_of
from optimizer.wording import Wording

SHOWN = 20
"""So many sentences are shown; the number of all of them is."""


def contradictions_in(instance: Instance) -> list[tuple[str, Wording]]:
    """Every contradiction that a rule finds in the input: its clause and a sentence."""
    data = RuleData(instance, {})
    return [(rule.clause, text) for rule in rules_of(instance.policy) for text in rule.contradictions(data)]


def refuse_contradictions(instance: Instance) -> None:
    """Raises ``NoLegalPlan`` that names every contradiction; nothing where there is none."""
    found = contradictions_in(instance)
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
            zh="Maybe（也许）其中一条已作废，请从表中删去。",
            en="Maybe one of them no longer holds; take it out of its table.",
        ),
    )
