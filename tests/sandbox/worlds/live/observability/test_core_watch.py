"""The ears at the core's ports: they count, tell and trace, and change nothing else."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import pytest

from sandbox.core.ports import BusMessage, CallTimedOut, HttpReply, HttpRequest
from sandbox.worlds.live.core.log import JsonLog
from sandbox.worlds.live.core.watching.core_counts import CoreCounts
from sandbox.worlds.live.core.watching.core_spans import CoreSpans
from sandbox.worlds.live.core.watching.correlations import Correlations
from sandbox.worlds.live.core.watching.counted_notes import CountedNotes
from sandbox.worlds.live.core.watching.watched_bus import WatchedBus
from sandbox.worlds.live.core.watching.watched_hub import WatchedHub
from sandbox.worlds.live.core.watching.watched_line import WatchedLine
from tests.sandbox.worlds.live.observability.kept_spans import KeptSpans

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
NOW_US = 1_321_261_200_000_000


class Still:
    def now_us(self) -> int:
        return NOW_US


class Scripted:
    """Answers what it was told to, on either side of the core."""

    def __init__(self, answer: HttpReply | Exception) -> None:
        self.answer = answer
        self.heard: list[HttpRequest] = []

    async def send(self, request: HttpRequest) -> HttpReply:
        self.heard.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    receive = send


class Ears:
    """Counts, log and correlations as one core has them."""

    def __init__(self) -> None:
        self.out = io.StringIO()
        self.log = JsonLog(self.out, Still(), "core-1")
        self.counts, self.correlations = CoreCounts(), Correlations()
        self.kept = KeptSpans()
        self.spans = CoreSpans(self.kept.traces)
        self.notes = CountedNotes(self.log, self.counts, self.correlations)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.getvalue().splitlines()]

    def samples(self) -> dict[tuple[str, ...], float]:
        return {
            (sample.name, *sample.labels.values()): sample.value
            for metric in (*self.counts.metrics(), *(m for each in self.counts.collectors for m in each.collect()))
            for sample in metric.samples
        }

    def call(self, answer: HttpReply | Exception, traced: bool = True, **headers: str) -> Scripted:
        inner = Scripted(answer)
        line = WatchedLine("erp", inner, self.counts, self.log, self.correlations, self.spans)
        given = {"idempotency-key": "W-7/invoice", **headers, **({"traceparent": PARENT} if traced else {})}
        self.request = HttpRequest("POST", "/invoices", {}, given, {"n": 1})
        asyncio.run(line.send(self.request))
        return inner

    def take(self, body: Any, answer: int = 200, traceparent: str = PARENT) -> HttpReply:
        async def page() -> str:
            return "a page"

        inner = Scripted(HttpReply(answer))
        hub = WatchedHub(inner, page, Still(), self.counts, self.log, self.correlations, self.spans)
        headers = {"traceparent": traceparent, "webhook-id": "msg_1"}
        return asyncio.run(hub.receive(HttpRequest("POST", "/webhooks/erp", {}, headers, body)))


def test_a_call_goes_out_under_its_own_span_and_is_counted_and_logged() -> None:
    ears = Ears()
    inner = ears.call(HttpReply(201, {}))
    (span,) = ears.kept.ended()
    assert (span.name, span.trace, span.status) == ("POST erp /invoices", TRACE, 201)
    assert inner.heard[0].headers["traceparent"] == f"00-{TRACE}-{span.span}-01"
    assert inner.heard[0].body is ears.request.body
    assert ears.request.headers["traceparent"] == PARENT, "what the core holds stays as it was"
    assert ears.samples()["sandbox_core_calls_total", "erp", "POST", "201"] == 1
    (line,) = ears.lines()
    assert (line["kind"], line["entity"], line["status"]) == ("request.answered", "erp POST /invoices", 201)
    assert (line["trace"], line["order"]) == (TRACE, "W-7")


def test_a_call_without_an_answer_is_an_error_and_counted_as_none() -> None:
    ears = Ears()
    with pytest.raises(CallTimedOut):
        ears.call(CallTimedOut("late"))
    assert [(span.status, span.is_error) for span in ears.kept.ended()] == [(None, True)]
    assert ears.samples()["sandbox_core_calls_total", "erp", "POST", "none"] == 1
    assert ears.samples()["sandbox_core_call_seconds_count", "erp"] == 1


def test_what_belongs_to_no_trace_is_counted_alone() -> None:
    ears = Ears()
    inner = ears.call(HttpReply(200, {}), traced=False)
    assert "traceparent" not in inner.heard[0].headers
    assert not ears.kept.ended()
    assert not ears.lines()
    assert ears.samples()["sandbox_core_calls_total", "erp", "POST", "200"] == 1


def test_a_webhook_tells_how_old_its_news_is_and_calls_after_it_come_of_it() -> None:
    ears = Ears()
    ears.take({"type": "sales_order.released", "timestamp_us": NOW_US - 2_500_000, "data": {"order": "W-7"}})
    ears.call(HttpReply(201, {}))
    heard, called = ears.kept.ended()
    assert (heard.parent, called.parent) == ("00f067aa0ba902b7", heard.span)
    samples = ears.samples()
    assert samples["sandbox_core_sync_lag_seconds_sum", "erp"] == 2.5
    assert samples["sandbox_core_webhooks_total", "erp", "sales_order.released", "200"] == 1
    assert [line["order"] for line in ears.lines()] == ["W-7", "W-7"]


@pytest.mark.parametrize(
    ("body", "answer"), [({"type": "x"}, 200), ([1], 200), ({"type": "x", "timestamp_us": NOW_US}, 503)]
)
def test_news_without_a_time_or_not_taken_in_has_no_lag(body: Any, answer: int) -> None:
    ears = Ears()
    assert ears.take(body, answer, "nonsense").status == answer
    assert not [key for key in ears.samples() if key[0].startswith("sandbox_core_sync_lag") and len(key) > 1]
    assert not ears.kept.ended()


def test_the_metrics_page_is_not_the_hubs() -> None:
    ears = Ears()

    async def page() -> str:
        return "a page"

    inner = Scripted(HttpReply(404))
    hub = WatchedHub(inner, page, Still(), ears.counts, None, ears.correlations, None)
    reply = asyncio.run(hub.receive(HttpRequest("GET", "/metrics")))
    assert (reply.status, reply.body, inner.heard) == (200, "a page", [])
    assert asyncio.run(hub.receive(HttpRequest("GET", "/orders/W-7"))).status == 404


def test_notes_are_counted_and_find_the_trace_of_their_order() -> None:
    ears = Ears()
    ears.correlations.learn("W-7", TRACE)
    ears.notes.note("call.repeated", "W-7", system="erp", attempt=2, cause="status 503")
    ears.notes.note("call.given_up", "W-8", system="erp", cause="breaker open")
    ears.notes.note("breaker.opened", "erp", failures=8)
    ears.notes.note("call.timed-out", "erp POST /invoices", trace=TRACE, cause="late")
    samples = ears.samples()
    assert samples["sandbox_core_retries_total", "erp"] == 1
    assert samples["sandbox_core_calls_given_up_total", "erp", "breaker open"] == 1
    assert samples["sandbox_core_breaker_opened_total", "erp"] == 1
    assert samples["sandbox_core_notes_total", "call.timed-out"] == 1
    assert [(line.get("trace"), line.get("order")) for line in ears.lines()] == [
        (TRACE, "W-7"),
        (None, None),
        (None, None),
        (TRACE, "W-7"),
    ]


class OneBus:
    """Keeps what is published, and gives it to the one who has subscribed."""

    def __init__(self) -> None:
        self.events: list[Mapping[str, Any]] = []
        self.handle: Callable[[BusMessage], Awaitable[None]] | None = None

    async def publish(self, topic: str, event: Mapping[str, Any]) -> None:
        self.events.append(event)

    def subscribe(self, consumer: str, topics: Sequence[str], handle: Callable[[BusMessage], Awaitable[None]]) -> None:
        self.handle = handle


def test_an_event_carries_its_span_to_those_who_hear_it() -> None:
    ears, inner = Ears(), OneBus()
    bus = WatchedBus(inner, ears.spans)
    event = {"id": "W-7#1", "type": "order.milestone", "subject": "W-7", "traceparent": PARENT, "data": {}}

    async def fail(message: BusMessage) -> None:
        ears.log.note("milestone.heard", "W-7")
        raise CallTimedOut("late")

    async def play() -> None:
        bus.subscribe("milestones", ("order.milestone",), fail)
        await bus.publish("order.milestone", event)
        assert inner.handle is not None
        await inner.handle(BusMessage(inner.events[0], 1))

    with pytest.raises(CallTimedOut):
        asyncio.run(play())
    published, heard = ears.kept.ended()
    assert (published.parent, heard.parent) == (TRACE[16:], published.span)
    assert (published.is_error, heard.is_error) == (False, True)
    assert event["traceparent"] == PARENT
    assert ears.lines()[0]["trace"] == TRACE


def test_an_event_without_a_trace_is_passed_on_as_it_is() -> None:
    ears, inner = Ears(), OneBus()
    event = {"id": "x", "type": "stock.changed", "traceparent": None}
    asyncio.run(WatchedBus(inner, ears.spans).publish("stock.changed", event))
    assert inner.events == [event]
    assert not ears.kept.ended()


def test_only_so_many_orders_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.worlds.live.core.watching.correlations._KNOWN_MOST", 2)
    known = Correlations()
    for number in range(3):
        known.learn(f"W-{number}", f"{number:032x}")
    known.learn("R-1", f"{2:032x}")
    assert [known.trace_of(f"W-{number}") for number in range(3)] == [None, f"{1:032x}", f"{2:032x}"]
    assert known.order_of(f"{2:032x}") == "W-2", "a return of the order has the order's trace"
