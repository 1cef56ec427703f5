"""All ears of a core process, put to its ports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_systems.kit.live.metrics_page import page
from sandbox.core.hub import Hub
from sandbox.core.ports import Bus, Clock, Http
from sandbox.worlds.live.bus import LiveBus
from sandbox.worlds.live.core.log import JsonLog
from sandbox.worlds.live.core.watching.core_counts import CoreCounts
from sandbox.worlds.live.core.watching.core_gauges import CoreGauges
from sandbox.worlds.live.core.watching.correlations import Correlations
from sandbox.worlds.live.core.watching.counted_notes import CountedNotes
from sandbox.worlds.live.core.watching.event_log import EventLog
from sandbox.worlds.live.core.watching.watched_bus import WatchedBus
from sandbox.worlds.live.core.watching.watched_hub import WatchedHub
from sandbox.worlds.live.core.watching.watched_line import WatchedLine

if TYPE_CHECKING:
    from mock_systems.kit.live.tracing import Traces
    from sandbox.worlds.live.core.watching.core_spans import CoreSpans


class CoreWatch:
    """`observer` is for the core and its parts. `logs` tells whether an order's calls and webhooks are logged.

    With `traces` None there are no spans. `clock` is the world's, `speed` that of the event loop. `events` keeps what
    is published.
    """

    def __init__(
        self,
        log: JsonLog,
        clock: Clock,
        traces: Traces | None,
        *,
        speed: float,
        logs: bool,
        events: EventLog | None = None,
    ) -> None:
        self._counts = CoreCounts()
        self._correlations = Correlations()
        self._clock = clock
        self._speed = speed
        self._events = events
        self._log = log if logs else None
        self._spans = None if traces is None else _spans(traces)
        self.observer = CountedNotes(log, self._counts, self._correlations)

    def line(self, system: str, http: Http) -> Http:
        """The Http port to a system."""
        return WatchedLine(system, http, self._counts, self._log, self._correlations, self._spans)

    def bus(self, bus: Bus) -> Bus:
        """The Bus port."""
        return WatchedBus(bus, self._spans, self._events)

    def hub(self, hub: Hub, bus: LiveBus) -> WatchedHub:
        """What the web server calls."""
        gauges = CoreGauges(hub, bus, self._clock, self._speed)

        async def shown() -> str:
            metrics = [*self._counts.metrics(), *gauges.metrics(await gauges.journal())]
            return page(metrics, *self._counts.collectors).decode()

        return WatchedHub(hub, shown, self._clock, self._counts, self._log, self._correlations, self._spans)


def _spans(traces: Traces) -> CoreSpans:
    from sandbox.worlds.live.core.watching.core_spans import CoreSpans  # an extra, not needed without traces

    return CoreSpans(traces)
