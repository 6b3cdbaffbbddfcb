"""report.html: one self-contained page that tells a plan to people who read no tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from optimizer.instance import Instance
from optimizer.plan import Plan
from optimizer.report import views
from optimizer.report.digest import (
    SEVERITY,
    ClauseGroup,
    Statement,
    choice_table,
    clause_groups,
    statements,
    tokens,
    unplaced,
)
from optimizer.report.labels import KIND, SENSE, STATUS, Labels
from optimizer.report.levels import levels_section
from optimizer.report.phrases import amount, listed, worth
from optimizer.report.story import assumed_parameters, cost_line, headline, key_figures, proof, stage_lines
from optimizer.wording import Language, Wording


def write_page(plan: Plan, instance: Instance, path: Path, language: Language = "zh") -> None:
    """Write the page to ``path``."""
    path.write_text(render_page(plan, instance, language), encoding="utf-8")


def render_page(plan: Plan, instance: Instance, language: Language = "zh") -> str:
    """The whole page as one HTML text, without any outside link."""
    labels = Labels(instance, plan, language)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("optimizer.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("page.html.j2")
    return template.render(**_context(plan, instance, labels), t=_chooser(language))


def _chooser(language: Language) -> Callable[[str, str], str]:
    return lambda zh, en: Wording(zh, en).to(language)


def _context(plan: Plan, instance: Instance, labels: Labels) -> dict[str, Any]:
    language = labels.language
    accounts = statements(plan, instance)
    return {
        "language": "zh-CN" if language == "zh" else "en",
        "title": instance.title.wording.to(language),
        "policy": instance.policy.policy.title.wording.to(language),
        "document": instance.policy.policy.document,
        "generated": instance.generated,
        "stopped": plan.status == "stopped",
        "headline": headline(plan, labels),
        "cost": cost_line(plan, accounts, labels),
        "proof": proof(plan, language),
        "figures": key_figures(plan, instance, accounts, labels),
        "flow": Markup(views.flow_picture(plan, instance, labels)),
        "years": Markup(views.years_picture(plan, instance, labels)),
        "accounts": [_account(each, labels) for each in accounts if each.unit in DRAWN],
        "fills": Markup(views.fill_picture(plan, instance, labels)),
        "stages": stage_lines(plan, language),
        "clauses": [_clause(each, labels, _price_unit(plan)) for each in clause_groups(plan.clauses)],
        "statuses": _statuses(plan, language),
        "unplaced": _unplaced(plan, instance, labels),
        "lottery": _lottery(plan, labels),
        "levels": levels_section(plan, language),
        "sources": [(KIND[each.kind].to(language), each.kind, each.what, each.note) for each in instance.sources],
        "assumed": assumed_parameters(instance, language),
        "broken": sum(group.status == "violated" for group in clause_groups(plan.clauses)),
        "run": {
            "engine": plan.engine,
            "seed": plan.seed,
            "seconds": plan.seconds.get("total", sum(plan.seconds.values())),
            "instance": plan.instance,
        },
    }


DRAWN = ("fen", "dm2")
"""Units of accounts that have a picture: money and land. Places in schools and in hospitals do not add up."""


def _account(each: Statement, labels: Labels) -> dict[str, Any]:
    """One running account: its picture, and its totals as a small table."""
    table = each.matrix(labels.language)
    total = table.sum(axis=1)
    income, cost = int(total[total >= 0].sum()), int(total[total < 0].sum())
    return {
        "name": labels.table(each.name),
        "unit": views.money_unit(each, labels) if len(table) else "",
        "picture": Markup(views.money_picture(each, labels)),
        "income": amount(income, each.unit, labels.language),
        "cost": amount(-cost, each.unit, labels.language),
        "balance": amount(income + cost, each.unit, labels.language),
    }


def _clause(each: ClauseGroup, labels: Labels, goal: str | None) -> dict[str, Any]:
    """One line of the clause table."""
    language = labels.language

    def number(value: int | None) -> str:
        return "—" if value is None else amount(value, each.unit, language)

    key = " ".join(labels.key_part(part) for part in tokens(each.worst_key)) if each.worst_key else ""
    sense = SENSE.get(each.sense, each.sense)
    return {
        "clause": each.clause,
        "title": each.title_zh if language == "zh" else each.title_en,
        "rule": each.rule,
        "status": each.status,
        "word": STATUS[each.status].to(language),
        "limit": "—" if each.limit is None else f"{sense} {number(each.limit)}".strip(),
        "attained": number(each.attained),
        "slack": number(each.slack),
        "key": key,
        "price": worth(each.price, each.unit, goal, language) if each.price and goal else "",
        "rows": each.rows,
        "binding": each.binding,
    }


def _price_unit(plan: Plan) -> str | None:
    """The unit of the stage that prices are counted in, where the plan names it."""
    named = plan.settings.get("price_stage")
    return next((stage.unit for stage in plan.stages if stage.id == named), None)


def _statuses(plan: Plan, language: Language) -> list[tuple[str, str, int]]:
    """Statuses that occur among the collapsed clauses, with how many."""
    found = pd.Series([group.status for group in clause_groups(plan.clauses)]).value_counts()
    return [(each, STATUS[each].to(language), int(found[each])) for each in SEVERITY if each in found.index]


def _unplaced(plan: Plan, instance: Instance, labels: Labels) -> dict[str, Any] | None:
    """Counts of those not placed, by place down and reason across."""
    frame = unplaced(plan, instance)
    if frame is None:
        return None
    if frame.empty:
        return {"total": 0, "reasons": [], "rows": []}
    reasons = frame[f"reason_{labels.language}"]
    place = instance.policy.policy.place
    names = list(reasons.value_counts().index)
    rows: list[tuple[str, list[int], int]] = []
    if place in frame.columns:
        table = pd.crosstab(labels.words(place, frame[place]), reasons)[names]
        order = table.sum(axis=1).sort_values(ascending=False, kind="stable").index
        rows = [(str(at), [int(n) for n in table.loc[at]], int(table.loc[at].sum())) for at in order]
    totals = [int((reasons == name).sum()) for name in names]
    return {
        "total": len(frame),
        "place": labels.column(place),
        "reasons": names,
        "rows": rows,
        "totals": totals,
    }


def _lottery(plan: Plan, labels: Labels, most: int = 12) -> dict[str, Any] | None:
    """How many took part in the public draw and for whom it decided."""
    if plan.lottery.empty:
        return None
    decided = plan.lottery[plan.lottery["decided"].astype(bool)]
    names = [str(each) for each in decided[plan.lottery.columns[0]].head(most)]
    return {
        "drawn": len(plan.lottery),
        "decided": len(decided),
        "names": listed(names, labels.language),
        "more": len(decided) > most,
        "moves": choice_table(plan) is not None,
    }
