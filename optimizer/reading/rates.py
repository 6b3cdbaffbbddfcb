"""How likely households are to withdraw: one rate for all, or a CSV file of rates by village (or any other code)."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pandas as pd

from optimizer.errors import OptimizerError
from optimizer.reading.csv_file import read_csv
from optimizer.reading.faults import FaultList
from optimizer.wording import Wording

OTHERS = ""
"""The code of the row that holds for all that are not named."""


def rate_of(text: str) -> float | None:
    """0.05, 5% or 5 % as a share; None where it is none from 0 to 1."""
    found = re.fullmatch(r"\s*([0-9.]+)\s*([%％]?)\s*", text)
    if found is None:
        return None
    try:
        value = Decimal(found[1]) / (100 if found[2] else 1)
    except InvalidOperation:
        return None
    return float(value) if 0 <= value <= 1 else None


def read_rates(given: str | float | Path) -> tuple[str, dict[str, float]]:
    """The column that rates go by ("" where one rate holds for all) and the rate of each of its codes (``OTHERS``: of the rest).

    A file has a header: the name of a column (village, hamlet, town, household …), and "rate". Raises ``OptimizerError``.
    """
    single = rate_of(str(given))
    if single is not None:
        return "", {OTHERS: single}
    path = Path(given)  # type: ignore[arg-type]
    if not path.is_file():
        raise OptimizerError(
            Wording(
                f"“{given}”既不是 0 到 1 的比例，也不是文件。", f"'{given}' is neither a share from 0 to 1 nor a file."
            ),
            Wording("Maybe（也许）写 0.05、5% 或一张 CSV 表。", "Maybe write 0.05, 5% or a CSV file."),
        )
    faults = FaultList([])
    sheet = read_csv(path.name, path.read_bytes(), faults, [])
    faults.stop_if_any()
    cells = sheet.cells if sheet is not None else pd.DataFrame()
    if cells.shape[1] < 2 or len(cells) < 2:
        raise _wrong(path, "header", "")
    column, rates = str(cells.iloc[0, 0]).strip(), dict[str, float]()
    for code, text in cells.iloc[1:, :2].itertuples(index=False):
        rate = rate_of(str(text))
        if rate is None:
            raise _wrong(path, str(code), str(text))
        rates[str(code).strip()] = rate
    return column, rates


def _wrong(path: Path, code: str, text: str) -> OptimizerError:
    return OptimizerError(
        Wording(
            f"{path.name} 中“{code}”的比例“{text}”无法读取。",
            f"{path.name}: the rate '{text}' of '{code}' cannot be read.",
        ),
        Wording(
            "Maybe（也许）第一行写“village,rate”，以下每行一个编号和 0 到 1 的比例。",
            "Maybe the first line should read 'village,rate', then a code and a share from 0 to 1 each.",
        ),
    )
