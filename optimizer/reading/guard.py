"""Text that a spreadsheet could take for a formula is written with an apostrophe before it."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

_SIGNS = "=+\\-@\t\r\n＝＋－＠"
_RISKY = re.compile(rf"(?:[{_SIGNS}]|'+[{_SIGNS}]).", re.DOTALL)
_GUARDED = re.compile(rf"'+[{_SIGNS}].", re.DOTALL)


def guard(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet could run it.

    A lone sign is no formula and stays as it is. Only for text: numbers keep their minus sign.

    >>> guard("=1+1"), guard("-"), guard("松江"), guard("'=1")
    ("'=1+1", '-', '松江', "''=1")
    """
    return "'" + text if _RISKY.match(text) else text


def unguard(texts: pd.Series[str]) -> pd.Series[str]:
    """What ``guard`` was given, for a whole column."""
    guarded = texts.str.startswith("'").to_numpy(dtype=bool)
    if not guarded.any():
        return texts
    plain = texts.to_numpy(dtype=object)
    for position in np.flatnonzero(guarded):
        if _GUARDED.match(plain[position]):
            plain[position] = plain[position][1:]
    return pd.Series(plain, index=texts.index, dtype="str")
