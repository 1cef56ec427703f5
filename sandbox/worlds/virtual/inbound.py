"""Webhooks on their way from the systems to the core.

An attempt arrives at whatever incarnation lives then. Without one the connection is refused at once; one that dies
while it handles the call leaves the sender waiting for its own timeout.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from mock_systems.kit import signing
from mock_systems.kit.physics import SECOND
from mock_systems.kit.streams import Streams
from mock_systems.kit.wire import Request
from sandbox.core.ports import HttpRequest
from sandbox.worlds.json_bodies import to_bytes
from sandbox.worlds.virtual.incarnation import Incarnation
from sandbox.worlds.virtual.kernel import Act, Entry, Kernel
from sandbox.worlds.virtual.latency import Latency, NetworkConfig
from sandbox.worlds.virtual.loop import Heard
from sandbox.worlds.virtual.notes import Noting, unheard, unnoted
from sandbox.worlds.virtual.traffic import Traffic

Done = Callable[["int | None"], None]
# Hears (now_us, system, request) of each attempt as it leaves its system.
Sent = Callable[[int, str, Request], None]
Verify = Callable[[Mapping[str, str], bytes], bool]


class Inbound:
    """The way in to the core. `core` is the incarnation that answers now, or None.

    With `real_bytes` a body crosses as JSON bytes, and what `verify(headers, raw)` finds false is answered with
    401, unseen by the core; without `verify`, the signature of a sender with a secret is checked.
    """

    def __init__(
        self,
        kernel: Kernel,
        streams: Streams,
        config: NetworkConfig | None = None,
        *,
        real_bytes: bool = False,
        verify: Verify | None = None,
        heard: Heard = unheard,
        noting: Noting = unnoted,
    ) -> None:
        self.kernel = kernel
        self.config = config or NetworkConfig()
        self.latency = Latency(self.config, streams, "core")
        self.core: Incarnation | None = None
        self.traffic = Traffic()
        self.real_bytes = real_bytes
        self.verify = verify
        self.heard = heard
        self.noting = noting
        self.sent: list[Sent] = []

    def transport_of(self, system: str, secret: str = "") -> Sender:
        """The transport for the webhooks of one system; `secret` signs them where real bytes go out."""
        return Sender(self, system, secret)


class Sender:
    """A system's way to the core: call it with the URL, the request, and what to call with the status."""

    def __init__(self, inbound: Inbound, system: str, secret: str) -> None:
        self.inbound = inbound
        self.system = system
        self._secret = secret
        self._paths: dict[str, str] = {}

    def __call__(self, url: str, request: Request, done: Done) -> None:
        """Make one attempt: `done` gets the core's status, or None when no answer came."""
        path = self._paths.get(url)
        if path is None:
            path = self._paths[url] = urlsplit(url).path
        for hear in self.inbound.sent:
            hear(self.inbound.kernel._now, self.system, request)
        Attempt(self, path, request, done)

    def signed(self, headers: Mapping[str, str], raw: bytes) -> dict[str, str]:
        """The headers as they go out with these bytes."""
        signed = {**headers, "content-type": "application/json"}
        if self._secret:
            message, timestamp = headers["webhook-id"], int(headers["webhook-timestamp"])
            signed["webhook-signature"] = signing.sign(self._secret, message, timestamp, raw)
        return signed

    def is_genuine(self, headers: Mapping[str, str], raw: bytes) -> bool:
        """Whether the core's side believes these bytes."""
        if self.inbound.verify is not None:
            return self.inbound.verify(headers, raw)
        if self._secret:
            try:
                signing.verify(self._secret, headers, raw, self.inbound.kernel._now // SECOND)
            except signing.SignatureError:
                return False
        return True


class Attempt(Entry):
    """One attempt to deliver: on its way in until it fires, then being handled, then answered."""

    __slots__ = ("_back_us", "_cancelled", "_deadline_us", "_done", "_giving_up", "_path", "_request", "_sender")

    def __init__(self, sender: Sender, path: str, request: Request, done: Done) -> None:
        inbound, headers = sender.inbound, request.headers
        now_us = inbound.kernel._now
        self._cancelled = False
        self._sender = sender
        self._path = path
        self._request = request
        self._done = done
        self._deadline_us = now_us + inbound.config.webhook_timeout_us
        self._giving_up: Act | None = None
        there_us, self._back_us = inbound.latency.draw(headers.get("traceparent") or headers.get("webhook-id", path))
        inbound.traffic.begin(now_us)
        inbound.kernel.push(now_us + there_us, self)

    def fire(self) -> None:
        """Arrive."""
        inbound, core = self._sender.inbound, self._sender.inbound.core
        kernel = inbound.kernel
        inbound.heard(("webhook", kernel._now, self._path, self._request.headers.get("webhook-id")))
        if core is None or kernel._now >= self._deadline_us:
            inbound.traffic.refused += 1
            self._finish(None)
            return
        self._giving_up = kernel.at(self._deadline_us, self._give_up)
        core.loop.begin(self._handle(core))

    async def _handle(self, core: Incarnation) -> None:
        status = await self._status(core)
        kernel, giving_up = core.loop.kernel, self._giving_up
        if giving_up is not None and kernel._now + self._back_us <= self._deadline_us:
            giving_up.cancel()
            self._giving_up = None  # it holds this attempt: no cycles, the collector is off
            kernel.at(kernel._now + self._back_us, lambda: self._answered(status))

    async def _status(self, core: Incarnation) -> int:
        request, sender = self._request, self._sender
        headers, body = request.headers, request.body
        if sender.inbound.real_bytes:
            raw = to_bytes(body, f"{sender.system} webhook {self._path}")
            headers = sender.signed(headers, raw)
            if not sender.is_genuine(headers, raw):
                return 401
            body = json.loads(raw)
        assert core.hub is not None
        try:
            reply = await core.hub.receive(HttpRequest(request.method, self._path, request.query, headers, body))
        except Exception as error:  # noqa: BLE001  a web server answers 500 and lives on
            sender.inbound.noting("core", "receive.failed", self._path, None, {"error": repr(error)})
            return 500
        return reply.status

    def _answered(self, status: int) -> None:
        """The core's reply reaches the sender."""
        self._sender.inbound.traffic.replies += 1
        self._finish(status)

    def _give_up(self) -> None:
        self._giving_up = None
        self._sender.inbound.traffic.timeouts += 1
        self._finish(None)

    def _finish(self, status: int | None) -> None:
        inbound = self._sender.inbound
        inbound.traffic.in_flight -= 1
        inbound.heard(("webhook-answer", inbound.kernel._now, self._path, status))
        self._done(status)
