"""Objectives: what each stage maximises or minimises, one kind a file."""

from optimizer.objectives.base import Objective, objectives_of

__all__ = ["Objective", "objectives_of"]
