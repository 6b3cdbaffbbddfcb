"""Solvers behind one small protocol; which one runs is chosen from the program's shape or by name."""

from optimizer.solvers.conflict import Conflict
from optimizer.solvers.engines import Engine, Installed, engine_named, installed

__all__ = ["Conflict", "Engine", "Installed", "engine_named", "installed"]
