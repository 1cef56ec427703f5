"""Webhooks: at least once, tried again on a schedule, and what faults do to them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
import simpy

from mock_systems.kit.faults import WebhookFault
from mock_systems.kit.physics import HOUR, MINUTE, SECOND
from mock_systems.kit.signing import sign
from mock_systems.kit.streams import Streams
from mock_systems.kit.turn import Notice
from mock_systems.kit.webhooks import RETRY_AFTER_US, Webhooks
from mock_systems.kit.wire import Request

START_US = 1_321_228_800_000_000
URL = "/webhooks/shop"


class Subscriber:
    """Keeps what arrives, with its time; answers with the statuses it was told, then with 204."""

    def __init__(self, *statuses: int | None) -> None:
        self.env = simpy.Environment(initial_time=START_US)
        self.hooks = Webhooks("shop", Streams(1))
        self.hooks.transport = self.receive
        self.hooks.subscribe(URL, ["order.created"])
        self.hooks.start(self.env)
        self.statuses = list(statuses)
        self.arrived: list[tuple[int, Request]] = []

    def receive(self, url: str, request: Request, done: Callable[[int | None], None]) -> None:
        assert url == URL
        self.arrived.append((int(self.env.now), request))
        done(self.statuses.pop(0) if self.statuses else 204)

    def tell(self, *orders: str, topic: str = "order.created") -> None:
        for order in orders:
            self.hooks.send(Notice(topic, order, order, {"order": order}, "ab" * 16), int(self.env.now))

    def orders(self) -> list[str]:
        return [request.body["data"]["order"] for _, request in self.arrived]


def test_an_event_arrives_once_with_the_standard_headers() -> None:
    subscriber = Subscriber()
    subscriber.tell("W-1")
    subscriber.tell("W-1", topic="order.cancelled")
    subscriber.env.run()
    ((at_us, request),) = subscriber.arrived
    assert START_US < at_us < START_US + SECOND
    assert request.body == {"type": "order.created", "timestamp_us": START_US, "data": {"order": "W-1"}}
    assert request.headers["webhook-id"] == "msg_shop_1"
    assert request.headers["webhook-timestamp"] == str(START_US // SECOND)
    assert request.headers["traceparent"].startswith(f"00-{'ab' * 16}-")
    assert subscriber.hooks.acknowledged == 1


def test_a_second_subscription_changes_nothing() -> None:
    subscriber = Subscriber()
    subscriber.hooks.subscribe(URL, ["order.created"])
    subscriber.tell("W-1")
    subscriber.env.run()
    assert len(subscriber.arrived) == 1


def test_it_is_tried_again_on_the_schedule_under_the_same_id_and_then_given_up() -> None:
    subscriber = Subscriber(None, 500, 404, 302, 429, None, 503, 204)
    subscriber.tell("W-1")
    subscriber.env.run()
    times = [at_us for at_us, _ in subscriber.arrived]
    assert [b - a for a, b in pairwise(times)] == list(RETRY_AFTER_US)
    assert RETRY_AFTER_US == (5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR)
    assert len({request.headers["webhook-id"] for _, request in subscriber.arrived}) == 1
    assert len({request.headers["webhook-timestamp"] for _, request in subscriber.arrived}) == 7
    hooks = subscriber.hooks
    assert (hooks.sent, hooks.attempts, hooks.given_up, hooks.acknowledged) == (1, 7, 1, 0)


def test_only_the_first_answer_to_an_attempt_counts() -> None:
    subscriber = Subscriber()
    answers: list[Callable[[int | None], None]] = []
    subscriber.hooks.transport = lambda url, request, done: answers.append(done)
    subscriber.tell("W-1")
    subscriber.env.run()
    answers[0](None)
    answers[0](None)
    subscriber.env.run()
    assert subscriber.hooks.attempts == 2


def test_lost_means_never_delivered() -> None:
    subscriber = Subscriber()
    fault = WebhookFault(id="l", kind="lost", order="W-1")
    subscriber.hooks.arm([fault])
    subscriber.tell("W-1", "W-2")
    subscriber.env.run()
    assert subscriber.orders() == ["W-2"]
    assert (subscriber.hooks.lost, fault.applied) == (1, 1)


def test_doubled_means_the_same_message_twice() -> None:
    subscriber = Subscriber(500)
    subscriber.hooks.arm([WebhookFault(id="d", kind="doubled", delay_us=SECOND)])
    subscriber.tell("W-1")
    subscriber.env.run()
    first, second, retry = (request for _, request in subscriber.arrived)
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == retry.headers["webhook-id"]
    assert first.body == second.body
    assert (subscriber.hooks.doubled, subscriber.hooks.sent) == (1, 1)


def test_the_copy_of_a_doubled_message_is_not_tried_again() -> None:
    subscriber = Subscriber(204, 500)
    subscriber.hooks.arm([WebhookFault(id="d", kind="doubled", delay_us=SECOND)])
    subscriber.tell("W-1")
    subscriber.env.run()
    assert len(subscriber.arrived) == 2


def test_delayed_and_reordered_hold_back() -> None:
    subscriber = Subscriber()
    subscriber.hooks.arm([WebhookFault(id="d", kind="delayed", order="W-1", delay_us=HOUR)])
    subscriber.tell("W-1", "W-2")
    subscriber.env.run()
    assert subscriber.orders() == ["W-2", "W-1"]
    assert subscriber.arrived[1][0] > START_US + HOUR

    shuffled = Subscriber()
    shuffled.hooks.arm([WebhookFault(id="r", kind="reordered", delay_us=10 * MINUTE)])
    sent = [f"W-{n}" for n in range(20)]
    for order in sent:
        shuffled.tell(order)
        shuffled.env.run(until=int(shuffled.env.now) + 10 * SECOND)
    shuffled.env.run()
    assert shuffled.orders() != sent
    assert sorted(shuffled.orders()) == sorted(sent)


def test_what_happens_to_one_order_does_not_depend_on_the_others() -> None:
    def arrivals(*orders: str) -> dict[str, int]:
        subscriber = Subscriber()
        subscriber.hooks.arm([WebhookFault(id="d", kind="delayed", share=0.5, delay_us=HOUR)])
        subscriber.tell(*orders)
        subscriber.env.run()
        return {request.body["data"]["order"]: at_us for at_us, request in subscriber.arrived}

    orders = [f"W-{n}" for n in range(30)]
    forward, backward = arrivals(*orders), arrivals(*reversed(orders))
    assert forward == backward
    assert 5 < sum(at_us > START_US + HOUR for at_us in forward.values()) < 25
    assert arrivals("W-7")["W-7"] == forward["W-7"]


def test_observers_hear_each_step() -> None:
    subscriber = Subscriber(500)
    heard: list[tuple[str, str | None, str]] = []
    subscriber.hooks.observers.append(lambda at, system, topic, order, outcome: heard.append((topic, order, outcome)))
    subscriber.hooks.arm([WebhookFault(id="l", kind="lost", order="W-2")])
    subscriber.tell("W-1", "W-2")
    subscriber.env.run()
    assert [outcome for _, order, outcome in heard if order == "W-1"] == ["sent", "failed", "sent", "acknowledged"]
    assert [outcome for _, order, outcome in heard if order == "W-2"] == ["fault.lost:l"]


def test_without_a_clock_it_says_what_is_missing() -> None:
    hooks = Webhooks("shop", Streams(1))
    hooks.subscribe(URL, ["order.created"])
    with pytest.raises(AssertionError, match="start"):
        hooks.send(Notice("order.created", "W-1", "W-1", {}, None), START_US)


def test_a_system_has_a_secret_of_its_own_that_signs() -> None:
    secrets = [Webhooks(name, Streams(seed)).secret for name, seed in (("shop", 1), ("shop", 2), ("erp", 1))]
    assert len(set(secrets)) == 3
    assert Webhooks("shop", Streams(1)).secret == secrets[0]
    assert sign(secrets[0], "m", 1, b"x").startswith("v1,")
    assert Webhooks("shop", Streams(1), "whsec_AAAA").secret == "whsec_AAAA"
