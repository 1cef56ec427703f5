"""Figures that a business reads, computed from facts alone."""

from __future__ import annotations

from sandbox.oracle.figures.figure import Figure, Outside, Series, Traffic
from sandbox.oracle.figures.figures import Figures

__all__ = ["Figure", "Figures", "Outside", "Series", "Traffic"]
