"""What a live system has done, counted: for Prometheus, and cheap where it is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from prometheus_client.core import Metric

from mock_systems.kit.live.metrics_page import counter

_NO_ANSWER: Final = "none"


@dataclass(slots=True)
class SystemCounts:
    """Facts, webhooks and their faults are those of the books; calls and what befell them, those of this process.

    `calls` by operation and status (None: no answer), `turned_away` by reason, `faults` by kind.
    """

    calls: Counter[tuple[str, int | None]] = field(default_factory=Counter)
    turned_away: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    facts: Counter[str] = field(default_factory=Counter)
    webhooks: Counter[tuple[str, str]] = field(default_factory=Counter)

    def befell(self, now_us: int, system: str, operation: str, order: str | None, outcome: str) -> None:
        """A call was not simply served: a fault struck, or the door was closed. An alarm of the door."""
        if outcome.startswith("fault."):
            self.faults[outcome.removeprefix("fault.").partition(":")[0]] += 1
        else:
            self.turned_away[outcome] += 1

    def sent(self, now_us: int, system: str, topic: str, order: str | None, outcome: str) -> None:
        """A step in a webhook's life: sent, acknowledged, failed, given-up, or a fault. An observer of the webhooks."""
        if outcome.startswith("fault."):
            outcome = outcome.partition(":")[0]
        self.webhooks[topic, outcome] += 1

    def metrics(self, system: str) -> Iterator[Metric]:
        """All of it, as Prometheus has it."""
        yield counter(
            "sandbox_system_calls",
            "Calls at a system's door, by operation and HTTP status (none: the caller never heard back).",
            ("system", "operation", "status"),
            ((system, name, str(status or _NO_ANSWER), n) for (name, status), n in self.calls.items()),
        )
        yield counter(
            "sandbox_system_turned_away",
            "Calls that the door turned away, by reason.",
            ("system", "reason"),
            ((system, reason, n) for reason, n in self.turned_away.items()),
        )
        yield counter(
            "sandbox_system_faults",
            "Faults that struck a call, by kind.",
            ("system", "fault"),
            ((system, fault, n) for fault, n in self.faults.items()),
        )
        yield counter(
            "sandbox_system_facts",
            "Effects in the system's books, by kind.",
            ("system", "kind"),
            ((system, kind, n) for kind, n in self.facts.items()),
        )
        yield counter(
            "sandbox_system_webhooks",
            "Steps of webhooks, by topic: sent, acknowledged, failed, given-up, or a fault.",
            ("system", "topic", "outcome"),
            ((system, topic, outcome, n) for (topic, outcome), n in self.webhooks.items()),
        )
