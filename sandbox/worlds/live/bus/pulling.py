"""Asking a durable consumer on NATS for messages, so many as there are hands for.

The server sends what was asked for as it comes; half used up, more is asked for. Requests run out after a while and
are renewed, and heartbeats tell that the server still knows of them.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Final

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from nats.js.api import Header, StatusCode

from sandbox.worlds.live.core.paced_loop import wall_s

_EXPIRES_NS: Final = 30_000_000_000
_HEARTBEAT_NS: Final = 2_000_000_000
# So long without a word, and the server has forgotten the requests.
_SILENCE_S: Final = 5.0
_DRAIN_S: Final = 1.0
_PENDING_HEADER: Final = "Nats-Pending-Messages"


class Forgotten(Exception):
    """The server does not know the consumer or the requests any more: make and ask anew."""


class Pulling:
    """The requests that are out for one consumer. `asked` is how many messages the server may still send."""

    def __init__(self, client: Client, stream: str, consumer: str, take: Callable[[Msg], None]) -> None:
        self.asked = 0
        self._client = client
        self._subject = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._take = take
        self._inbox = client.new_inbox()
        self._stirred = asyncio.Event()
        self._forgotten: str | None = None

    async def run(self, hands: Callable[[], int], most: int) -> None:
        """Ask for as many as there are `hands()`. Ends by Forgotten or NatsError alone."""
        subscription = await self._client.subscribe(self._inbox, cb=self._heard)
        try:
            while self._forgotten is None:
                self._stirred.clear()
                wanted = hands() - self.asked
                if wanted > 0 and (wanted >= most // 2 or not self.asked):
                    await self._ask(wanted)
                await self._rest()
            raise Forgotten(self._forgotten)
        finally:
            if self._client.is_connected:
                await _drained(subscription)

    def stir(self) -> None:
        """A hand has become free."""
        self._stirred.set()

    def forget(self, why: str) -> None:
        """The connection broke, or what was asked for is gone."""
        self._forgotten = why
        self._stirred.set()

    async def _rest(self) -> None:
        """Until something has happened."""
        try:
            async with asyncio.timeout(wall_s(_SILENCE_S) if self.asked else None):
                await self._stirred.wait()
        except TimeoutError as error:
            raise Forgotten("no heartbeat came") from error

    async def _ask(self, wanted: int) -> None:
        request = {"batch": wanted, "expires": _EXPIRES_NS, "idle_heartbeat": _HEARTBEAT_NS}
        self.asked += wanted
        await self._client.publish(self._subject, json.dumps(request).encode(), reply=self._inbox)

    async def _heard(self, message: Msg) -> None:
        status = (message.headers or {}).get(Header.STATUS.value)
        if status is None:
            self.asked = max(0, self.asked - 1)
            self._take(message)
        elif status != StatusCode.CONTROL_MESSAGE.value:
            self._over(status, message.headers or {})
        self._stirred.set()

    def _over(self, status: str, headers: dict[str, str]) -> None:
        """A request has ended: what it was still owed does not come any more."""
        unsent = headers.get(_PENDING_HEADER)
        if status in (StatusCode.REQUEST_TIMEOUT.value, StatusCode.NO_MESSAGES.value) and unsent is not None:
            self.asked = max(0, self.asked - int(unsent))
        else:
            self.forget(f"{status} {headers.get(Header.DESCRIPTION.value, '')}".strip())


# A bare OSError comes from the library while a connection breaks.
GONE: Final = (Forgotten, NatsError, OSError)


async def _drained(subscription: Subscription) -> None:
    """End it; what is on its way is taken still, and can be put back at once."""
    try:
        async with asyncio.timeout(wall_s(_DRAIN_S)):
            await subscription.drain()  # type: ignore[no-untyped-call]
    except (TimeoutError, NatsError, OSError):
        return  # the connection broke meanwhile: the messages come again after their waiting time
