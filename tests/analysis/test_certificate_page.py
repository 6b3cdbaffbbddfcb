"""The plain Python of docs/certificate.md, run as it stands there, agrees with the certificate."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.analysis.plan_folders import change_json, relocation, solved

PAGE = Path(__file__).resolve().parents[2] / "docs" / "certificate.md"


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script, cut out of the page."""
    found = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert len(found) == 1
    file = tmp_path_factory.mktemp("page") / "certify.py"
    file.write_text(found[0], encoding="utf-8")
    return file


def printed(script: Path, instance: Path, plan: Path) -> int:
    """What the script says, run alone: -I keeps everything of ours out of reach."""
    done = subprocess.run(
        [sys.executable, "-I", str(script), str(instance), str(plan)], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def test_the_page_recomputes_the_bound(script: Path, tmp_path: Path) -> None:
    """Another reading of the tables, another loop, the same whole number; other prices, another bound, never a better one
    than the plan."""
    instance = relocation(tmp_path / "instance", 300)
    plan = solved(instance, tmp_path / "plan", gap=1e-2, solver="highs")
    stated = json.loads((plan / "certificate.json").read_text(encoding="utf-8"))["stages"][0]
    assert printed(script, instance, plan) == stated["price_bound"]
    change_json(plan / "certificate.json", lambda c: c["stages"][0]["prices"].pop(0))
    other = printed(script, instance, plan)
    assert other > stated["price_bound"]
    change_json(plan / "certificate.json", lambda c: c["stages"][0]["prices"][0].__setitem__(2, -(10**15)))
    assert printed(script, instance, plan) >= stated["value"]
