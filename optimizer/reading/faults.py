"""Collects faults so that all are told at once, and many of one kind do not drown the others."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from optimizer.errors import Fault, InputError
from optimizer.wording import Wording

MOST_OF_A_KIND = 20
_MANY_NAMES = 2000


@dataclass(frozen=True)
class Place:
    """One column of a sheet: names as the user wrote them, line number and text of each data row. Texts may be
    ``given`` as a function, for columns of numbers whose texts are only needed where there is a fault."""

    sheet: str
    header: str
    lines: npt.NDArray[np.int64]
    given: pd.Series[str] | Callable[[], pd.Series[str]]

    @cached_property
    def texts(self) -> pd.Series[str]:
        """The text of each data row."""
        return self.given() if callable(self.given) else self.given


@dataclass
class FaultList:
    """The faults found so far, in the order found."""

    faults: list[Fault]

    def add(self, fault: Fault) -> None:
        """One fault."""
        self.faults.append(fault)

    def add_cells(
        self,
        place: Place,
        wrong: npt.NDArray[np.bool_],
        expected: Wording,
        maybe: Callable[[int], Wording],
    ) -> None:
        """A fault for each row where ``wrong``; ``maybe`` gets the row's position.

        Above ``MOST_OF_A_KIND`` one fault counts the rest.
        """
        positions = np.flatnonzero(wrong)
        for position in positions[:MOST_OF_A_KIND]:
            value = str(place.texts.iloc[int(position)])
            line = int(place.lines[position])
            self.add(Fault(place.sheet, line, place.header, value or None, expected, maybe(int(position))))
        rest = len(positions) - MOST_OF_A_KIND
        if rest > 0:
            last = int(place.lines[positions[-1]])
            more = Wording(
                zh=f"{expected.zh}（此列还有 {rest} 处同样的错误，直到第 {last} 行，未逐一列出）",
                en=f"{expected.en} ({rest} more faults of this kind in this column, down to row {last}, "
                "are not listed)",
            )
            first = Wording(zh="先改正已列出的，再检查一次。", en="mend those listed, then check again.")
            self.add(Fault(place.sheet, None, place.header, None, more, first))

    def stop_if_any(self) -> None:
        """Raises ``InputError`` where there are faults."""
        if self.faults:
            raise InputError(self.faults)


def normal(text: str) -> str:
    """Half-width (NFKC), without spaces at the ends and without upper case; for comparing names."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def nearest_name(word: str, known: Iterable[str]) -> str | None:
    """The known name most like ``word``, or None where nothing is near.

    Of thousands of names only those that share half of the word are compared.
    """
    names: Sequence[str] = list(known)
    word = unicodedata.normalize("NFKC", word).strip()
    if word in names:
        return word
    if len(names) > _MANY_NAMES:
        half = max(1, len(word) // 2)
        start, end = word[:half], word[-half:]
        names = [n for n in names if abs(len(n) - len(word)) <= 1 and (n.startswith(start) or n.endswith(end))]
        names = names[:_MANY_NAMES]
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    return close[0] if close else None
