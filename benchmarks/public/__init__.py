"""Public benchmark sets with published optima: readers, programs, and the run beside general solvers."""

from benchmarks.public import run as run
