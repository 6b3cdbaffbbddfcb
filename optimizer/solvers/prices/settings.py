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
    part_block_size: int = 250
    part_columns: int = 24
    part_rounds: int = 12
    parts_at_least: int = 3
    nested_at_least: int = 30_000
    nested_ambition: float = 0.9
    linking_at_most: int = 400
    outer_rounds: int = 60
    inner_share: float = 0.3
    part_wide: int = 400
    part_open: int = 30
    part_few: int = 3
    part_nodes: int = 300
    part_passes: int = 5
    linking_steps: int = 24


PRICES = Wording("价格导向法", "prices")
