"""Subscriptions: they expire, want their token back, and are deleted as each system's rules say."""

from __future__ import annotations

from typing import Any

import pytest
import simpy

from mock_systems.kit.physics import MINUTE
from mock_systems.kit.streams import Streams
from mock_systems.kit.subscriptions import VALIDATION, SubscriptionRules
from mock_systems.kit.turn import Notice
from mock_systems.kit.webhooks import Webhooks
from mock_systems.kit.wire import Request

URL = "/webhooks/erp"


class Subscriber:
    """Answers each delivery with the status that it was told to give, and keeps what came."""

    def __init__(self, rules: SubscriptionRules) -> None:
        self.env = simpy.Environment()
        self.status: int | None = 200
        self.came: list[dict[str, Any]] = []
        self.webhooks = Webhooks("erp", Streams(1))
        self.webhooks.rules = rules
        self.webhooks.transport = self._deliver
        self.webhooks.start(self.env)

    def _deliver(self, url: str, request: Request, done: Any) -> None:
        self.came.append(request.body)
        done(self.status)

    def event(self, number: int) -> None:
        """Something happens, and a minute passes."""
        self.webhooks.send(Notice("thing.made", f"T-{number}", None, {"thing": number}, None), int(self.env.now))
        self.env.run(until=self.env.now + MINUTE)

    def things(self) -> list[int]:
        """Which events came."""
        return [body["data"]["thing"] for body in self.came if body["type"] == "thing.made"]


def test_a_subscription_expires_and_is_renewed() -> None:
    subscriber = Subscriber(SubscriptionRules(expires_after_us=3 * MINUTE))
    webhooks = subscriber.webhooks
    webhooks.ask("core", URL, ["thing.made"], 0)
    subscriber.event(1)
    subscriber.env.run(until=5 * MINUTE)
    subscriber.event(2)
    webhooks.ask("core", URL, ["thing.made"], int(subscriber.env.now))
    subscriber.event(3)
    assert subscriber.things() == [1, 3]


def test_it_counts_only_when_its_token_has_come_back() -> None:
    subscriber = Subscriber(SubscriptionRules(handshake=True))
    webhooks = subscriber.webhooks
    webhooks.ask("core", URL, ["thing.made"], 0)
    subscriber.event(1)
    (validation,) = subscriber.came
    assert validation["type"] == VALIDATION
    found = webhooks.subscriptions["core"]
    assert validation["data"] == {"subscription": "core", "token": found.token}
    webhooks.confirm(found, int(subscriber.env.now))
    subscriber.event(2)
    assert subscriber.things() == [2]


@pytest.mark.parametrize(
    ("rules", "status", "attempts"),
    [
        (SubscriptionRules(), 410, 1),
        (SubscriptionRules(strict=True), 404, 1),
        (SubscriptionRules(strict=True), 503, 2),
        (SubscriptionRules(deleted_after=2), 503, 2),
        (SubscriptionRules(deleted_after=2), None, 2),
        (SubscriptionRules(), 404, 2),
    ],
)
def test_it_is_deleted_as_the_rules_say(rules: SubscriptionRules, status: int | None, attempts: int) -> None:
    subscriber = Subscriber(rules)
    subscriber.webhooks.ask("core", URL, ["thing.made"], 0)
    subscriber.status = status
    subscriber.event(1)
    assert len(subscriber.came) == attempts, "the second attempt comes after five seconds"
    assert (subscriber.webhooks.subscriptions == {}) is (rules.deletes(status, attempts))


def test_a_success_forgives_the_failures_before_it() -> None:
    subscriber = Subscriber(SubscriptionRules(deleted_after=2))
    subscriber.webhooks.ask("core", URL, ["thing.made"], 0)
    answers = iter([503, 200, 503, 200])
    subscriber.webhooks.transport = lambda url, request, done: done(next(answers))
    subscriber.event(1)
    subscriber.event(2)
    assert "core" in subscriber.webhooks.subscriptions
