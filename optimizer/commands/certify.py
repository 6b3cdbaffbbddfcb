"""``optimizer certify``: the proof, computed again."""

from __future__ import annotations

import typer

from optimizer import api
from optimizer.commands.base import AsJson, InstanceName, Lang, PlanFolder, app, say_json, telling
from optimizer.report.proof import proof_lines, proof_record


@app.command()
def certify(
    instance: InstanceName,
    plan: PlanFolder,
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """不用求解器，由输入表重算证明 / Recompute the certificate from the tables, without a solver."""
    with telling(lang, as_json) as language:
        found = api.certify(instance, plan)
        if as_json:
            say_json(proof_record(found, language))
        else:
            print("\n".join(proof_lines(found, language)))
        if not found.holds:
            raise typer.Exit(5)
