"""Knobs of the price-directed method."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.wording import Wording


@dataclass
class Settings:
    """Knobs of the method, with the values that measured best (docs/price-directed-solver.md, docs/decisions/0002 and 0006).

    Both ways: ``lp_share``: the search for prices may use this share of the gap. ``look_ahead``: weight of tie-breaks.
    ``closed_at_most``: programs of at most so many options are closed by HiGHS, within ``closing_seconds``; their prices are those
    of the LP, where that is enough.
    """

    lp_share: float = 0.1
    look_ahead: float = 2e-4
    closed_at_most: int = 12_000
    closing_seconds: float = 40.0
    beside_seconds: float = 10.0  # for a first plan beside the relaxation

    # Column generation over blocks (programs with all-or-nothing groups, small ones, and those with many joining rows)
    block_size: int = 60  # choice sets a block
    rounds: int = 80
    penalty: float = 1e3  # for one scaled unit of a limit that is missed
    finish_seconds: float = 20.0
    repairs: int = 4
    repair_seconds: float = 6.0
    sketch_share: float = 0.12  # what a stage counts of the one before, in the first plan
    sketch_gap: float = 1e-5
    neighbourhood: int = 300  # choice sets opened at a time
    idle: int = 12
    stage_seconds: float = 12.0
    ambition: float = 0.6  # share of the gap aimed at
    early_ambition: float = 0.1

    # Newton steps on the smoothed dual; temperatures are told in the worth of a typical option
    rows_at_most: int = 500  # of one part, with the linking ones
    hot: float = 0.2  # the first temperature
    cooling: float = 4.0
    samples: tuple[tuple[int, float], ...] = (
        (100, 0.07),
        (400, 0.02),
        (1600, 0.005),
    )  # sets a part, down to a temperature
    largest_sample: float = 0.6
    bundle: int = 60_000  # options of parts that are asked together
    sample_steps: int = 15
    full_steps: int = 12
    settled: float = 0.3  # Newton decrement a row, in temperatures, at which a temperature is done
    first_price: float = 0.05
    highest_price: float = 1e3
    sample_price: float = 1e-2  # of the highest price: what samples may hand on
    ridge: float = 1e-9

    # Whole plans part by part
    plan_ambition: float = 0.9  # share of the gap aimed at by plan and bound
    part_ambition: float = 0.95  # share of that which the parts may lose
    patience: float = 1.4  # each wider opening only where a part loses so many times more than its share
    wave: int = 16  # parts side by side
    decided: float = 0.999  # share of an option that counts as decided
    core_sets: int = 200
    cores: tuple[tuple[int, int], ...] = (
        (1, 3),
        (3, 4),
        (9, 6),
        (30, 12),
    )  # times ``core_sets``, and options a set: the first core whose LP has a solution is taken
    last_core: int = 3  # times as many sets for a part that must use up what others left
    open_sets: tuple[int, ...] = (15, 20, 30, 45, 70)
    few: int = 3  # free options a set, in the mean
    nodes: int = 300
    lean: float = 0.4  # how much of a linking row's price is waived for what a part was allotted
    refills: int = 8
    refill_sizes: tuple[int, ...] = (20, 30)
    idle_refills: int = 3


PRICES = Wording("价格导向法", "prices")
