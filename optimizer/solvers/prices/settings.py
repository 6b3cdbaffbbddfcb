"""Knobs of the price-directed method."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.wording import Wording


@dataclass
class Settings:
    """Knobs of the method, with the values that measured best (see docs/decisions/0002)."""

    block_size: int = 60
    rounds: int = 80
    lp_share: float = 0.1
    look_ahead: float = 2e-4
    penalty: float = 1e3
    finish_seconds: float = 20.0
    repairs: int = 4
    repair_seconds: float = 6.0
    sketch_share: float = 0.12
    sketch_gap: float = 1e-5
    neighbourhood: int = 300
    idle: int = 12
    stage_seconds: float = 12.0
    ambition: float = 0.6
    early_ambition: float = 0.1
    closed_at_most: int = 12_000
    closing_seconds: float = 40.0
    rows_at_most: int = 500
    plan_ambition: float = 0.9
    hot: float = 0.2
    cooling: float = 4.0
    samples: tuple[tuple[int, float], ...] = ((100, 0.07), (400, 0.02), (1600, 0.005))
    sample_steps: int = 15
    full_steps: int = 12
    warm: float = 1e-3
    first_price: float = 0.05
    highest_price: float = 1e3
    settled: float = 0.3
    ridge: float = 1e-9
    core_sets: int = 200
    core_options: int = 3
    open_sets: tuple[int, ...] = (15, 20, 30, 45, 70)
    few: int = 3
    nodes: int = 300
    decided: float = 0.999
    part_ambition: float = 0.6
    patience: float = 3.0
    wave: int = 16
    lean: float = 0.4
    last_core: int = 3
    refills: int = 8
    refill_sizes: tuple[int, ...] = (20, 30)
    idle_refills: int = 3


PRICES = Wording("价格导向法", "prices")
