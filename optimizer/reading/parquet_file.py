"""One Parquet file as a raw sheet: the same columns as CSV, values in the column's unit."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from optimizer.errors import Fault
from optimizer.reading.faults import FaultList
from optimizer.reading.sheet import BOOLEAN, DATE, EMPTY, NUMBER, TEXT, Sheet
from optimizer.wording import Wording


def read_parquet(name: str, content: bytes, faults: FaultList, notices: list[Wording]) -> Sheet | None:
    """The sheet in ``content`` (line 1 is made of the column names); None, and a fault, if unreadable."""
    try:
        frame = pd.read_parquet(io.BytesIO(content))
    except Exception as error:  # pyarrow has no common base for what a broken file raises
        expected = Wording(zh="可读的 Parquet 文件", en="a readable Parquet file")
        maybe = Wording(
            zh=f"文件损坏，请重新导出（{type(error).__name__}）。",
            en=f"the file is damaged; export it again ({type(error).__name__}).",
        )
        faults.add(Fault(name, None, None, None, expected, maybe))
        return None
    columns, kinds = [], []
    for position in range(frame.shape[1]):
        texts, kind = _column(frame.iloc[:, position])
        header = str(frame.columns[position])
        columns.append(pd.concat([pd.Series([header], dtype="str"), texts], ignore_index=True))
        kinds.append(np.concatenate([[np.uint8(TEXT)], kind]))
    cells = pd.DataFrame(dict(enumerate(columns)))
    return Sheet(name, cells, np.column_stack(kinds) if kinds else None)


def _column(values: pd.Series[Any]) -> tuple[pd.Series[str], npt.NDArray[np.uint8]]:
    """Texts and kinds of one column; numbers as the shortest text that is the same number."""
    places, uniques = pd.factorize(values)
    known = [_text(value) for value in uniques.tolist()] + [("", EMPTY)]
    texts = pd.Series([text for text, _ in known], dtype="str")
    kinds = np.array([kind for _, kind in known], dtype=np.uint8)
    return texts.iloc[places].reset_index(drop=True), kinds[places]


def _text(value: Any) -> tuple[str, int]:
    if isinstance(value, str):
        return value, TEXT
    if isinstance(value, bool):
        return ("yes" if value else "no"), BOOLEAN
    if isinstance(value, float):
        return (str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)), NUMBER
    if isinstance(value, int):
        return str(value), NUMBER
    return str(value), NUMBER if type(value).__name__ == "Decimal" else DATE
