"""Rounds in which places send up whole plans: first under their shares, then with what the others leave."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from optimizer.levels.agreement import Agreement, agree, agreement
from optimizer.levels.county import County
from optimizer.levels.division import Proof
from optimizer.levels.household_plans import Proposal, proposal, whole_plan
from optimizer.levels.price_rounds import Divided, limits_of_place
from optimizer.levels.record import Record, Round, Shortfall, used_of
from optimizer.levels.split import Split
from optimizer.program import FREE, Floats, Ints
from optimizer.solvers.base import StageTeller
from optimizer.solvers.prices.side_by_side import Workers

PASSES = 6
KEPT = 12
"""Plans of a place that are remembered."""


@dataclass
class PlanRounds:
    """The whole plans of one stage so far; ``state``: the choice among them (see ``Agreement``)."""

    split: Split
    counties: list[County]
    divided: Divided
    proof: Proof
    bound: int
    tell: StageTeller
    record: Record
    sent: list[list[Proposal]] = field(default_factory=list)
    state: Agreement | None = None

    def begin(self, plan: Ints | None) -> None:
        """Whole plans of all places under the division, beside what the ``plan`` of an earlier stage has."""
        limits = self.tell.limits
        before: list[list[Proposal]] = [[] for _ in self.counties]
        if plan is not None:
            before = [[proposal(c, plan[c.place.columns])] for c in self.counties]
            self.state = agreement(self.split, before, (0,) * len(before), plan[self.split.outer])

        def planned(p: int) -> Proposal | None:
            low, high = limits_of_place(self.split, p, self.divided.shares)
            answer = self.divided.answers[p]
            return whole_plan(self.counties[p], low, high, answer.price, answer.x, limits)

        with Workers() as workers:
            found = workers.each(planned, range(len(self.counties)))
        self.sent = [[*b, *([f] if f is not None else [])] for b, f in zip(before, found, strict=True)]
        if not all(self.sent):
            return
        self._told(self.divided.shares, [each[-1] for each in self.sent])
        self.state = self._agreed()

    def _agreed(self) -> Agreement | None:
        return agree(self.split, self.tell.stage, self.sent, self.tell.limits, self.state if self._legal() else None)

    def _legal(self) -> bool:
        return self.state is not None and self.state.holds

    def value(self) -> int | None:
        """What the stage reaches (without its base), where both levels agree."""
        if self.state is None or not self.state.holds:
            return None
        return int(self.tell.stage.value @ self.whole(self.state))

    def whole(self, state: Agreement) -> Ints:
        """The chosen plans and the upper level's amounts as one plan."""
        parts = [plans[number].x for plans, number in zip(self.sent, state.chosen, strict=True)]
        return self.split.whole(parts, state.outer)

    def done(self) -> bool:
        """Whether the plan is within the gap of the bound."""
        value = self.value()
        stage = self.tell.stage
        return value is not None and abs(self.bound - value) <= self.tell.limits.gap * max(1, abs(value + stage.base))  # fmt: skip

    def replan(self) -> None:
        """Place after place with what the others leave, the one that loses most first, until within the gap or nothing
        changes."""
        for number in range(PASSES):
            if self.state is None or self.done() or self.tell.limits.over():
                return
            changed = False
            for place in self._order():
                if self.done() or self.tell.limits.over():
                    break
                changed |= self._again(place, wide=number > 0)
            if not changed and number > 0:
                return

    def _order(self) -> list[int]:
        """Places by what their plans lose at the joint prices; those that lose nothing are asked while something is missing."""
        assert self.state is not None
        loss = self._losses()
        order = np.argsort(-loss, kind="stable")
        return [int(p) for p in order if loss[p] > 0 or not self.state.holds]

    def _losses(self) -> Floats:
        assert self.state is not None
        price = self.proof.prices / 2.0**self.proof.shift
        losses = np.zeros(len(self.counties))
        for p, county in enumerate(self.counties):
            place, program = county.place, county.place.program
            reduced = np.asarray(county.cost - program.matrix.T @ price[place.rows], dtype=np.float64)
            best = np.zeros(len(program.set_start) - 1)
            np.maximum.at(best, program.set_of_option(), reduced[: program.options])
            x = self.sent[p][self.state.chosen[p]].x
            losses[p] = best.sum() + np.maximum(reduced[program.options :], 0) @ program.upper[program.options :] - reduced @ x  # fmt: skip
        return losses

    def _again(self, place: int, wide: bool) -> bool:
        """One place once more, with everything that the others leave; whether the plan got better."""
        assert self.state is not None
        county, state = self.counties[place], self.state
        low, high = self._left(place, state)
        now = self.sent[place][state.chosen[place]]
        price = self.proof.prices[county.place.rows] / 2.0**self.proof.shift
        widths = (250, 800) if wide else (80,)
        found = whole_plan(county, low, high, price, now.x.astype(np.float64), self.tell.limits, widths)
        if found is None or np.array_equal(found.x, now.x):
            return False
        plans = [p for k, p in enumerate(self.sent[place]) if k != state.chosen[place]][-KEPT:]
        self.sent[place] = [*plans, now, found]
        chosen = list(state.chosen)
        chosen[place] = len(plans)
        self.state = agreement(self.split, self.sent, tuple(chosen), state.outer)
        new = self._agreed()
        if new is None or not self._better(new, self.state):
            return False
        self.state = new
        return True

    def _better(self, new: Agreement, old: Agreement) -> bool:
        scale = self.split.program.row_scale[self.split.joining]
        missing = [float((np.abs(each.missing) / scale).sum()) for each in (new, old)]
        value = [self.tell.stage.sign * int(self.tell.stage.value @ self.whole(each)) for each in (new, old)]
        return (missing[0], -value[0]) < (missing[1], -value[1])

    def _left(self, place: int, state: Agreement) -> tuple[Ints, Ints]:
        """What the other places and the upper level's own amounts leave of the place's joining rows."""
        program, joining = self.split.program, self.split.joining
        total = np.zeros(program.matrix.shape[0], dtype=np.int64)
        total[joining] = self.split.outer_use() @ state.outer
        for other, plans, number in zip(self.split.places, self.sent, state.chosen, strict=True):
            if other.number != place:
                total[other.joining] += plans[number].use
        rows = self.split.places[place].joining
        low, high = program.row_lower[rows], program.row_upper[rows]
        return (
            np.where(low > -FREE // 2, low - total[rows], low), np.where(high < FREE // 2, high - total[rows], high)
        )  # fmt: skip

    def _told(self, shares: Ints, plans: list[Proposal]) -> None:
        """Records a round of whole plans under ``shares``."""
        sides = self.split.sides
        used = used_of(self.split, [each.use for each in plans])
        missing = np.maximum(used - shares, 0)
        short = tuple(
            Shortfall(int(sides.place[k]), int(sides.row[k]), int(sides.sign[k]), int(missing[k]), ())
            for k in np.flatnonzero(missing)
        )
        self.record.add(
            self.split,
            Round(
                self.tell.stage, "plans", self.bound, None, shares, used, missing, self._prices(),
                np.rint(self.divided.outer).astype(np.int64), short,
            )
        )  # fmt: skip

    def _prices(self) -> Floats:
        price = self.proof.prices / 2.0**self.proof.shift
        sides = self.split.sides
        return np.maximum(price[sides.row] * sides.sign, 0.0)

    def tell_agreed(self) -> None:
        """Records the end: each place's share is what its plan uses, so that nothing is missing and nothing left over."""
        assert self.state is not None
        plans = [plans[number] for plans, number in zip(self.sent, self.state.chosen, strict=True)]
        used = used_of(self.split, [each.use for each in plans])
        self.record.add(
            self.split,
            Round(
                self.tell.stage, "agreed", self.bound, self.value(), used, used, np.zeros_like(used),
                self._prices(), self.state.outer, (),
            )
        )  # fmt: skip
