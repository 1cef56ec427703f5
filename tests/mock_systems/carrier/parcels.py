"""A carrier for tests: called past its door, its webhooks in hand, every reply held to its published model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import simpy

from mock_systems.carrier.system import build_carrier
from mock_systems.kit.ledger import Fact
from mock_systems.kit.opening import Opening, Site
from mock_systems.kit.physics import DAY, HOUR
from mock_systems.kit.streams import Streams
from mock_systems.kit.wire import Reply, Request

MONDAY_US = 15_292 * DAY  # 2011-11-14T00:00Z
OPENING = Opening("GBP", (), (), (Site("LDS", "Leeds"), Site("BHM", "Birmingham")), ())


def trace_of(order: str) -> str:
    """A trace id for an order."""
    return order.encode().hex().ljust(32, "0")[:32]


class Parcels:
    """A carrier with a clock that stands at Monday 09:00 UTC; `heard` are the webhooks that came."""

    def __init__(self, seed: int = 7, delivers_within_us: int | None = None) -> None:
        self.env = simpy.Environment(initial_time=MONDAY_US + 9 * HOUR)
        self.carrier = build_carrier(OPENING, Streams(seed), delivers_within_us=delivers_within_us)
        self.heard: list[tuple[dict[str, Any], str | None]] = []
        self.carrier.webhooks.transport = self._hear
        self.carrier.webhooks.subscribe("/webhooks/carrier", self.carrier.topics)
        self.carrier.start(self.env)

    def _hear(self, url: str, request: Request, done: Callable[[int | None], None]) -> None:
        data = self.carrier.topics[request.body["type"]].model_validate(request.body["data"])
        assert data.model_dump() == request.body["data"]
        self.heard.append((request.body["data"], request.headers.get("traceparent")))
        done(204)

    @property
    def now_us(self) -> int:
        """The clock."""
        return int(self.env.now)

    def call(self, method: str, path: str, body: Any = None, *, trace: str | None = None, **query: str) -> Reply:
        """One call, past the door, always with the same key; a success fits its published model to the letter."""
        headers = {"idempotency-key": "the-only-one"}
        if trace is not None:
            headers["traceparent"] = f"00-{trace}-00f067aa0ba902b7-01"
        request = Request(method, path, query, headers, body)
        found = self.carrier.routes.find(request)
        assert found is not None, path
        reply = self.carrier.handle(request, *found, self.now_us)
        if reply.status < 300:
            model = found[0].replies[reply.status]
            assert model is not None
            assert model.model_validate(reply.body).model_dump() == reply.body
        return reply

    def buy(self, order: str = "W-000001", service: str = "economy", country: str = "GB", **changed: Any) -> Reply:
        """Buy a label for an order's shipment."""
        body = {
            "reference": f"{order}/LDS",
            "order": order,
            "service": service,
            "from_site": "LDS",
            "to_country": country,
            "weight_g": 1200,
        }
        return self.call("POST", "/labels", body | changed, trace=trace_of(order))

    def run_until(self, day: int, hour: float = 0) -> None:
        """Let time pass until so many days after Monday."""
        self.env.run(until=MONDAY_US + day * DAY + round(hour * HOUR))

    def facts(self, *kinds: str) -> list[Fact]:
        """The facts of these kinds; all when none is named."""
        return [fact for fact in self.carrier.ledger.facts if not kinds or fact.kind in kinds]
