"""Lognormal times: how long people and parcels take, drawn by name."""

from __future__ import annotations

from math import exp
from statistics import NormalDist
from typing import Final

_NORMAL: Final = NormalDist()
_LEAST: Final = 2**-53  # keeps a draw off 0 and 1, where the normal has no quantile


def lognormal_us(mean_us: int, spread: float, draw: float) -> int:
    """Microseconds of this mean; `spread` is the sigma of its logarithm, `draw` lies in [0, 1)."""
    deviate = _NORMAL.inv_cdf(min(max(draw, _LEAST), 1 - _LEAST))
    return round(mean_us * exp(spread * deviate - spread * spread / 2))
