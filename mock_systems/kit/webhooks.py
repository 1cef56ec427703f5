"""Webhooks of a system: at least once, unordered, tried again on a schedule (Standard Webhooks).

A delivery is an object and a few kernel events, never a process. Whoever owns the network sets `transport`.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import simpy

from mock_systems.kit import faults as kinds
from mock_systems.kit.faults import WebhookFault
from mock_systems.kit.physics import HOUR, MINUTE, SECOND, call_after
from mock_systems.kit.poison import spoiled
from mock_systems.kit.streams import Streams
from mock_systems.kit.subscriptions import VALIDATION, Subscription, SubscriptionRules
from mock_systems.kit.turn import Notice
from mock_systems.kit.wire import Request

RETRY_AFTER_US: Final = (5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR)
# A delivery leaves its system some 20 to 200 ms after the change that it tells.
_LEAVES_AFTER_US: Final = 20_000
_LEAVES_WITHIN_US: Final = 180_000
_AS_IT_SHOULD: Final = ("sent", "acknowledged")

# Makes one attempt: sends the request to the URL, then calls `done` once, with the status or None for no answer.
Transport = Callable[[str, Request, Callable[["int | None"], None]], None]
# Hears (now_us, system, topic, order, outcome): sent, acknowledged, failed, given-up, and a fault's label.
Observer = Callable[[int, str, str, "str | None", str], None]


@dataclass(slots=True)
class Delivery:
    """One event on its way to one subscriber; `message` is its id, the same in each attempt."""

    webhooks: Webhooks
    url: str
    notice: Notice
    message: str
    body: dict[str, Any]
    traceparent: str | None
    copied: bool = False
    attempts: int = 0
    waiting: bool = False

    def attempt(self) -> None:
        """Send it now."""
        self.webhooks._attempt(self)

    def done(self, status: int | None) -> None:
        """The subscriber answered, or None: nobody did. Only the first answer to an attempt counts."""
        if self.waiting:
            self.waiting = False
            self.webhooks._answered(self, status)


class Webhooks:
    """Tells subscribers what happened. Without a `secret` the system has one of its own, from the seed.

    `observers` hear of every step, `alarms` of all but sent and acknowledged.

    Counters: `sent` deliveries (one for each subscriber of an event), `attempts`, `acknowledged`, `lost` and
    `doubled` by a fault, and those `given_up` after the last attempt; `under_way` are not over in any of these ways.
    """

    def __init__(self, system: str, streams: Streams, secret: str = "") -> None:
        self.system = system
        self.secret = secret or _secret_of(system, streams)
        self.transport: Transport | None = None
        self.observers: list[Observer] = []
        self.alarms: list[Observer] = []
        self.sent = self.attempts = self.acknowledged = self.lost = self.doubled = self.given_up = 0
        self.under_way = 0
        self._streams = streams
        self._leaves = streams.branch("webhook", system).fraction
        self._span = streams.branch("span", system).number
        self._env: simpy.Environment | None = None
        self.rules = SubscriptionRules()
        self.subscriptions: dict[str, Subscription] = {}
        self._by_url: dict[str, Subscription] = {}
        self._expires_us = kinds.FOREVER_US
        self._failing = False
        self._asked = 0
        self._urls: dict[str, list[str]] = {}
        self._ordinals: dict[tuple[str, str], int] = {}
        self.arm(())

    def subscribe(self, url: str, topics: Iterable[str]) -> None:
        """Send events of these topics to `url` from now on; a second time changes nothing.

        For who owns both sides: nothing has to be confirmed. It expires as the rules say.
        """
        found = self._by_url.get(url)
        if found is None:
            found = Subscription(f"sub-{len(self.subscriptions) + 1}", url, ())
            self.subscriptions[found.subscription] = found
        found.topics = tuple(dict.fromkeys((*found.topics, *topics)))
        self._rewire()

    def ask(self, name: str, url: str, topics: Sequence[str], now_us: int) -> Subscription:
        """A subscriber asks for a subscription under this name, or renews it; it counts when it is confirmed."""
        found = self.subscriptions.setdefault(name, Subscription(name, url, ()))
        is_new = not found.topics
        found.url, found.topics, found.failures = url, tuple(topics), 0
        if not self.rules.handshake:
            self.confirm(found, now_us)
            return found
        self._asked += 1
        found.token = f"val_{self._streams.number('validation', self.system, name, self._asked):016x}"
        if is_new:
            found.expires_us = now_us  # nothing is sent before it is confirmed
        self._rewire()
        data = {"subscription": name, "token": found.token}
        self._send_to(url, Notice(VALIDATION, name, None, data, None), now_us)
        return found

    def confirm(self, subscription: Subscription, now_us: int) -> None:
        """The subscription counts, as long as the rules let it."""
        lasts_us = self.rules.expires_after_us
        subscription.token = None
        subscription.expires_us = None if lasts_us is None else now_us + lasts_us
        self._rewire()

    def unsubscribe(self, name: str) -> None:
        """Delete a subscription; what is on its way to it is not sent any more."""
        found = self.subscriptions.pop(name, None)
        if found is not None:
            self._tell(Notice("subscription", name, None, {}, None), "unsubscribed")
            self._rewire()

    def _rewire(self) -> None:
        """Reckon anew which topic goes where, and when the first of them expires."""
        now_us = 0 if self._env is None else int(self._env.now)
        counting = [s for s in self.subscriptions.values() if s.expires_us is None or s.expires_us > now_us]
        self._by_url = {s.url: s for s in self.subscriptions.values()}
        self._urls = {}
        for subscription in counting:
            for topic in subscription.topics:
                self._urls.setdefault(topic, []).append(subscription.url)
        self._expires_us = min((s.expires_us for s in counting if s.expires_us is not None), default=kinds.FOREVER_US)

    def start(self, env: simpy.Environment) -> None:
        """Join the clock on which attempts are scheduled; subscriptions made before begin to run out now."""
        self._env = env
        if self.rules.expires_after_us is not None:
            for subscription in self.subscriptions.values():
                subscription.expires_us = int(env.now) + self.rules.expires_after_us
            self._rewire()

    def arm(self, faults: Iterable[WebhookFault]) -> None:
        """Carry out these faults from now on, in place of those before; none of them: the network is healed."""
        self.faults = tuple(faults)

    def send(self, notice: Notice, now_us: int) -> None:
        """Deliver one event to each of its subscribers, some moments later."""
        if now_us >= self._expires_us:
            self._rewire()
        for url in self._urls.get(notice.topic, ()):
            self._send_to(url, notice, now_us)

    def _send_to(self, url: str, notice: Notice, now_us: int) -> None:
        topic = notice.topic
        named = (topic, notice.entity)
        ordinal = self._ordinals[named] = self._ordinals.get(named, 0) + 1
        self.sent += 1
        message = f"msg_{self.system}_{self.sent}"
        body = {"type": topic, "timestamp_us": now_us, "data": notice.data}
        delivery = Delivery(self, url, notice, message, body, self._traceparent(notice, ordinal))
        leaves = self._leaves(f"{topic}|{notice.entity}|{ordinal}")
        delay_us = _LEAVES_AFTER_US + int(leaves * _LEAVES_WITHIN_US)
        for fault in self.faults:
            if fault.hits(topic, notice.order, ordinal, now_us, self._streams, notice.entity):
                held_us = self._carry_out(fault, delivery, delay_us, ordinal)
                if held_us is None:
                    return
                delay_us += held_us
        self.under_way += 1
        call_after(self._clock(), delay_us, delivery.attempt)

    def _carry_out(self, fault: WebhookFault, delivery: Delivery, delay_us: int, ordinal: int) -> int | None:
        """How much longer the delivery is held back; None when it never goes out."""
        fault.applied += 1
        self._tell(delivery.notice, fault.label)
        if fault.kind == kinds.LOST:
            self.lost += 1
            return None
        if fault.kind == kinds.DOUBLED:
            self.doubled += 1
            d = delivery
            twin = Delivery(self, d.url, d.notice, d.message, d.body, d.traceparent, copied=True)
            self.under_way += 1
            call_after(self._clock(), delay_us + fault.delay_us, twin.attempt)
            return 0
        if fault.kind == kinds.POISONED:
            delivery.body = {**delivery.body, "data": spoiled(delivery.body["data"], fault.poison)}
            return 0
        if fault.kind == kinds.REORDERED:
            return int(fault.delay_us * self._streams.fraction("reorder", fault.id, delivery.notice.entity, ordinal))
        return fault.delay_us

    def _attempt(self, delivery: Delivery) -> None:
        transport = self.transport
        assert transport is not None, f"{self.system}: transport must be set before the first subscription"
        if delivery.url not in self._by_url:
            self.under_way -= 1
            return  # unsubscribed meanwhile
        delivery.attempts += 1
        delivery.waiting = True
        self.attempts += 1
        headers = {"webhook-id": delivery.message, "webhook-timestamp": str(int(self._clock().now) // SECOND)}
        if delivery.traceparent is not None:
            headers["traceparent"] = delivery.traceparent
        self._tell(delivery.notice, "sent")
        transport(delivery.url, Request("POST", delivery.url, {}, headers, delivery.body), delivery.done)

    def _answered(self, delivery: Delivery, status: int | None) -> None:
        if status is not None and 200 <= status < 300:
            self.acknowledged += 1
            self.under_way -= 1
            self._tell(delivery.notice, "acknowledged")
            if self._failing:
                self._recovered(delivery.url)
            return
        self._tell(delivery.notice, "failed")
        if self._was_last(delivery.url, status) or delivery.copied:
            self.under_way -= 1
            return  # of a copy, the original is tried again
        if delivery.attempts > len(RETRY_AFTER_US):
            self.given_up += 1
            self.under_way -= 1
            self._tell(delivery.notice, "given-up")
            return
        call_after(self._clock(), RETRY_AFTER_US[delivery.attempts - 1], delivery.attempt)

    def _recovered(self, url: str) -> None:
        found = self._by_url.get(url)
        if found is not None:
            found.failures = 0
        self._failing = any(one.failures for one in self.subscriptions.values())

    def _was_last(self, url: str, status: int | None) -> bool:
        """Count a failure; whether the subscription was deleted for it."""
        found = self._by_url.get(url)
        if found is None:
            return True
        self._failing = True
        found.failures += 1
        if not self.rules.deletes(status, found.failures):
            return False
        self.unsubscribe(found.subscription)
        return True

    def _traceparent(self, notice: Notice, ordinal: int) -> str | None:
        if notice.trace is None:
            return None
        span = self._span(f"{notice.topic}|{notice.entity}|{ordinal}") or 1
        return f"00-{notice.trace}-{span:016x}-01"

    def _clock(self) -> simpy.Environment:
        assert self._env is not None, f"{self.system}: start(env) comes before the first event"
        return self._env

    def _tell(self, notice: Notice, outcome: str) -> None:
        hearing = self.observers if outcome in _AS_IT_SHOULD else (*self.observers, *self.alarms)
        if hearing:
            now_us = int(self._clock().now)
            for observer in hearing:
                observer(now_us, self.system, notice.topic, notice.order, outcome)


def _secret_of(system: str, streams: Streams) -> str:
    key = b"".join(streams.number("webhook-secret", system, part).to_bytes(8, "big") for part in range(3))
    return "whsec_" + b64encode(key).decode()
