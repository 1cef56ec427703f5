"""Arrivals that are planned before the run: when which operation begins, whatever becomes of those before it.

Users who wait for an answer before they come again ask less while a system is slow, and hide its slowness. Planned
arrivals do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log
from types import MappingProxyType
from typing import Final, NamedTuple

from mock_systems.kit.streams import Streams
from sandbox.load.shapes import Shape

PLACE: Final = "place order"
STATUS: Final = "order status"
STOCK: Final = "inventory inquiry"
POLL: Final = "partner poll"
AN_ORDER: Final[Mapping[str, float]] = MappingProxyType({PLACE: 1.0, STATUS: 1.0, STOCK: 0.5, POLL: 0.2})
"""How many of each operation come for one order."""


class Arrival(NamedTuple):
    """One planned start: seconds after the beginning, and what is to be done."""

    at_s: float
    operation: str


def planned_arrivals(shape: Shape, orders_per_s: float, length_s: float, streams: Streams) -> list[Arrival]:
    """Poisson arrivals of each operation over `length_s`, by time; `orders_per_s` are orders at the shape's peak.

    Each operation has a stream of its own, so that more of one shift no other.
    """
    arrivals: list[Arrival] = []
    for operation, for_one in AN_ORDER.items():
        peak, draw, at_s = orders_per_s * for_one, streams.of("load-arrivals", operation), 0.0
        while True:
            at_s -= log(1.0 - draw.random()) / peak
            kept = draw.random()
            if at_s >= length_s:
                break
            if kept < shape.share_at(at_s / length_s):
                arrivals.append(Arrival(at_s, operation))
    return sorted(arrivals)
