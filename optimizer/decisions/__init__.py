"""Decisions: the tables of things that could be decided, one kind a file."""

from optimizer.decisions.base import Decision, DecisionTable, decisions_of, make_tables

__all__ = ["Decision", "DecisionTable", "decisions_of", "make_tables"]
