"""Raw sheets: what a CSV file, a Parquet file or a sheet of a workbook holds, before any judgement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

EMPTY, TEXT, NUMBER, BOOLEAN, DATE = range(5)
"""What a workbook's cell was before it became text (``Sheet.kinds``)."""


@dataclass(frozen=True)
class Sheet:
    """One table as its user wrote it.

    ``cells``: text of every cell, ``""`` where empty, columns 0, 1, …; frame row i is line i + 1 of
    the sheet, title and header lines included. ``kinds``: for workbooks and Parquet, what each cell
    was (same shape); None for CSV, where every cell is text. A ``broken`` sheet could not be read:
    it has no cells, and its fault is told already.
    """

    name: str
    cells: pd.DataFrame
    kinds: npt.NDArray[np.uint8] | None = None
    broken: bool = False

    @property
    def blank(self) -> bool:
        """Whether no cell holds anything."""
        return not bool((self.cells != "").to_numpy().any())


def broken_sheet(name: str) -> Sheet:
    """A sheet that could not be read."""
    return Sheet(name, pd.DataFrame(), broken=True)


def rows_of(sheet: Sheet) -> list[list[str]]:
    """All rows as lists of stripped texts; for the small sheets (实例, 参数, 来源)."""
    values: list[list[Any]] = sheet.cells.to_numpy(dtype=object).tolist()
    return [[str(cell).strip() for cell in row] for row in values]
