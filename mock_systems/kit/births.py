"""The trace of a thing that begins in a system by itself, not because somebody called."""

from __future__ import annotations

from typing import Final

from mock_systems.kit.streams import Streams

BIRTHS: Final = frozenset({"order.accepted", "purchase_order.created", "count.recorded"})
"""The facts with which a trace begins. Its first span bears the lower half of the trace's id."""


def born_traceparent(streams: Streams, kind: str, entity: str) -> str:
    """The first W3C traceparent of `entity`, drawn from the seed by its name; the trace id is `[3:35]` of it."""
    high, low = streams.number("trace-high", kind, entity), streams.number("trace-low", kind, entity) or 1
    return f"00-{high:016x}{low:016x}-{low:016x}-01"
