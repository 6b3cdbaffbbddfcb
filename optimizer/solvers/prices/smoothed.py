"""The Lagrangian dual, smoothed: what the parts reply at given prices when near-ties are shared out.

The dual D(λ) = Σ_s max_j (c_j − λa_j) + λb has a kink wherever a choice set is at a tie. At a temperature T each maximum
becomes T·log Σ exp(·/T) (the entropy-smoothed maximum; none is an option worth 0), so that a set takes its options with the
shares of a logit model, and amounts and prices are kept inside their bounds by logarithmic barriers of weight T. The smoothed
dual is convex and twice differentiable: its gradient is what the rows have left, its Hessian the covariance of their use.
As T falls to 0 its minimiser becomes one of D. (Nesterov 2005, smooth minimisation; Fisk 1980, logit equilibrium.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from optimizer.program import Floats, Ints
from optimizer.solvers.prices.layout import Layout

NEGLIGIBLE = 20.0
"""Options further below the best than this many temperatures have a share under 2e-9 and are passed over."""

DENSE_ROWS = 64

ENOUGH = 60
"""Undecided options a row whose covariance is added up; of more, every k-th set stands for the others."""


@dataclass(frozen=True)
class SmoothReply:
    """One part's reply: its term of the smoothed dual and of the exact one, use of its rows, and for the second
    derivatives the options with a share (``option``, ``of_set``, ``share``) and how fast the amounts give way."""

    value: float
    exact: float
    use: Floats
    option: Ints
    of_set: Ints
    share: Floats
    amount: Floats
    give: Floats


def smoothed(layout: Layout, price: Floats, temperature: float, size: float = 1.0) -> SmoothReply:
    """The reply at ``price`` (per unit of the local rows). ``size``: a sample's share of the part; amounts shrink with it."""
    reduced = layout.worth - layout.use @ price
    many = layout.options
    value = exact = 0.0
    option = of_set = np.zeros(0, dtype=np.int64)
    share = np.zeros(0)
    if many:
        width = np.diff(layout.start)
        best = np.maximum(np.maximum.reduceat(reduced[:many], layout.start[:-1]), 0.0)
        option = np.flatnonzero(reduced[:many] > np.repeat(best - NEGLIGIBLE * temperature, width))
        of_set = np.repeat(np.arange(len(best)), width)[option]
        weight = np.exp((reduced[option] - best[of_set]) / temperature)
        total = np.exp(-best / temperature) + np.bincount(of_set, weight, len(best))
        share = weight / total[of_set]
        exact = float(best.sum())
        value = exact + temperature * float(np.log(total).sum())
    most = layout.most * size
    amount, gain, give = boxed(reduced[many:], most, temperature * size)
    exact += float(np.maximum(reduced[many:], 0.0) @ most)
    return SmoothReply(value + gain, exact, _used(layout, option, share, amount), option, of_set, share, amount, give)


def _used(layout: Layout, option: Ints, share: Floats, amount: Floats) -> Floats:
    """Use of the local rows by shares of options and by amounts."""
    if len(option) * 4 > layout.options:
        taken = np.zeros(len(layout.worth))
        taken[option] = share
        taken[layout.options :] = amount
        return np.asarray(layout.use.T @ taken)
    given = layout.use[layout.options :].T @ amount if len(amount) else 0.0
    return np.asarray(layout.use[option].T @ share + given)


def boxed(worth: Floats, most: Floats, barrier: float) -> tuple[Floats, float, Floats]:
    """Amounts 0 < x < most with the best worth·x + barrier·(log x + log(most − x)): x, that value in sum, dx/dworth."""
    if not len(most):
        return np.zeros(0), 0.0, np.zeros(0)
    room = np.maximum(most, 1e-9)
    lean = worth * room / (2.0 * barrier)
    steep = np.sqrt(lean * lean + 1.0)
    # x/most solves 2·lean·y(1−y) + 1 − 2y = 0; each side in the form that does not cancel
    small = 1.0 / (1.0 + np.abs(lean) + steep)  # the nearer bound's distance
    part = np.where(lean > 0, 1.0 - small, small)
    amount, left = room * part, room * np.where(lean > 0, small, 1.0 - small)
    value = float(np.sum(worth * amount + barrier * (np.log(amount) + np.log(left))))
    return amount, value, 1.0 / (barrier / amount**2 + barrier / left**2)


def curvature(layout: Layout, reply: SmoothReply, temperature: float) -> sp.coo_array:
    """The second derivatives by the local rows: covariance of use by set over T, and the amounts' part.

    A Newton step needs the curvature only roughly: in a large part every k-th choice set is looked at.
    """
    undecided = (reply.share > 1e-7) & (reply.share < 1.0 - 1e-7)
    every = 1 + int(np.count_nonzero(undecided)) // (ENOUGH * max(1, layout.use.shape[1]))
    if every > 1:
        undecided &= reply.of_set % every == 0
    mine = np.flatnonzero(undecided)
    share, of_set = reply.share[mine], reply.of_set[mine]
    use = layout.use[reply.option[mine]]
    amounts = sp.csr_array(layout.use[layout.options :])
    weight = every / temperature
    if layout.use.shape[1] > DENSE_ROWS:
        total = _sparse_covariance(use, share, of_set) * weight
        return sp.coo_array(total + _of_amounts(amounts, reply.give) if len(reply.amount) else total)
    dense = _covariance(use.toarray(), share, of_set) * weight
    if len(reply.amount):
        dense += _of_amounts(amounts, reply.give).toarray()
    return sp.coo_array(dense)


def _covariance(use: Floats, share: Floats, of_set: Ints) -> Floats:
    """Σ_s E[uuᵀ] − E[u]E[u]ᵀ, dense."""
    if not len(share):
        return np.zeros((use.shape[1], use.shape[1]))
    edge = np.flatnonzero(np.append(True, of_set[1:] != of_set[:-1]))
    mean = np.add.reduceat(use * share[:, None], edge, axis=0)
    spread = use * np.sqrt(share)[:, None]
    return np.asarray(spread.T @ spread - mean.T @ mean)


def _sparse_covariance(use: sp.csr_array, share: Floats, of_set: Ints) -> sp.csr_array:
    """The same for many rows, of which a set uses few."""
    width = np.diff(use.indptr)
    spread = sp.csr_array((use.data * np.repeat(np.sqrt(share), width), use.indices, use.indptr), shape=use.shape)
    number = np.cumsum(np.append(0, of_set[1:] != of_set[:-1])) if len(of_set) else of_set
    sets = int(number[-1]) + 1 if len(of_set) else 0
    mean = sp.csr_array((share, (number, np.arange(len(share)))), shape=(sets, len(share))) @ use
    return sp.csr_array(spread.T @ spread - mean.T @ mean)


def _of_amounts(use: sp.csr_array, give: Floats) -> sp.csr_array:
    """The amounts' second derivatives."""
    return sp.csr_array(use.T @ sp.csr_array(sp.diags_array(give) @ use))
