"""Webhooks to the core: statuses, refusals, patience, power cuts, signatures."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from mock_systems.kit.wire import Request
from sandbox.core.ports import HttpReply, HttpRequest
from sandbox.worlds.virtual.inbound import Inbound
from sandbox.worlds.virtual.kernel import Kernel
from sandbox.worlds.virtual.latency import NetworkConfig
from sandbox.worlds.virtual.loop import VirtualLoop

FIXED = NetworkConfig(latency_us_min=1_000, latency_us_mean=1_000, webhook_timeout_us=15_000_000)
SECRET = "whsec_c2FtcGxlLXNlY3JldC1mb3ItdGVzdHM="


class Receiver:
    """A core that answers after a while, or breaks."""

    def __init__(self, takes_s: float = 0.0, error: Exception | None = None) -> None:
        self.takes_s = takes_s
        self.error = error
        self.got: list[HttpRequest] = []

    async def receive(self, request: HttpRequest) -> HttpReply:
        self.got.append(request)
        await asyncio.sleep(self.takes_s)
        if self.error is not None:
            raise self.error
        return HttpReply(202)


class Post:
    """The inbound side with a sender, and what the sender learned."""

    def __init__(self, kernel: Kernel, streams: Any, hub: Receiver | None, **options: Any) -> None:
        self.kernel, self.start_us = kernel, kernel.now
        self.notes: list[Any] = []
        self.learned: list[tuple[int, int | None]] = []
        self.inbound = Inbound(kernel, streams, FIXED, noting=lambda *note: self.notes.append(note), **options)
        self.loop = VirtualLoop(kernel)
        if hub is not None:
            self.inbound.core = SimpleNamespace(loop=self.loop, hub=hub)  # type: ignore[assignment]

    def send(self, secret: str = "", headers: dict[str, str] | None = None, body: Any = None) -> None:
        headers = headers or {"webhook-id": "msg_1", "webhook-timestamp": str(self.kernel.now // 1_000_000)}
        transport = self.inbound.transport_of("shop", secret)
        request = Request("POST", "/", {}, headers, body or {"type": "order.created", "data": {"lines": []}})
        transport("https://core:8000/webhooks/shop?x=1", request, self.done)

    def done(self, status: int | None) -> None:
        self.learned.append((self.kernel.now - self.start_us, status))


def test_the_sender_learns_the_status_after_the_way_back(kernel: Kernel, streams: Any) -> None:
    hub = Receiver(takes_s=0.5)
    post = Post(kernel, streams, hub)
    post.send()
    kernel.run()
    assert post.learned == [(502_000, 202)]
    assert kernel.now - post.start_us == 502_000, "the sender's patience does not move the clock"
    assert (hub.got[0].method, hub.got[0].path) == ("POST", "/webhooks/shop")


def test_without_a_core_the_connection_is_refused_at_once(kernel: Kernel, streams: Any) -> None:
    post = Post(kernel, streams, None)
    post.send()
    kernel.run()
    assert post.learned == [(1_000, None)]


@pytest.mark.parametrize(("takes_s", "learned"), [(14.998, (15_000_000, 202)), (14.9981, (15_000_000, None))])
def test_the_sender_gives_up_at_its_exact_timeout(
    kernel: Kernel, streams: Any, takes_s: float, learned: tuple[int, int | None]
) -> None:
    post = Post(kernel, streams, Receiver(takes_s))
    post.send()
    kernel.run()
    assert post.learned == [learned]
    assert post.inbound.traffic.in_flight == 0


def test_a_core_that_dies_meanwhile_leaves_the_sender_waiting(kernel: Kernel, streams: Any) -> None:
    post = Post(kernel, streams, Receiver(takes_s=1))
    post.send()
    kernel.at(kernel.now + 500_000, post.loop.kill)
    kernel.run()
    assert post.learned == [(15_000_000, None)]
    post.loop.dispose()


def test_a_core_that_raises_answers_500_and_it_is_noted(kernel: Kernel, streams: Any) -> None:
    post = Post(kernel, streams, Receiver(error=KeyError("sku")))
    post.send()
    kernel.run()
    assert post.learned == [(2_000, 500)]
    assert post.notes == [("core", "receive.failed", "/webhooks/shop", None, {"error": "KeyError('sku')"})]


def test_real_bytes_are_signed_and_checked(kernel: Kernel, streams: Any) -> None:
    hub = Receiver()
    post = Post(kernel, streams, hub, real_bytes=True)
    post.send(SECRET)
    old = {"webhook-id": "msg_2", "webhook-timestamp": str(kernel.now // 1_000_000 - 600)}
    post.send(SECRET, old)
    kernel.run()
    assert sorted(post.learned) == [(2_000, 202), (2_000, 401)]
    assert len(hub.got) == 1
    assert hub.got[0].headers["webhook-signature"].startswith("v1,")
    assert hub.got[0].body == {"type": "order.created", "data": {"lines": []}}


def test_a_check_of_ones_own_sees_the_raw_bytes(kernel: Kernel, streams: Any) -> None:
    seen: list[Any] = []

    def verify(headers: Any, raw: bytes) -> bool:
        seen.append((headers["webhook-id"], raw))
        return False

    post = Post(kernel, streams, Receiver(), real_bytes=True, verify=verify)
    post.send(body={"n": 1})
    kernel.run()
    assert seen == [("msg_1", b'{"n":1}')]
    assert post.learned == [(2_000, 401)]


@pytest.mark.parametrize("body", [{"when": {1, 2}}, {"x": float("nan")}])
def test_a_body_that_is_not_json_fails_loudly_on_the_wire(kernel: Kernel, streams: Any, body: Any) -> None:
    post = Post(kernel, streams, Receiver(), real_bytes=True)
    post.send(body=body)
    with pytest.raises(Exception, match="shop webhook /webhooks/shop: the body is not JSON"):
        kernel.run()
