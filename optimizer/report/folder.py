"""The plan folder: everything that a run leaves behind, moved into place whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass, replace
from fractions import Fraction
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from optimizer.errors import OptimizerError
from optimizer.instance import Instance
from optimizer.plan import Plan, StageResult
from optimizer.report import sheets
from optimizer.report.carried import CARRIED, write_carried
from optimizer.report.cells import column_kinds, exact_texts, guard, write_rows
from optimizer.report.columns import read_table, write_table
from optimizer.report.digest import display_prices, statement_units, table_units, with_unplaced
from optimizer.report.levels import levels_record, write_levels
from optimizer.report.page import write_page
from optimizer.report.workbook import write_workbook
from optimizer.units import UNITS, display_unit
from optimizer.wording import Language, Wording

FORMAT = "optimizer-plan-1"
_PACKAGES = ("optimizer", "pandas", "numpy", "scipy", "highspy", "ortools", "pulp", "networkx", "xlsxwriter")


def write_plan_folder(
    plan: Plan, instance: Instance, out: Path, language: Language = "zh", *, carried: bool = False
) -> None:
    """Write ``plan`` to the folder ``out``, replacing an earlier plan folder. ``carried``: the instance is no file's; it is
    written into the folder too, and the plan names it as its own.

    All is written beside ``out`` first, so that a killed run leaves nothing half-written. A folder
    that holds anything but a plan is not touched.
    """
    out = Path(out).resolve()
    _refuse_foreign(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as space:
        new = Path(space) / "new"
        new.mkdir()
        if carried:
            instance = write_carried(instance, new, out)
            stated = {name: value for name, value in plan.settings.items() if name != "varied"}  # the files have it all
            plan = replace(plan, settings={**stated, "set": {}, "source": str(out / CARRIED)})
        _write_all(plan, instance, new, language)
        _move_into_place(new, out, Path(space) / "old")


def read_plan_folder(path: Path) -> dict[str, pd.DataFrame]:
    """The decision tables of a plan folder, exactly as they were: base units, same columns."""
    head = read_head(Path(path))
    tables: dict[str, pd.DataFrame] = {}
    for name, kinds in head["columns"].items():
        file = Path(path) / "tables" / f"{name}.csv"
        if not file.is_file():
            raise OptimizerError(
                Wording(f"方案文件夹缺少 {file}。", f"The plan folder lacks {file}."),
                Wording("Maybe（也许）被移走或改名了", "Maybe it was moved or renamed."),
            )
        tables[name] = read_table(file, kinds)
    return tables


def read_statements(path: Path) -> dict[str, pd.DataFrame]:
    """The running accounts of a plan folder, base units; one that is absent is left out."""
    units = read_head(Path(path)).get("statements", {})
    found = {}
    for name, kinds in units.items():
        file = Path(path) / "statements" / f"{_safe(name)}.csv"
        if file.is_file():
            found[name] = read_table(file, kinds)
    return found


def read_seed(path: Path) -> int:
    """The seed of the public lottery that a plan folder was drawn with."""
    return int(read_head(Path(path)).get("seed", 1))


def _write_all(plan: Plan, instance: Instance, folder: Path, language: Language) -> None:
    (folder / "tables").mkdir()
    columns: dict[str, dict[str, str]] = {}
    for name, frame in plan.tables.items():
        columns[name] = column_kinds(frame, table_units(plan, name))
        write_table(frame, columns[name], folder / "tables" / f"{_safe(name)}.csv")
    if plan.statements:
        (folder / "statements").mkdir()
    accounts = {name: column_kinds(frame, statement_units(plan, name)) for name, frame in plan.statements.items()}
    for name, frame in plan.statements.items():
        write_table(frame, accounts[name], folder / "statements" / f"{_safe(name)}.csv")
    write_table(plan.lottery, column_kinds(plan.lottery, {}), folder / "lottery.csv")
    _write_clauses(plan, folder / "clauses.csv", language)
    if plan.levels is not None:
        write_levels(plan.levels, folder / "levels.csv", language)
    _write_json(folder / "certificate.json", plan.certificate)
    digest = hashlib.sha256((folder / "certificate.json").read_bytes()).hexdigest()
    head = _head(plan, instance, columns, language)
    _write_json(folder / "plan.json", {**head, "statements": accounts, "certificate_sha256": digest})
    told = with_unplaced(plan, instance)
    left = told.statements.get("unplaced")
    if left is not None and len(left) > sheets.MOST_ROWS:  # a sheet holds only the first of them
        write_table(left, column_kinds(left, {}), folder / "unplaced.csv")
    write_workbook(told, instance, folder / "plan.xlsx", language)
    write_page(told, instance, folder / "report.html", language)


def _safe(name: str) -> str:
    """The name of a table as a file name; policies name tables, so it is checked here."""
    if not name or name.startswith(".") or any(sign in name for sign in '/\\:*?"<>|\0'):
        raise OptimizerError(
            Wording(f"表名“{name}”不能作文件名。", f"The table name '{name}' cannot be a file name."),
            Wording("Maybe（也许）改用字母、数字和连字符。", "Maybe use letters, digits and hyphens only."),
        )
    return name


def _write_clauses(plan: Plan, path: Path, language: Language) -> None:
    """``clauses.csv`` with limits, attained and slack in the display unit of each row.

    A price is what one more display unit of the limit is worth.
    """
    frame = plan.clauses.reset_index(drop=True)
    columns: dict[str, list[str]] = {
        name: ["" if pd.isna(value) else guard(str(value)) for value in frame[name]]
        for name in ("clause", "rule", "key", "sense", "status")
    }
    for name in ("limit", "attained", "slack"):
        cells = [""] * len(frame)
        for unit, rows in frame.groupby("unit", sort=False).groups.items():
            for at, text in zip(rows, exact_texts(frame.loc[rows, name], str(unit)), strict=True):
                cells[int(str(at))] = text
        columns[name] = cells
    columns["price"] = ["" if pd.isna(p) else repr(p) for p in display_prices(frame)]
    columns["unit"] = [display_unit(str(unit)) for unit in frame["unit"]]
    columns["title"] = [guard(str(title)) for title in frame[f"title_{language}"]]
    order = (
        "clause",
        "rule",
        "key",
        "sense",
        "limit",
        "attained",
        "slack",
        "status",
        "price",
        "unit",
        "title",
    )
    write_rows(path, order, [columns[name] for name in order])


def _head(
    plan: Plan, instance: Instance, columns: Mapping[str, Mapping[str, str]], language: Language
) -> dict[str, Any]:
    """What ``plan.json`` holds; stage values are whole numbers of the unit named beside them."""
    levels = {} if plan.levels is None else {"levels": levels_record(plan.levels, language)}
    return {
        "format": FORMAT,
        "policy": plan.policy,
        "instance": plan.instance,
        "generated": instance.generated,
        "status": plan.status,
        "gap": plan.gap,
        "stages": [_stage(stage) for stage in plan.stages],
        "seconds": plan.seconds,
        "engine": plan.engine,
        "engine_reason": {"zh": plan.engine_reason.zh, "en": plan.engine_reason.en},
        "seed": plan.seed,
        "language": language,
        "settings": plan.settings,
        "columns": columns,
        "versions": _versions(),
        "hashes": instance.hashes,
        **levels,
    }


def _stage(stage: StageResult) -> dict[str, Any]:
    unit = UNITS[stage.unit]
    return {
        "id": stage.id,
        "clause": stage.clause,
        "title": {"zh": stage.title.zh, "en": stage.title.en},
        "sense": stage.sense,
        "unit": stage.unit if unit.size == 1 else unit.base,
        "value": stage.value,
        "bound": stage.bound,
        "gap": stage.gap,
        "seconds": stage.seconds,
        "engine": stage.engine,
        "price_seconds": stage.price_seconds,
    }


def _versions() -> dict[str, str]:
    """Versions of Python and of the packages that can change a result."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def _write_json(path: Path, value: Any) -> None:
    text = json.dumps(_plain(value), ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _plain(value: Any) -> Any:
    """The same in words that JSON knows; numbers that are not finite become null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    if value is None or value is pd.NA:
        return None
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, Fraction):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    return str(value)


def read_head(folder: Path) -> dict[str, Any]:
    """``plan.json`` of a plan folder, its shape checked as far as reading tables needs it."""
    file = folder / "plan.json"
    try:
        head = json.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise OptimizerError(
            Wording(f"“{folder}”不是方案文件夹：没有 plan.json。", f"'{folder}' is no plan folder: no plan.json."),
            Wording("Maybe（也许）请指向 solve --out 写出的文件夹。", "Maybe point at what solve --out wrote."),
        ) from None
    except (ValueError, OSError, RecursionError) as broken:
        raise malformed(file, str(broken)) from None
    columns = head.get("columns") if isinstance(head, dict) else None
    if not isinstance(columns, dict):
        raise malformed(file, "columns")
    for name, kinds in columns.items():
        _safe(name)
        known = isinstance(kinds, dict) and all(
            kind in UNITS or kind in ("text", "flag", "whole", "number") for kind in kinds.values()
        )
        if not known:
            raise malformed(file, f"columns.{name}")
    return dict(head)


def malformed(file: Path, what: str) -> OptimizerError:
    """A file of a plan folder that is not what was written."""
    return OptimizerError(
        Wording(f"{file} 无法读取（{what}）。", f"{file} cannot be read ({what})."),
        Wording("Maybe（也许）文件被改动过；请重新求解。", "Maybe it was edited; solve again."),
    )


def is_plan_folder(folder: Path) -> bool:
    """Whether a folder has the head of a plan."""
    try:
        head = json.loads((folder / "plan.json").read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return False
    return isinstance(head, dict) and str(head.get("format", "")).startswith("optimizer-plan")


def _refuse_foreign(out: Path) -> None:
    """Raise unless ``out`` is absent, an empty folder or a plan folder."""
    if not out.exists():
        return
    if out.is_dir() and (not any(out.iterdir()) or is_plan_folder(out)):
        return
    raise OptimizerError(
        Wording(f"“{out}”已有别的内容，不会覆盖。", f"'{out}' holds something else; it is not overwritten."),
        Wording("Maybe（也许）换一个 --out 文件夹。", "Maybe choose another --out folder."),
    )


def _move_into_place(new: Path, out: Path, old: Path) -> None:
    """Swap the folders by renaming; if the second rename fails, the earlier plan comes back."""
    if not out.exists():
        os.replace(new, out)
        return
    os.replace(out, old)
    try:
        os.replace(new, out)
    except OSError:
        os.replace(old, out)
        raise
    shutil.rmtree(old, ignore_errors=True)
