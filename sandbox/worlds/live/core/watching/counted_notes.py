"""The core's observer: what it notices is counted, and logged with the trace of its order."""

from __future__ import annotations

from typing import Any

from sandbox.worlds.live.core.log import JsonLog
from sandbox.worlds.live.core.watching.core_counts import CoreCounts
from sandbox.worlds.live.core.watching.correlations import Correlations


class CountedNotes:
    """The Observer port."""

    def __init__(self, log: JsonLog, counts: CoreCounts, correlations: Correlations) -> None:
        self._log = log
        self._counts = counts
        self._correlations = correlations

    def note(self, kind: str, entity: str, /, **detail: Any) -> None:
        """One thing noticed; the log tells the order's trace where `entity` is an order, and the other way round."""
        self._counts.noticed(kind, entity, detail)
        trace = detail.get("trace")
        if trace is None:
            trace = self._correlations.trace_of(entity)
        if trace is not None:
            detail = {"order": self._correlations.order_of(trace), **detail, "trace": trace}
        self._log.note(kind, entity, **detail)
