"""Reads what a plan folder states, for its certificate to be recomputed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from optimizer.analysis.stated import StatedPlan
from optimizer.errors import OptimizerError
from optimizer.lagrangian.record import Certificate, certificate_from
from optimizer.plan import Plan
from optimizer.report.folder import malformed, read_head, read_plan_folder, read_statements
from optimizer.wording import Wording


def read_stated(folder: Path) -> StatedPlan:
    """A plan folder with its certificate. Raises ``OptimizerError`` where one of its files is missing or malformed."""
    head = read_head(folder)
    file = folder / "certificate.json"
    if not file.is_file():
        raise OptimizerError(
            Wording(f"方案文件夹缺少 {file}，没有可核对的证明。", f"The plan folder lacks {file}: there is no proof to recompute."),
            Wording("Maybe（也许）被移走或改名了；请重新求解。", "Maybe it was moved or renamed; solve again."),
        )  # fmt: skip
    content = file.read_bytes()
    recorded = head.get("certificate_sha256")
    plan_file = folder / "plan.json"
    return StatedPlan(
        policy=str(head.get("policy", "")),
        tables=read_plan_folder(folder),
        statements=read_statements(folder),
        seed=_whole(head.get("seed", 1), plan_file, "seed"),
        values=_values(head.get("stages"), plan_file),
        changes=_changes(head, plan_file),
        hashes=_texts(head.get("hashes"), plan_file, "hashes"),
        certificate=_certificate(content, file),
        intact=None if recorded is None else recorded == hashlib.sha256(content).hexdigest(),
        variation=_variation(head, plan_file),
    )


def stated_of(plan: Plan) -> StatedPlan:
    """The same of a plan in memory."""
    return StatedPlan(
        policy=plan.policy,
        tables=plan.tables,
        statements=plan.statements,
        seed=plan.seed,
        values=tuple((s.id, s.value, s.bound) for s in plan.stages),
        changes=dict(plan.settings.get("set", {})),
        hashes=None,
        certificate=_certificate(plan.certificate, Path("certificate.json")),
        variation=tuple(plan.settings.get("varied", ())),
    )


def _certificate(content: bytes | Mapping[str, Any], file: Path) -> Certificate:
    try:
        return certificate_from(content)
    except ValidationError as error:
        places = [".".join(map(str, e["loc"])) + ": " + e["msg"] for e in error.errors()[:3]]
        raise malformed(file, "; ".join(places)) from None


def _values(stages: object, file: Path) -> tuple[tuple[str, int, int], ...]:
    """Stage, value and bound as plan.json has them."""
    if not isinstance(stages, list) or not all(isinstance(s, dict) for s in stages):
        raise malformed(file, "stages")
    return tuple(
        (str(s.get("id")), _whole(s.get("value"), file, "stages.value"), _whole(s.get("bound"), file, "stages.bound"))
        for s in stages
    )


def _changes(head: Mapping[str, Any], file: Path) -> dict[str, object]:
    settings = head.get("settings", {})
    changes = settings.get("set", {}) if isinstance(settings, dict) else None
    if not isinstance(changes, dict) or not all(isinstance(v, int | float | str) for v in changes.values()):
        raise malformed(file, "settings.set")
    return dict(changes)


def _variation(head: Mapping[str, Any], file: Path) -> tuple[dict[str, Any], ...]:
    listed = head.get("settings", {}).get("varied", [])
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise malformed(file, "settings.varied")
    return tuple(listed)


def _texts(value: object, file: Path, where: str) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise malformed(file, where)
    return dict(value)


def _whole(value: object, file: Path, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise malformed(file, where)
    return value
