"""The numbers of a published instance file, one after the other, each with its place."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path

import numpy as np

from optimizer.program import Ints

LARGEST = Decimal(2**53)
"""Numbers beyond this are no data of these formats; refusing them keeps every sum within 64 bits."""


class MalformedFile(ValueError):
    """A file that does not follow its format: ``FILE, line L, number N: reason``."""

    def __init__(self, path: Path, line: int, number: int, reason: str) -> None:
        super().__init__(f"{path.name}, line {line}, number {number}: {reason}")
        self.line, self.number, self.reason = line, number, reason


class Numbers:
    """Reads whitespace-separated numbers; line breaks carry no meaning in these formats.

    ``decimals`` is how many decimal places the file uses anywhere; every number is handed out as a whole number of
    10^−decimals where asked ``scaled``, and as itself otherwise. ``dropped``: characters without a digit that stood behind
    the last number (some published files end in an end-of-file sign) and were left out.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.at = path, 0
        text = path.read_bytes().decode("latin-1")
        # bytes.split's whitespace only: the end-of-file sign \x1a and the like stay visible
        words = [(word, n) for n, line in enumerate(text.splitlines(), 1) for word in line.split()]
        self.dropped = ""
        while words and not any(c.isdigit() for c in words[-1][0]):
            self.dropped = words.pop()[0] + self.dropped
        self.words, self.line = [w for w, _ in words], [n for _, n in words]
        self.numbers = [self._number(k) for k in range(len(self.words))]
        places = [-int(x.normalize().as_tuple().exponent) for x in self.numbers]
        self.decimals = max([0, *places])

    def _number(self, at: int) -> Decimal:
        try:
            number = Decimal(self.words[at])
        except InvalidOperation:
            raise self.fault(at, f"'{self.words[at]}' is not a number") from None
        if not number.is_finite() or abs(number) > LARGEST:
            raise self.fault(at, f"{self.words[at]} is not a finite number up to 2^53")
        return number

    def fault(self, at: int, reason: str) -> MalformedFile:
        """The error for the number at a position (0-based) of the file."""
        line = self.line[at] if at < len(self.line) else (self.line[-1] if self.line else 1)
        return MalformedFile(self.path, line, at + 1, reason)

    def take(self, count: int, what: str, *, least: int = 0, scaled: bool = False) -> Ints:
        """The next ``count`` numbers, none below ``least``. Raises ``MalformedFile`` where the file ends, for a number
        below ``least`` and, unless ``scaled``, for one with decimals."""
        if self.at + count > len(self.numbers):
            missing = self.at + count - len(self.numbers)
            raise self.fault(len(self.numbers), f"the file ends where {missing} more of {count} {what} are expected")
        for k in range(self.at, self.at + count):
            if self.numbers[k] < least:
                raise self.fault(k, f"{what}: {self.words[k]} is below {least}")
            if not scaled and self.numbers[k] != self.numbers[k].to_integral_value():
                raise self.fault(k, f"{what}: {self.words[k]} is not a whole number")
        factor = 10**self.decimals if scaled else 1
        part = self.numbers[self.at : self.at + count]
        self.at += count
        return np.array([int(x * factor) for x in part], dtype=np.int64)

    def one(self, what: str, *, least: int = 0) -> int:
        """The next number, a whole one."""
        return int(self.take(1, what, least=least)[0])

    def end(self) -> None:
        """Raises ``MalformedFile`` where numbers are left over."""
        if self.at < len(self.numbers):
            left = len(self.numbers) - self.at
            raise self.fault(self.at, f"{left} numbers more than the header announces, from {self.words[self.at]} on")
