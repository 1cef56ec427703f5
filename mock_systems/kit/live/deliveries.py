"""Webhooks of a live system on their way: signed, sent over HTTP, their outcome told to the system.

The schedule of attempts is the system's own (`kit.webhooks`) and passes at its speed; what an attempt takes on the
network, and the moment that is signed, are the wall's.
"""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
from collections.abc import Callable
from typing import Final, Protocol

import aiohttp

from mock_systems.kit import signing
from mock_systems.kit.live.sent_log import SentLog
from mock_systems.kit.live.wall_clock import WallClock
from mock_systems.kit.wire import Request

ANSWER_WITHIN_S: Final = 15.0
_CONNECTIONS_MOST: Final = 50
_KEPT_S: Final = 3.0
_READ_MOST: Final = 65_536
_LOG: Final = logging.getLogger(__name__)

Done = Callable[["int | None"], None]
Answered = Callable[[int, "int | None"], None]


class Watch(Protocol):
    """Sees each attempt."""

    def sending(self, request: Request, headers: dict[str, str]) -> Callable[[int | None], None]:
        """One goes out with these headers, its own, which may be changed; what is returned hears how it ended."""


class Deliveries:
    """Makes the attempts of one system. Each has a number, the same when the system's inputs are replayed.

    `answered(number, status)` hears how an attempt ended, status None for no answer; `settle` is what it calls then.
    Until `begin` nothing is sent: attempts wait, as they do during a replay.
    """

    def __init__(self, clock: WallClock, answered: Answered) -> None:
        self._clock = clock
        self._answered = answered
        self._secret = ""
        self._number = 0
        self._waiting: dict[int, Done] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._client: aiohttp.ClientSession | None = None
        # What is shown to receivers of webhooks behind https, and whom is trusted; None: whom this machine trusts.
        self.tls: ssl.SSLContext | None = None
        self._sends = False
        self.watch: Watch | None = None
        self.log: SentLog | None = None

    def __len__(self) -> int:
        """How many attempts have not ended."""
        return len(self._waiting)

    def renew(self, secret: str) -> None:
        """Forget all attempts: the system is another one now, and signs with `secret`."""
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()
        self._waiting.clear()
        self._number = 0
        self._secret = secret
        self._sends = False

    def begin(self) -> None:
        """Send from now on. Nobody knows what became of attempts that waited: they have failed, and come again."""
        if self._client is None:
            self._client = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=_CONNECTIONS_MOST, keepalive_timeout=_KEPT_S, ssl=True if self.tls is None else self.tls
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(),
            )
        self._sends = True
        for number in sorted(self._waiting):
            self._answered(number, None)

    def transport(self, url: str, request: Request, done: Done) -> None:
        """Make one attempt; the transport of `Webhooks`."""
        self._number = number = self._number + 1
        self._waiting[number] = done
        if self._sends:
            self._tasks[number] = asyncio.get_running_loop().create_task(self._send(number, url, request))

    def settle(self, number: int, status: int | None) -> None:
        """Tell the system how an attempt ended."""
        done = self._waiting.pop(number, None)
        if done is not None:
            done(status)

    async def close(self) -> None:
        """Send no more, and let the connections go."""
        tasks = list(self._tasks.values())
        self.renew("")
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.close()
            self._client = None
        if self.log is not None:
            self.log.close()
            self.log = None

    async def _send(self, number: int, url: str, request: Request) -> None:
        assert self._client is not None
        status: int | None = None
        raw = json.dumps(request.body, separators=(",", ":")).encode()
        headers = self._signed(request, raw)
        ended = None if self.watch is None else self.watch.sending(request, headers)
        if self.log is not None:
            self.log.keep(self._clock.now_us(), headers, raw)
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                posted = self._client.post(url, data=raw, headers=headers, allow_redirects=False)
                async with posted as reply:
                    status = reply.status
                    await reply.content.read(_READ_MOST)  # a connection whose reply is read is kept
        except (aiohttp.ClientError, TimeoutError) as error:
            _LOG.info("webhook not delivered", extra={"url": url, "reason": type(error).__name__})
        if ended is not None:
            ended(status)
        self._tasks.pop(number, None)
        self._answered(number, status)

    def _signed(self, request: Request, raw: bytes) -> dict[str, str]:
        timestamp_s = self._clock.wall_us() // 1_000_000
        signature = signing.sign(self._secret, request.headers["webhook-id"], timestamp_s, raw)
        return {
            **request.headers,
            "content-type": "application/json",
            "webhook-timestamp": str(timestamp_s),
            "webhook-signature": signature,
        }
