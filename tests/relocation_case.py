"""Small relocation instances, as folders of CSV or Parquet files, made by the project's own generator."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
Tables = dict[str, pd.DataFrame]


@cache
def generator() -> ModuleType:
    """``instances/relocation/generate.py``, loaded as a module."""
    spec = importlib.util.spec_from_file_location("relocation_generate", ROOT / "instances/relocation/generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tables(households: int = 300, counties: int = 3, seed: int = 4) -> Tables:
    """All input tables."""
    made: Tables = generator().generate(households, counties, seed)
    return made


def folder(path: Path, form: str, frames: Tables | None = None, change: Callable[[Tables], None] | None = None) -> Path:
    """The instance as a folder; ``change`` alters a copy of the frames before."""
    frames = {name: frame.copy() for name, frame in (frames or tables()).items()}
    if change is not None:
        change(frames)
    path.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        if form == "csv":
            frame.to_csv(path / f"{name}.csv", index=False, lineterminator="\n")
        else:
            frame.to_parquet(path / f"{name}.parquet", index=False)
    words = generator().description(len(frames["households"]), len(frames["counties"]), 4)
    (path / "instance.toml").write_text(words, encoding="utf-8")
    return path


def shuffled(frames: Tables, seed: int) -> Tables:
    """The rows of every table in another order."""
    draw = np.random.default_rng(seed)
    return {name: frame.iloc[draw.permutation(len(frame))].reset_index(drop=True) for name, frame in frames.items()}
