"""What a plan says of itself, as an auditor takes it up: nothing of it is believed before it was recomputed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from optimizer.lagrangian.record import Certificate


@dataclass(frozen=True)
class StatedPlan:
    """``tables``, ``statements``: base units. ``values``: (stage, value, bound) in order. ``changes``: numbers of the
    policy that the plan was made with (``--set``). ``hashes``: sha256 of each input file; None for a plan in memory.
    ``intact``: whether the certificate is byte for byte the one that the plan was written with; None where that is
    not recorded. ``variation``: what a question changed in the task beforehand (``Instance.variation``)."""

    policy: str
    tables: Mapping[str, pd.DataFrame]
    statements: Mapping[str, pd.DataFrame]
    seed: int
    values: tuple[tuple[str, int, int], ...]
    changes: Mapping[str, object]
    hashes: Mapping[str, str] | None
    certificate: Certificate
    intact: bool | None = None
    variation: Sequence[Mapping[str, Any]] = ()
