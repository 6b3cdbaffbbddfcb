"""One planning task: its tables in base units, its parameters, and where the numbers come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from optimizer.policy import Policy, Title


@dataclass(frozen=True)
class Source:
    """Where a part of the tables comes from; ``kind`` says how far to trust it."""

    what: str
    kind: Literal["public", "assumed", "generated"]
    note: str


@dataclass(frozen=True)
class Instance:
    """Tables of one planning task.

    ``tables``: one frame a table of the policy, columns as its schema declares and in that order,
    numbers as int64 base units (fen, dm², metres, counts), flags bool, codes and texts str with
    ``""`` for an allowed empty. ``parameters``: base units, the policy's values with the
    instance's own put over them. ``hashes``: sha256 of each file or sheet read. ``source``: the name of a bundled instance or
    the path that it was read from; empty for one made in memory. ``variation``: what a question changed in it, in order
    (``optimizer.analysis.variant``).
    """

    name: str
    title: Title
    policy: Policy
    tables: Mapping[str, pd.DataFrame]
    parameters: Mapping[str, int]
    sources: tuple[Source, ...]
    hashes: Mapping[str, str]
    generated: bool = False
    source: str = ""
    variation: tuple[Mapping[str, Any], ...] = ()
