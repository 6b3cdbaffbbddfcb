"""A generated Songjiang instance with its plan, for the mutations of ``songjiang_mutations``."""

from __future__ import annotations

import importlib.util
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from optimizer import api
from optimizer.check import audit
from optimizer.records import altered_records
from tests.songjiang_mutations import Mutation

ROOT = Path(__file__).resolve().parent.parent
SEED = 1  # of the public lottery


def generator() -> ModuleType:
    """``instances/songjiang/generate.py``, which is no part of a package."""
    import sys

    path = ROOT / "instances" / "songjiang" / "generate.py"
    spec = importlib.util.spec_from_file_location("songjiang_generate", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def solved(households: int, seed: int, seconds: float, gap: float = 1e-3) -> tuple[Any, Any]:
    """The instance as read from its files, and a plan of it."""
    with tempfile.TemporaryDirectory() as place:
        made = generator()
        for name, frame in made.generate(households, seed).items():
            frame.to_csv(Path(place) / f"{name}.csv", index=False)
        (Path(place) / "instance.toml").write_text(made.description(households, seed), encoding="utf-8")
        instance = api.load(place)
    return instance, api.solve(instance, time=seconds, gap=gap, seed=SEED, solver="prices")


def judge(instance: Any, mutation: Mutation) -> tuple[str, set[str]]:
    """What is wrong with the audit of a mutation ("" where nothing is), and the clauses that it named."""
    audited = audit(instance, mutation.decisions, SEED)
    altered = altered_records(instance, mutation.decisions, mutation.accounts, audited)
    found = {v.clause for v in [*audited.violations, *altered]}
    told = f"{mutation.name}: {mutation.what}; named {sorted(found)}"
    if not mutation.clauses:
        return (f"false alarm, {told}" if found else ""), found
    return ("" if found & mutation.clauses else f"missed {sorted(mutation.clauses)}, {told}"), found
