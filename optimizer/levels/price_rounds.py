"""Rounds in which the upper level divides and places answer with prices, until no division can be much better."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from optimizer.levels.county import Answer, County
from optimizer.levels.division import Division, Proof, UpperLevel
from optimizer.levels.record import Record, Round, shortfalls, used_of
from optimizer.levels.shares import whole_division
from optimizer.levels.split import Split
from optimizer.program import FREE, Floats, Ints
from optimizer.solvers.base import StageTeller
from optimizer.solvers.prices.side_by_side import Workers
from optimizer.wording import Wording

MOST_ROUNDS = 60
SHARE = 0.1
"""Share of the gap that the division may leave open."""
NEAR, FARTHEST = 0.25, 4.0
"""A division stays within this part of each share of the best one so far: without it divisions jump between extremes. Where
it gains at least ``GAIN`` of what the cuts promised the next may go twice as far, where it gains nothing half as far."""
GAIN = 0.3
PATIENCE = 12
"""After so many rounds without a division that every place can keep to, the upper level asks whether there is one."""
PENALTY = 10.0
"""What one scaled unit missing costs, in the dearest option's worth; a hundred times that where it proves too little."""
FINEST = 1e-6


@dataclass(frozen=True)
class Divided:
    """The best ``shares`` found with the places' ``answers`` and the upper level's amounts; ``value``: less
    penalties."""

    shares: Ints
    answers: list[Answer]
    outer: Floats
    value: float

    @property
    def legal(self) -> bool:
        """Whether every place can keep to its shares."""
        return all(answer.legal for answer in self.answers)


@dataclass
class PriceRounds:
    """The rounds of one stage. ``best``: the best division so far; ``proof``: of the best bound."""

    split: Split
    tell: StageTeller
    record: Record
    counties: list[County]
    upper: UpperLevel
    best: Divided | None = None
    proof: Proof | None = None
    blocked: list[int] = field(default_factory=list)
    reach: float = NEAR

    @property
    def bound(self) -> int | None:
        """The stage's proven bound, without its base."""
        if self.proof is None:
            return None
        return self.upper.stage.sign * (self.proof.total >> self.proof.shift)

    def run(self, shares: Ints, until_legal: bool = False) -> None:
        """From the first division ``shares`` until nothing is much better, or (``until_legal``) every place can keep to its
        shares or it is proven that none can be found. ``blocked``: places whose own rows exclude each other."""
        limits = self.tell.limits
        outer, promised = np.zeros(len(self.split.outer)), np.inf
        asked: set[bytes] = set()
        with Workers() as workers:
            for number in range(MOST_ROUNDS):
                answers = self._answers(workers, shares)
                self.blocked = [p for p, answer in enumerate(answers) if answer.own > FINEST]
                if self.blocked:
                    return
                before = self.best
                self._hear(shares, answers, outer)
                if before is not None and self.best is not None:
                    gained = (self.best.value - before.value) / max(promised - before.value, 1e-9)
                    self.reach *= 2.0 if gained >= GAIN else 0.5 if gained <= 0 else 1.0
                wanted = self.upper.divide()
                if wanted is None:
                    return
                self._prove(wanted.price)
                self._record(shares, answers, outer)
                if limits.over() or self._enough(number, until_legal):
                    return
                asked.add(shares.tobytes())
                for near in (self._near(wanted), wanted):
                    promised, outer = near.value, near.outer
                    shares = whole_division(self.split, near.shares, outer)
                    if shares.tobytes() not in asked:
                        break
                else:
                    return  # whole divisions are not fine enough for more

    def _near(self, wanted: Division) -> Division:
        """The best division near the best one so far, wherever the cuts promise more there; else the one ``wanted``."""
        assert self.best is not None
        best, sides = self.best, self.split.sides
        typical = np.abs(best.shares).astype(np.float64)
        for row in np.unique(sides.row):
            mine = sides.row == row
            typical[mine] = np.maximum(typical[mine], typical[mine].mean() / 4)
        while self.reach < FARTHEST:
            near = self.upper.divide(best.shares, self.reach * typical + 1)
            if near is not None and near.value > best.value + 0.1 * (wanted.value - best.value):
                return near
            self.reach *= 2
        return wanted

    def _answers(self, workers: Workers, shares: Ints) -> list[Answer]:
        limits = self.tell.limits
        gap = max(FINEST, min(1e-4, SHARE * limits.gap / 2))

        def asked(place: int) -> Answer:
            low, high = limits_of_place(self.split, place, shares)
            return self.counties[place].answer(low, high, gap, limits.stop)

        return workers.each(asked, range(len(self.counties)))

    def _hear(self, shares: Ints, answers: list[Answer], outer: Floats) -> None:
        """Cuts, and the best division: what is missing counts by its penalty."""
        for place, answer in enumerate(answers):
            self.upper.hear(place, shares, answer)
        stage = self.upper.stage
        value = sum(answer.value for answer in answers) + stage.sign * float(stage.value[self.split.outer] @ outer)
        value -= self.upper.penalty * _beyond(self.split, shares, outer)
        if self.best is None or value > self.best.value:
            self.best = Divided(shares, answers, outer, value)

    def _prove(self, price: Floats) -> None:
        found = self.upper.proof(price)
        if found is not None and (
            self.proof is None or found.total << self.proof.shift < self.proof.total << found.shift
        ):  # fmt: skip
            self.proof = found
        if self.bound is not None and self.upper.stage is self.tell.stage:
            self.tell.hear(-np.inf, self.upper.stage.sign * self.bound)

    def _enough(self, number: int, until_legal: bool) -> bool:
        assert self.best is not None
        if until_legal:
            return self.best.legal or (self.proof is not None and self.proof.total < 0)
        if number >= PATIENCE and not self.best.legal:
            return True
        if self.bound is None:
            return False
        stage, value = self.upper.stage, self.best.value
        room = SHARE * self.tell.limits.gap * max(1.0, abs(value + stage.sign * stage.base))
        return stage.sign * self.bound - value <= room

    def _record(self, shares: Ints, answers: list[Answer], outer: Floats) -> None:
        split, sides = self.split, self.split.sides
        used = used_of(split, [c.use @ a.x for c, a in zip(self.counties, answers, strict=True)])
        price = np.zeros(len(sides.row))
        missing = np.zeros(len(sides.row), dtype=np.int64)
        for place, answer in enumerate(answers):
            mine = np.flatnonzero(sides.place == place)
            price[mine] = np.maximum(answer.price[split.places[place].own :][sides.at[mine]] * sides.sign[mine], 0.0)
            if not answer.legal:
                short = answer.missing[sides.at[mine]] > 0
                missing[mine] = np.where(short, np.maximum(used[mine] - shares[mine], 0), 0)
        legal = not missing.any() and self.upper.stage is self.tell.stage
        value = self.upper.stage.sign * int(np.floor(sum(a.value for a in answers))) if legal else None
        bound = self.bound if self.upper.stage is self.tell.stage else None
        self.record.add(
            self.split,
            Round(
                self.tell.stage, "prices", bound, value, shares, used, missing, price,
                np.rint(outer).astype(np.int64), shortfalls(split, answers, missing),
            )
        )  # fmt: skip


def price_rounds(split: Split, tell: StageTeller, record: Record, penalty: float = PENALTY) -> PriceRounds:
    """The rounds of a stage, not yet run."""
    stage = tell.stage
    dear = penalty * max(1.0, float(np.abs(stage.value).max(initial=1)))
    counties = [County(place, stage.sign * stage.value[place.columns], dear) for place in split.places]
    return PriceRounds(split, tell, record, counties, UpperLevel(split, stage, 2 * dear))


def missing_rounds(split: Split, tell: StageTeller, record: Record) -> PriceRounds:
    """The same with nothing to gain but that as little as possible is missing: a bound below 0 proves that there is no
    plan."""
    nothing = replace(tell.stage, value=np.zeros_like(tell.stage.value), sign=1, base=0, title=Wording("", ""))
    counties = [County(place, np.zeros(len(place.columns), dtype=np.int64), 1.0) for place in split.places]
    return PriceRounds(split, tell, record, counties, UpperLevel(split, nothing, 2.0))


def limits_of_place(split: Split, place: int, shares: Ints) -> tuple[Ints, Ints]:
    """A place's shares as lower and upper limits of its joining rows."""
    sides = split.sides
    count = len(split.places[place].joining)
    low, high = np.full(count, -FREE), np.full(count, FREE)
    for sign, limit in ((1, high), (-1, low)):
        mine = np.flatnonzero((sides.place == place) & (sides.sign == sign))
        limit[sides.at[mine]] = sign * shares[mine]
    return low, high


def _beyond(split: Split, shares: Ints, outer: Floats) -> float:
    """By how many scaled units the shares and the upper level's amounts together are beyond the joining limits."""
    program, row = split.program, split.joining
    use = np.zeros(program.matrix.shape[0])
    use[row] = split.outer_use() @ outer
    beyond = 0.0
    for sign in (1, -1):
        total = sign * use
        mine = split.sides.sign == sign
        np.add.at(total, split.sides.row[mine], shares[mine].astype(np.float64))
        limit = split.limit(row, np.full(len(row), sign))
        over = np.where(np.abs(limit) < FREE // 2, np.maximum(total[row] - limit - 1.0, 0.0), 0.0)
        beyond += float((over / program.row_scale[row]).sum())
    return beyond
