"""What a child process of a benchmark tells: memory, gap, and an answer file that is rewritten as it gets on."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

MAXRSS_PER_MB = 1024 * 1024 if sys.platform == "darwin" else 1024


def peak_mb() -> float:
    """The most memory (MiB) that this process, or a solver that it started, has held."""
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return round(most / MAXRSS_PER_MB, 1)


def write_answer(job: dict[str, Any], **values: Any) -> None:
    """The answer so far, with the memory so far."""
    Path(job["answer"]).write_text(json.dumps({**values, "peak_mb": peak_mb()}, ensure_ascii=False), encoding="utf-8")


def gap(value: float, bound: float) -> float:
    """Relative distance from a value to a bound."""
    return abs(float(bound) - float(value)) / max(1.0, abs(float(value)))


def limit_of(bound: float, value: int) -> dict[str, float | None]:
    """A solver's bound and the gap to it; None where it proved none."""
    proven = abs(bound) < 1e30
    return {"bound": bound if proven else None, "gap": gap(value, bound) if proven else None}
