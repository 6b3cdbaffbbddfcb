"""Our solvers work where somebody else has used HiGHS with another number of threads in the same process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import highspy, numpy as np, scipy.sparse as sp
other = highspy.Highs()
other.setOptionValue("output_flag", False)
other.setOptionValue("threads", 2)
other.addVar(0, 1)
other.run()
from optimizer.solvers.linear import maximum
one = np.ones(2)
found = maximum(one, sp.csr_array(np.ones((1, 2))), np.array([-np.inf]), np.array([1.5]), 0 * one, one)
assert found is not None and abs(found.value - 1.5) < 1e-9, found
"""


def test_highs_with_other_threads_before_ours() -> None:
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
