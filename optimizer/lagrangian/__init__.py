"""The Lagrangian bound in whole numbers: what prices prove of every legal plan. Needs no solver."""

from optimizer.lagrangian.bound import exact_bound, whole_prices

__all__ = ["exact_bound", "whole_prices"]
