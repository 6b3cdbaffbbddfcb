"""Objectives: what stages maximise or minimise, one kind a file."""

from optimizer.objectives.base import Goal, Objective, objectives_of, reached_goals

__all__ = ["Goal", "Objective", "objectives_of", "reached_goals"]
