"""Plans for growing budgets, each extending the one before, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.plan import Plan
from optimizer.report.phrases import amount
from optimizer.wording import Language, Wording


def nest_lines(steps: Sequence[tuple[int, Plan, Plan]], choice: str, language: Language) -> list[str]:
    """``steps``: percent of the budget, plan that extends the smaller ones, best plan without that; ``choice``: the choice table."""
    lines = []
    for number, (percent, plan, free) in enumerate(steps):
        here = _places(plan, choice)
        if number == 0:
            lines.append(
                Wording(
                    f"资金 {percent}%：安排 {len(here):,} 户（从这一级起，资金增加时谁也不失去安排）。",
                    f"{percent} % of the budget: {len(here):,} households have a place; none of them loses it when there is more.",
                ).to(language)
            )
            continue
        before, alone = _places(steps[number - 1][1], choice), _places(free, choice)
        lost = len(before - alone)
        lines.append(
            Wording(
                f"资金 {percent}%：安排 {len(here):,} 户，比上一级多 {len(here - before):,} 户，没有人失去安排；"
                f"若不要求逐级保持，会有 {lost:,} 户失去上一级的安排。",
                f"{percent} % of the budget: {len(here):,} households, {len(here - before):,} more than before, and nobody loses a place; "
                f"without that rule {lost:,} would lose theirs.",
            ).to(language)
        )
        lines += _costs(plan, free, language)
    return lines


def _places(plan: Plan, choice: str) -> set[str]:
    frame = plan.tables[choice]
    return set(frame[str(frame.columns[0])].astype(str))


def _costs(plan: Plan, free: Plan, language: Language) -> list[str]:
    """For each goal what insisting costs against the best plan without; or that it costs nothing."""
    lines = []
    for ours, theirs in zip(plan.stages, free.stages, strict=True):
        less = (theirs.value - ours.value) * (1 if ours.sense == "max" else -1)
        if not less:
            continue
        much, title = amount(abs(less), ours.unit, language), ours.title.to(language)
        word = Wording("差", "worse") if less > 0 else Wording("好", "better")
        lines.append(
            Wording(
                f"  {title}：{word.zh} {much}（{_share(less, theirs.value)}）。",
                f"  {title}: {word.en} by {much} ({_share(less, theirs.value)}).",
            ).to(language)
        )
    nothing = Wording("  逐级保持不影响任何目标。", "  Keeping everybody's place costs nothing on any goal.")
    return lines or [nothing.to(language)]


def _share(less: int, value: int) -> str:
    return f"{abs(less) / max(1, abs(value)) * 100:.2f}%"
