"""Measures: numbers computed for every row of a decision table, one kind a file."""

from optimizer.measures.base import Measure, compute_measures, measures_of

__all__ = ["Measure", "compute_measures", "measures_of"]
