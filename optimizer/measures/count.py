"""How many rows of an input table share a code with the row."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd

from optimizer.instance import Instance
from optimizer.measures.base import Ints, Measure


class Count(Measure):
    """Rows of table ``of`` whose column ``by`` equals the row's ``by`` (households of a hamlet, SJ-04)."""

    kind: ClassVar[str] = "count"

    of: str
    by: str

    def compute(self, frame: pd.DataFrame, instance: Instance) -> Ints:
        """One int64 a row."""
        sizes = instance.tables[self.of][self.by].astype(object).value_counts()
        codes = frame[self.by].astype("category").cat
        counts = sizes.reindex(codes.categories.astype(object), fill_value=0).to_numpy(dtype=np.int64)
        return np.append(counts, 0)[codes.codes.to_numpy()]
