"""Plan folders for the certificate to be recomputed on, and ways to change one after it was written."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from optimizer import api

ROOT = Path(__file__).resolve().parents[2]
RELOCATION = ROOT / "instances" / "relocation" / "generate.py"


def relocation(folder: Path, households: int = 600, counties: int = 2) -> Path:
    """A generated relocation instance as CSV files."""
    command = [sys.executable, str(RELOCATION), "--households", str(households), "--counties", str(counties)]
    subprocess.run([*command, "--seed", "3", "--format", "csv", "--out", str(folder)], check=True)
    return folder


def solved(instance: Path, out: Path, **options: Any) -> Path:
    """A plan folder of it."""
    task = api.load(instance, options.get("set"))
    api.write(api.solve(task, **options), task, out)
    return out


def change_json(file: Path, change: Callable[[Any], object]) -> None:
    """A JSON file with something changed in place."""
    content = json.loads(file.read_text(encoding="utf-8"))
    change(content)
    file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def change_rows(file: Path, change: Callable[[list[dict[str, str]]], object]) -> None:
    """A CSV file with some of its rows changed in place."""
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    names = list(rows[0])
    change(rows)
    with file.open("w", encoding="utf-8-sig", newline="") as text:
        writer = csv.DictWriter(text, names)
        writer.writeheader()
        writer.writerows(rows)
