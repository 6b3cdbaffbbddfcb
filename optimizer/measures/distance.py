"""Shortest way along the roads between two nodes of a row."""

from __future__ import annotations

from typing import ClassVar

import networkx as nx
import numpy as np
import pandas as pd

from optimizer.instance import Instance
from optimizer.measures.base import Ints, Measure

NO_WAY = 10**9
"""Metres given to a pair without any road between them."""


class Distance(Measure):
    """Metres from column ``origin`` to column ``target`` over the table ``roads`` (from, to, length).

    Rows with an empty node get 0; pairs that no road joins get ``NO_WAY``.
    """

    kind: ClassVar[str] = "distance"

    roads: str
    origin: str
    target: str

    def compute(self, frame: pd.DataFrame, instance: Instance) -> Ints:
        """One int64 a row, metres. One Dijkstra run for each distinct target."""
        graph = nx.from_pandas_edgelist(instance.tables[self.roads], "from", "to", edge_attr="length")
        pairs = frame[[self.origin, self.target]].astype(object)
        metres = np.zeros(len(frame), dtype=np.int64)
        for target, rows in pairs.groupby(self.target, sort=False).indices.items():
            if target == "":
                continue
            known = nx.single_source_dijkstra_path_length(graph, target, weight="length") if target in graph else {}
            origins = pairs[self.origin].iloc[rows]
            metres[rows] = origins.map(known).fillna(NO_WAY).to_numpy(dtype=np.int64)
        return metres
