"""Memory goes back to the system."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from optimizer.memory import give_back


def held() -> int:
    """Resident MiB of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 // 2**20


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_holes_between_kept_arrays_are_given_back() -> None:
    small = [np.ones(12_000) for _ in range(4_000)]  # 96 kB each: from the heap, not pages of their own
    kept = small[::10]
    full = held()
    del small
    give_back()
    assert held() < full - 200
    assert sum(map(len, kept)) == 400 * 12_000
