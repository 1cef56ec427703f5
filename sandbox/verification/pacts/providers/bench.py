"""One mock system on the bench: built anew for each state, driven through its own API and its clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import simpy

from mock_systems.blueprints import Blueprint, build
from mock_systems.kit.access import OAuthClient
from mock_systems.kit.opening import Customer, Item, Opening, Site, Stock
from mock_systems.kit.physics import DAY, HOUR
from mock_systems.kit.streams import Streams
from mock_systems.kit.system import MockSystem
from mock_systems.kit.wire import Answer, Request

TOKEN: Final = "token"
_EVERYBODY: Final = frozenset(("integration", "shopper", "clerk"))
_MONDAY_9_US: Final = 15_292 * DAY + 9 * HOUR  # 2011-11-14T09:00Z
_LONGEST_US: Final = 60 * DAY
_EAR: Final = "https://bench.example.com/webhooks"
OPENING: Final = Opening(
    "GBP",
    (
        Item("MUG", "Mug", 500, 400, 250, weight_g=250, substitute="JAR", pack=12),
        Item("JAR", "Jar", 500, 400, 250, weight_g=300),
        Item("GONE", "Out of stock", 500, 400, 250),
    ),
    (
        Customer("C-1", "On account", "GB", "account", 30, 1_000_000),
        Customer("C-POOR", "Little credit", "GB", "account", 30, 10_000),
    ),
    (Site("LDS", "Leeds"), Site("BHM", "Birmingham")),
    (Stock("LDS", "MUG", 100), Stock("LDS", "JAR", 50), Stock("BHM", "MUG", 7)),
)


class StateFailed(Exception):
    """The system can't be brought into a state: it does something else than the state's steps reckon with."""


class Bench:
    """A system with a clock that stands at a Monday, 09:00 UTC; `heard` are the webhooks that it has sent so far.

    It is its own `Life`: answers come at once, whatever its operations take.
    """

    def __init__(self, blueprint: Blueprint, opening: Opening = OPENING, hears: bool = True) -> None:
        self.env = simpy.Environment(initial_time=_MONDAY_9_US)
        door = replace(
            blueprint.door,
            service_ms=0.0,
            tokens={TOKEN: _EVERYBODY},
            clients={"sync-core": OAuthClient("secret", frozenset(("integration",)))},
        )
        self.system: MockSystem = build(blueprint, opening, Streams(1), door)
        self.heard: list[Mapping[str, Any]] = []
        self.system.webhooks.transport = self._hear
        if hears:
            self.system.webhooks.subscribe(_EAR, sorted(self.system.topics))
        self.system.start(self.env)

    def _hear(self, url: str, request: Request, done: Callable[[int | None], None]) -> None:
        self.heard.append(request.body)
        done(204)

    def call(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> Mapping[str, Any]:
        """The body of an answer. Raises StateFailed where the system refuses."""
        headers = {"authorization": f"Bearer {TOKEN}"}
        if key is not None:
            headers["idempotency-key"] = key
        reply = self.system.receive(Request(method, path, {}, headers, body), int(self.env.now)).reply
        if reply is None or reply.status >= 400:
            raise StateFailed(f"{method} {path}: {None if reply is None else reply.body}")
        found: Mapping[str, Any] = reply.body
        return found

    def wait_for(self, topic: str) -> Mapping[str, Any]:
        """Let time pass until a webhook of this topic has gone out; its data. Raises StateFailed after 60 days."""
        until_us = int(self.env.now) + _LONGEST_US
        while (found := self.last(topic)) is None:
            if self.env.peek() > until_us:
                raise StateFailed(f"{self.system.name} has not sent {topic} within 60 days")
            self.env.step()
        data: Mapping[str, Any] = found["data"]
        return data

    def last(self, topic: str) -> Mapping[str, Any] | None:
        """The last webhook of this topic that went out."""
        return next((one for one in reversed(self.heard) if one["type"] == topic), None)

    def receive(self, request: Request) -> Answer:
        """Take one request at the bench's time."""
        answer = self.system.receive(request, int(self.env.now))
        answer.after_us = 0
        return answer

    def seconds(self, span_us: int) -> float:
        """No time passes while a caller waits."""
        return 0.0


States = Mapping[str, Callable[[Mapping[str, Any]], "tuple[Bench, Mapping[str, Any]]"]]
"""State -> how a bench is brought there, given its parameters; with the values that it gives."""
