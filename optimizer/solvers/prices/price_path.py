"""Prices along the path of falling temperatures: Newton steps on the smoothed dual of all parts together.

Far from the end a sample of each part's choice sets tells the prices well enough; the last few temperatures use all of them.
At each temperature a few damped Newton steps follow the minimiser. The exact Lagrangian bound is known at every price
asked, so the path ends once a lower temperature no longer improves it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.linalg as sl
import scipy.sparse as sp
import scipy.sparse.linalg as spl

from optimizer.program import Floats
from optimizer.solvers.prices.layout import Part, bundled
from optimizer.solvers.prices.row_limits import RowLimits
from optimizer.solvers.prices.settings import Settings
from optimizer.solvers.prices.side_by_side import Workers
from optimizer.solvers.prices.smoothed import SmoothReply, curvature, smoothed

DENSE_ROWS = 600


@dataclass(frozen=True)
class Asked:
    """Everything known at one price: the smoothed dual, its slope by row (what the limits leave), and the exact bound."""

    price: Floats
    value: float
    slope: Floats
    steep: Floats
    bound: float
    replies: list[SmoothReply]


@dataclass(frozen=True)
class PathEnd:
    """The best prices found with their exact bound (in floating point), and the replies at the last temperature.
    ``met``: no price is so high that breaking its row would pay. ``blocks``: the parts' second derivatives there, by their local
    rows; ``steep``: the limits' by row."""

    price: Floats
    bound: float
    replies: list[SmoothReply]
    evaluations: int
    met: bool
    blocks: list[sp.coo_array]
    steep: Floats


class PricePath:
    """Newton's method over all parts of a program, at one temperature after the other."""

    def __init__(self, parts: Sequence[Part], limits: RowLimits, workers: Workers, settings: Settings) -> None:
        self.parts, self.limits, self.workers, self.settings = parts, limits, workers, settings
        self.evaluations = 0

    def follow(self, gap: float, seed: int, stop: Callable[[], bool], tell: Callable[[float], None]) -> PathEnd:
        """Down to where the bound is within about ``gap`` (relative) of the best."""
        settings, full = self.settings, self.parts
        typical = self._typical(full)
        price = self._begin(full, typical)
        temperature = settings.hot * typical
        for keep, floor in settings.samples:
            some: Sequence[Part] = ()
            some, size = self._sampled(keep, seed)
            while size < 1.0 and temperature > floor * typical and not stop():
                price = self._settled(some, size, price, temperature, settings.sample_steps, stop).price
                temperature /= settings.cooling
                # a sample may be unable to meet what the whole can (nearly everybody's task): such prices say nothing
                most = settings.sample_price * self.limits.most
                price = np.clip(price, -most, most)
        some = ()  # samples are large: not kept beyond their use
        best: Asked | None = None
        while True:
            asked = self._settled(full, 1.0, price, temperature, settings.full_steps, stop)
            price, before = asked.price, np.inf if best is None else best.bound
            best = asked if asked.bound < before else best or asked
            tell(best.bound)
            small = before - asked.bound <= 0.5 * gap * max(1.0, abs(asked.bound))
            if stop() or small or temperature < 1e-7 * typical:
                break
            temperature /= settings.cooling
        inside = bool((np.abs(best.price) < 0.5 * self.limits.most).all())
        blocks = self._blocks(full, asked, temperature)
        return PathEnd(best.price, best.bound, asked.replies, self.evaluations, inside, blocks, asked.steep)

    def _typical(self, parts: Sequence[Part]) -> float:
        """The median worth of a set's best option: the unit in which temperatures are told."""
        layouts = [part.layout for part in parts]
        tops = [np.maximum.reduceat(p.worth[: p.options], p.start[:-1]) for p in layouts if p.options]
        values = np.abs(np.concatenate(tops)) if tops else np.abs(layouts[0].worth)
        return max(1e-6, float(np.median(values[values > 0])) if (values > 0).any() else 1.0)

    def _begin(self, parts: Sequence[Part], typical: float) -> Floats:
        """Small prices of the right sign, in proportion to what the sets that touch a row are worth."""
        limits, settings = self.limits, self.settings
        touching, using = np.zeros(limits.count), np.zeros(limits.count)
        for part in parts:
            layout = part.layout
            width = max(1.0, layout.options / max(1, layout.sets))
            touching[part.rows] += np.bincount(layout.use.indices, minlength=len(part.rows)) / width
            using[part.rows] += np.bincount(layout.use.indices, np.abs(layout.use.data), len(part.rows)) / width
        limit = np.where(np.isfinite(limits.high), limits.high, limits.low)
        price = settings.first_price * typical * touching / np.maximum(1.0, np.maximum(np.abs(limit), 0.1 * using))
        lowest, highest = limits.box()
        floor = 1e-9 * limits.most
        price = np.where(
            highest > 0, np.where(lowest < 0, 0.0, np.maximum(price, floor)), -np.maximum(0.1 * price, floor)
        )
        return np.clip(price, 0.9 * lowest, 0.9 * highest)

    def _sampled(self, keep: int, seed: int) -> tuple[Sequence[Part], float]:
        """The same share of every part's sets, ``keep`` a part in the mean, neighbouring parts put together."""
        sets = sum(part.layout.sets for part in self.parts)
        size = keep * len(self.parts) / max(1, sets)
        if size > self.settings.largest_sample:
            return self.parts, 1.0
        draw = np.random.default_rng(seed)
        chosen = [np.flatnonzero(draw.random(part.layout.sets) < size) for part in self.parts]
        some = [
            replace(part, layout=part.layout.sampled(sets)) for part, sets in zip(self.parts, chosen, strict=True)
        ]  # fmt: skip
        return bundled(some, self.settings.bundle), size

    def _ask(self, parts: Sequence[Part], size: float, price: Floats, temperature: float) -> Asked:
        """One pass over all parts."""
        self.evaluations += 1
        replies = self.workers.each(
            lambda p: smoothed(parts[p].layout, price[parts[p].rows], temperature, size), range(len(parts))
        )
        value, slope, steep = self.limits.smoothed(price, temperature * size, size)
        exact = self.limits.worth(price) * size
        for part, reply in zip(parts, replies, strict=True):
            value += reply.value
            exact += reply.exact
            slope[part.rows] -= reply.use
        return Asked(price, value, slope, steep, exact, replies)

    def _settled(
        self, parts: Sequence[Part], size: float, price: Floats, temperature: float, steps: int,
        stop: Callable[[], bool],
    ) -> Asked:  # fmt: skip
        """A few damped Newton steps at one temperature."""
        asked = self._ask(parts, size, price, temperature)
        lowest, highest = self.limits.box()
        for _ in range(steps):
            step = -self._solve(self._second(parts, asked, temperature), asked.slope)
            decrement = -float(asked.slope @ step)
            if decrement < self.settings.settled * temperature * size * self.limits.count or stop():
                break
            room = np.where(step > 0, highest - asked.price, lowest - asked.price)
            moving = np.abs(step) > 0
            length = min(1.0, 0.95 * float(np.min(room[moving] / step[moving], initial=np.inf)))
            for _ in range(12):
                tried = self._ask(parts, size, asked.price + length * step, temperature)
                if tried.value <= asked.value - 1e-4 * length * decrement:
                    break
                length *= 0.35
            else:
                break
            asked = tried
        return asked

    def _second(self, parts: Sequence[Part], asked: Asked, temperature: float) -> sp.csc_array:
        """The Hessian: blocks of the parts, and the limits' diagonal."""
        blocks = self._blocks(parts, asked, temperature)
        every = np.arange(self.limits.count)
        down = [part.rows[block.row] for part, block in zip(parts, blocks, strict=True)]
        across = [part.rows[block.col] for part, block in zip(parts, blocks, strict=True)]
        row, column = np.concatenate([*down, every]), np.concatenate([*across, every])
        entries = np.concatenate([*(block.data for block in blocks), asked.steep])
        return sp.csc_array((entries, (row, column)), shape=(len(every), len(every)))

    def _blocks(self, parts: Sequence[Part], asked: Asked, temperature: float) -> list[sp.coo_array]:
        return self.workers.each(
            lambda p: curvature(parts[p].layout, asked.replies[p], temperature), range(len(parts))
        )  # fmt: skip

    def _solve(self, second: sp.csc_array, slope: Floats) -> Floats:
        """The Newton direction, rows scaled to a unit diagonal; a small ridge carries rows that depend on each other."""
        scale = 1.0 / np.sqrt(np.maximum(second.diagonal(), 1e-300))
        scaled = sp.csc_array(second.multiply(scale[:, None]).multiply(scale[None, :]))
        ridge = self.settings.ridge
        if len(slope) <= DENSE_ROWS:
            dense = scaled.toarray() + ridge * np.eye(len(slope))
            return np.asarray(scale * sl.solve(dense, scale * slope, assume_a="sym"))
        factor = spl.splu(
            sp.csc_array(scaled + ridge * sp.eye_array(len(slope))), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )  # fmt: skip
        return np.asarray(scale * factor.solve(scale * slope))
