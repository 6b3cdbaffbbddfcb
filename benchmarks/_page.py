"""``docs/benchmarks.md`` from ``benchmarks/results/*.json``: one table a record, so that nothing is ever mixed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from benchmarks.record import ROOT

RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Written by `python -m benchmarks page` from `benchmarks/results/*.json`; do not edit by hand. One table is one run or several runs
of the same command on the same machine, with the same settings, versions and commit; others stand in tables of their own. Seconds are
wall-clock; memory is the peak of the solver's own process, with reading and building. "prices" is this project's engine.
A commit that ends in + had changes beside it.
"""
PASSING = ("date",)  # of the settings: what may differ inside one table
ABOUT_SETTINGS = ("versions", "commit", "date", "name")
COLUMNS = (
    ("instance", "instance"), ("households", "households"), ("measured", "measured"), ("solver", "solver"),
    ("status", "ended"), ("value", "value"), ("bound", "bound"), ("gap", "gap"), ("best_known", "best known"),
    ("solve_seconds", "solve, s"), ("cpu_seconds", "processors, s"), ("seconds", "whole, s"), ("peak_mb", "peak, MiB"), ("price_seconds", "price bound, s"),
    ("times_our_price_seconds", "times our price bound"), ("times_ours", "times ours"), ("columns", "columns"),
    ("rows", "rows"), ("entries", "entries"), ("certify", "certify"), ("stages_reached", "stages"),
    ("worst_gap", "worst gap of a stage"), ("caught", "caught"), ("missed", "missed"), ("false_alarms", "false alarms"),
)  # fmt: skip
WORDS = {
    "killed": "did not heed its limit and was ended",
    "killed without a plan": "did not heed its limit and was ended; no plan",
    "no plan": "no plan",
    "no plan, ended at the limit": "no plan when its time was over",
    "not run": "not run",
    "failed": "failed",
    "refused": "refused: numbers too large",
    "stopped": "stopped before the asked gap",
    "its plan breaks rows": "no plan: what it gave breaks rows",
    "complete": "done",
    "no bound": "no bound",
}


def fingerprint(record: dict[str, Any]) -> str:
    """Eight hex digits of machine and settings; records that differ in either never share a table."""
    settings = {k: v for k, v in record["settings"].items() if k not in PASSING}
    machine = {k: v for k, v in record["machine"].items() if k != "load"}
    text = json.dumps([machine, settings], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def command(settings: dict[str, Any]) -> str:
    """The command that gives this record, options left out where they were not set."""
    words = [f"python -m benchmarks run {settings['name']}"]
    for name, value in settings.items():
        if name in ABOUT_SETTINGS or value in (None, "", [], False):
            continue
        option = "--" + name.replace("_", "-")
        text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
        words.append(option if value is True else f"{option} {text}")
    return " ".join(words)


def shown(name: str, value: Any) -> str:
    """One cell."""
    if value is None:
        return "–"
    if name == "status":
        return WORDS.get(str(value), str(value))
    if name in ("gap", "worst_gap"):
        return "0" if value == 0 else f"{value:.1e}"
    if isinstance(value, float) and not float(value).is_integer():
        return f"{value:,.2f}" if abs(value) < 1_000 else f"{value:,.0f}"
    text = f"{value:,.0f}" if isinstance(value, (int, float)) else str(value)
    return " ".join(text.replace("|", "/").split())[:120]


def table(results: list[dict[str, Any]]) -> list[str]:
    """The lines of one table, with the columns that some result fills."""
    used = [(n, title) for n, title in COLUMNS if any(r.get(n) is not None for r in results)]
    lines = ["| " + " | ".join(t for _, t in used) + " |", "|" + "---|" * len(used)]
    told = [
        r | {"status": "killed without a plan"} if r["status"] == "killed" and r["value"] is None else r
        for r in results
    ]
    return lines + ["| " + " | ".join(shown(n, r.get(n)) for n, _ in used) + " |" for r in told]


def remarks(results: list[dict[str, Any]]) -> list[str]:
    """What does not fit into a cell: growth, why something was not run or failed."""
    growth = {r["growth_exponent"] for r in results if r.get("growth_exponent") is not None}
    short = [r["households"] for r in results if r["solver"] == "prices" and r["status"] == "stopped"]
    but = f"; sizes that ended short of the asked gap: {', '.join(f'{n:,}' for n in short)}" if short else ""
    lines = [f"Solve time grows as households^{g:.2f} (least squares of the logarithms{but})." for g in sorted(growth)]
    why = {(r["solver"], " ".join(str(r["message"]).split())[-200:]) for r in results if r.get("message")}
    return lines + [f"{solver}: {text}" for solver, text in sorted(why)]


def section(records: list[dict[str, Any]]) -> str:
    """One table with where it comes from. ``records`` have the same fingerprint."""
    if len({fingerprint(r) for r in records}) != 1:
        raise ValueError("records of different machines, settings or commits in one table")
    machine, settings = records[0]["machine"], records[0]["settings"]
    results = [result for record in records for result in record["results"]]
    dates = sorted({r["settings"]["date"][:10] for r in records})
    versions = ", ".join(f"{name} {version}" for name, version in settings["versions"].items())
    about = [
        f"Machine: {machine['cpu']}, {machine['cores']} cores, {machine['memory']}; {machine['system']}. {' and '.join(dates)}, "
        f"commit `{settings['commit'][:12]}{'+' if settings['commit'].endswith('+') else ''}`, "
        f"load when written: {', '.join(str(r['machine']['load']) for r in records)}.",
        f"Versions: {versions}.",
    ]
    title = f"## {settings['name']} · {fingerprint(records[0])}"
    parts = [title, f"    {command(settings)}", "\n".join(about), "\n".join(table(results)), *remarks(results)]
    return "\n\n".join(parts) + "\n"


def page(folder: Path = RESULTS) -> str:
    """The whole page from the records of a folder, in order of benchmark and date."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    records = [json.loads(p.read_text(encoding="utf-8")) for p in sorted(folder.glob("*.json"))]
    for record in sorted(records, key=lambda r: (r["settings"]["name"], r["settings"]["date"])):
        grouped.setdefault(fingerprint(record), []).append(record)
    return "\n".join([HEAD, *map(section, grouped.values())])


def write_page() -> None:
    """Put the page into docs."""
    PAGE.write_text(page(), encoding="utf-8")
