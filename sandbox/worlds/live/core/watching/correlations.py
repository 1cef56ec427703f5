"""Which order a trace belongs to, as far as this process has heard: so that each line of the log can name both."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

_KNOWN_MOST: Final = 10_000


class Correlations:
    """The latest orders and their W3C trace ids."""

    def __init__(self) -> None:
        self._orders: OrderedDict[str, str] = OrderedDict()
        self._traces: dict[str, str] = {}

    def learn(self, order: str | None, trace: str | None) -> None:
        """These belong together. The first order of a trace is the one that it was born with."""
        if not order or not trace or order in self._traces or trace in self._orders:
            return
        self._orders[trace] = order
        self._traces[order] = trace
        if len(self._orders) > _KNOWN_MOST:
            _, oldest = self._orders.popitem(last=False)
            del self._traces[oldest]

    def order_of(self, trace: str | None) -> str | None:
        """The order that this trace is about."""
        return None if trace is None else self._orders.get(trace)

    def trace_of(self, order: str) -> str | None:
        """The trace of this order."""
        return self._traces.get(order)
