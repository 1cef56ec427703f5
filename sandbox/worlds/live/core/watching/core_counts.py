"""What a core process has done since it started, counted at its ports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from prometheus_client import Histogram
from prometheus_client.core import Metric

from mock_systems.kit.live.metrics_page import counter

_CALL_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15)
_LAG_S: Final = (0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 900, 3600, 14_400)
_NO_ANSWER: Final = "none"


class CoreCounts:
    """Counted by those who listen at the ports; `call_seconds` are the wall's, `lag_seconds` the world's."""

    def __init__(self) -> None:
        self.notes: Counter[str] = Counter()
        self.calls: Counter[tuple[str, str, str]] = Counter()
        self.webhooks: Counter[tuple[str, str, str]] = Counter()
        self._retries: Counter[str] = Counter()
        self._given_up: Counter[tuple[str, str]] = Counter()
        self._left_unknown: Counter[str] = Counter()
        self._opened: Counter[str] = Counter()
        self._duplicates: Counter[str] = Counter()
        self._conflicts: Counter[str] = Counter()
        self._calls_s = Histogram(
            "sandbox_core_call_seconds",
            "How long the core's calls took, in seconds of the wall.",
            ("system",),
            registry=None,
            buckets=_CALL_S,
        )
        self._lag_s = Histogram(
            "sandbox_core_sync_lag_seconds",
            "How old news was when the core had it safe: the systems' own time, from the change to the webhook's 2xx.",
            ("system",),
            registry=None,
            buckets=_LAG_S,
        )
        self.collectors = (self._calls_s, self._lag_s)

    def noticed(self, kind: str, entity: str, detail: Mapping[str, Any]) -> None:
        """The core noticed something."""
        self.notes[kind] += 1
        system = str(detail.get("system", ""))
        if kind == "call.repeated":
            self._retries[system] += 1
        elif kind == "call.given_up":
            self._given_up[system, str(detail.get("cause", ""))] += 1
        elif kind == "call.left_unknown":
            self._left_unknown[system] += 1
        elif kind == "breaker.opened":
            self._opened[entity] += 1
        elif kind == "duplicate.absorbed":
            self._duplicates[str(detail.get("source", ""))] += 1
        elif kind == "transaction.repeated":
            self._conflicts[entity] += 1

    def called(self, system: str, method: str, status: int | None, seconds: float) -> None:
        """A call has ended; `status` None: without an answer."""
        self.calls[system, method, str(status or _NO_ANSWER)] += 1
        self._calls_s.labels(system).observe(seconds)

    def took(self, system: str, topic: str, status: int, lag_s: float | None) -> None:
        """A webhook was answered; `lag_s` is the age of what it told, where it was taken in."""
        self.webhooks[system, topic, str(status)] += 1
        if lag_s is not None:
            self._lag_s.labels(system).observe(lag_s)

    def metrics(self) -> Iterator[Metric]:
        """All of it but the histograms, which are in `collectors`."""
        yield counter(
            "sandbox_core_calls",
            "The core's calls, each attempt, by HTTP status (none: without an answer).",
            ("system", "method", "status"),
            ((*key, n) for key, n in self.calls.items()),
        )
        yield counter(
            "sandbox_core_webhooks",
            "Webhooks that the core was sent, by its answer.",
            ("system", "topic", "status"),
            ((*key, n) for key, n in self.webhooks.items()),
        )
        for name, text, label, counted in (
            ("retries", "Calls that were made again after a failure.", "system", self._retries),
            ("calls_left_unknown", "Writes of which nobody knows what became.", "system", self._left_unknown),
            ("breaker_opened", "How often a circuit breaker opened.", "system", self._opened),
            ("duplicates_absorbed", "News that came again and changed nothing.", "source", self._duplicates),
            ("transactions_repeated", "Transactions done again after a conflict.", "cause", self._conflicts),
            ("notes", "All that the core noticed, by kind, as in its log.", "kind", self.notes),
        ):
            yield counter(f"sandbox_core_{name}", text, (label,), counted.items())
        yield counter(
            "sandbox_core_calls_given_up",
            "Calls given up for now: attempts, patience or budget spent, or a breaker open.",
            ("system", "cause"),
            ((*key, n) for key, n in self._given_up.items()),
        )
