"""What a benchmark leaves behind: machine, versions, commit, date, settings and results in one JSON file."""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from optimizer.plan_of import versions as of_the_engine

ROOT = Path(__file__).resolve().parent.parent
Results = list[dict[str, Any]]


@dataclass(frozen=True)
class Benchmark:
    """A named measurement: its options, and the function that runs it."""

    name: str
    about: str
    options: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], Results]


KNOWN: dict[str, Benchmark] = {}


def register(name: str, about: str, options: Callable[[argparse.ArgumentParser], None]) -> Callable[..., Any]:
    """A decorator: the function below is the benchmark of that name."""

    def known(run: Callable[[argparse.Namespace], Results]) -> Callable[[argparse.Namespace], Results]:
        KNOWN[name] = Benchmark(name, about, options, run)
        return run

    return known


def first_line(path: str, word: str) -> str:
    """What stands after the colon in the first line of a /proc file that begins with ``word``; "" where none does."""
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(word)), "")


def machine() -> dict[str, Any]:
    """The computer, as far as it tells."""
    return {
        "cpu": first_line("/proc/cpuinfo", "model name") or platform.processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory": first_line("/proc/meminfo", "MemTotal"),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "system": platform.platform(),
    }


def commit() -> str:
    """The commit, with + where files differ from it; "" outside a repository."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()

    return git("rev-parse", "HEAD") + ("+" if git("status", "--porcelain", "--untracked-files=no") else "")


def versions() -> dict[str, str]:
    """Python and every package that a measurement depends on."""
    return of_the_engine() | {name: metadata.version(name) for name in ("ortools", "pyarrow")}


def settings_of(chosen: argparse.Namespace) -> dict[str, Any]:
    """What was asked for on the command line, as a record keeps it; of folders only the name."""
    asked = {k: v for k, v in vars(chosen).items() if k not in ("command", "json", "resume")}
    return {k: v.name if isinstance(v, Path) else v for k, v in asked.items()}


def kept_results(path: Path, settings: dict[str, Any]) -> Results:
    """The results of an interrupted run of the same settings, versions and commit. Raises ``ValueError`` where the record
    at ``path`` is of another run."""
    if not path.exists():
        return []
    record = json.loads(path.read_text(encoding="utf-8"))
    then = {k: v for k, v in record["settings"].items() if k != "date"}
    now = json.loads(json.dumps(settings | {"versions": versions(), "commit": commit()}))
    if then != now:
        differing = sorted(k for k in then.keys() | now.keys() if then.get(k) != now.get(k))
        raise ValueError(f"{path.name} is of another run (differing: {', '.join(differing)}): no results are mixed")
    return list(record["results"])


def write_record(path: Path, settings: dict[str, Any], results: Results) -> None:
    """One JSON file, whole or not at all."""
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    told = {"versions": versions(), "commit": commit(), "date": now}
    record = {"machine": machine(), "settings": settings | told, "results": results}
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    draft.replace(path)
