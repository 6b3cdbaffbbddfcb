"""What a solve tells while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from optimizer.wording import Wording


@dataclass(frozen=True)
class Progress:
    """One moment of a solve: the stage, its best plan so far and the proven bound (base units). ``done``: nothing more comes of
    this stage."""

    stage: int
    stages: int
    title: Wording
    sense: Literal["max", "min"]
    incumbent: int | None
    bound: int | None
    gap: float | None
    unit: str
    seconds: float
    note: Wording | None = None
    done: bool = False
