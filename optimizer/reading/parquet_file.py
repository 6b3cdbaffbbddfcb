"""One Parquet file: the same columns as CSV, values in the column's unit, typed or as a raw sheet of texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from optimizer.errors import Fault
from optimizer.reading.faults import FaultList
from optimizer.reading.sheet import BOOLEAN, DATE, EMPTY, NUMBER, TEXT, Sheet
from optimizer.wording import Wording


@dataclass(frozen=True)
class ParquetSheet:
    """A Parquet file that can be read: ``table`` with its types, or as a sheet of texts where that is needed."""

    name: str
    table: pa.Table
    broken: bool = False

    @property
    def blank(self) -> bool:
        """Whether there is no column; a column's name is a cell too."""
        return self.table.num_columns == 0

    def as_texts(self) -> Sheet:
        """The raw sheet (line 1 is made of the column names)."""
        columns, kinds = [], []
        for header, cells in zip(self.table.column_names, self.table.columns, strict=True):
            texts, kind = column_texts(cells.to_pandas())
            columns.append(pd.concat([pd.Series([header], dtype="str"), texts], ignore_index=True))
            kinds.append(np.concatenate([[np.uint8(TEXT)], kind]))
        cells = pd.DataFrame(dict(enumerate(columns)))
        return Sheet(self.name, cells, np.column_stack(kinds) if kinds else None)


def read_parquet(name: str, content: bytes, faults: FaultList, notices: list[Wording]) -> ParquetSheet | None:
    """The sheet in ``content``; None, and a fault, if unreadable. A pandas index that was stored is no column."""
    try:
        table = pq.read_table(pa.BufferReader(content))
        stored = [i for i in (table.schema.pandas_metadata or {}).get("index_columns", []) if isinstance(i, str)]
        return ParquetSheet(name, table.drop_columns([c for c in stored if c in table.column_names]).combine_chunks())
    except Exception as error:  # pyarrow has no common base for what a broken file raises
        expected = Wording(zh="可读的 Parquet 文件", en="a readable Parquet file")
        maybe = Wording(
            zh=f"文件损坏，请重新导出（{type(error).__name__}）。",
            en=f"the file is damaged; export it again ({type(error).__name__}).",
        )
        faults.add(Fault(name, None, None, None, expected, maybe))
        return None


def column_texts(values: pd.Series[Any]) -> tuple[pd.Series[str], npt.NDArray[np.uint8]]:
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
