"""A connection to NATS that comes back by itself, and whose waiting publishes fail at once when it breaks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import NoServersError
from nats.js import JetStreamContext
from nats.js.api import Header, StatusCode

from sandbox.core.ports import CallTimedOut, ConnectFailed, ConnectionLost, Observer
from sandbox.worlds.live.bus.letters import BusUnavailable
from sandbox.worlds.live.core.paced_loop import wall_s

_AGAIN_S: Final = 0.25
_LOOK_EVERY_S: Final = 0.1
_PING_EVERY_S: Final = 5
_CALL_TIMEOUT_S: Final = 2.0
_REFUSED: Final = "authorization violation"


class NatsConnection:
    """One connection; `on_back` is called whenever it is there again after a break.

    The library's own way of coming back keeps what is published meanwhile and sends it later, and leaves sockets open
    when the server refuses it: here each connection is a client of its own. What is published while there is none
    raises ConnectFailed, so that the caller decides; answers to the server are kept, for late is better than never.
    The broker lives in the wall's time, however fast the loop's runs: so do all deadlines here.
    """

    def __init__(self, url: str, token: str | None, observer: Observer, on_back: Callable[[], None]) -> None:
        self._url = url
        self._token = token
        self._observer = observer
        self._on_back = on_back
        self._client = Client()
        self._unacknowledged: dict[str, asyncio.Future[None]] = {}
        self._unsaid: list[tuple[str, bytes]] = []
        self._inbox = ""
        self._sent = 0
        self._last_error = ""
        self._opened = self._closing = False
        self._broke = asyncio.Event()
        self._keeping: list[asyncio.Task[None]] = []

    @property
    def client(self) -> Client:
        """The library's client; another one after each break."""
        return self._client

    @property
    def jetstream(self) -> JetStreamContext:
        """The library's JetStream calls on that client."""
        return self._client.jetstream(timeout=wall_s(_CALL_TIMEOUT_S))

    @property
    def is_up(self) -> bool:
        """Whether the server answers, as far as is known."""
        return self._opened and self._client.is_connected

    @property
    def place(self) -> str:
        """The servers' addresses, without a password or token that the URL may hold."""
        return ",".join(_address(part) for part in self._url.split(","))

    async def open(self, timeout_us: int) -> None:
        """Connect. Raises BusUnavailable when no server has let us in by then, or at once when one refuses the token.

        A server that refuses may close before its words are read: then the connection was reset, and we ask again.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + wall_s(timeout_us / 1_000_000)
        while not await self._connect():
            if _REFUSED in self._last_error.lower() or loop.time() + wall_s(_AGAIN_S) > until:
                self._closing = True
                raise BusUnavailable(
                    f"the bus at {self.place} does not answer ({self._last_error}); start nats-server there, or correct"
                    " the URL or the token"
                )
            await asyncio.sleep(wall_s(_AGAIN_S))
        self._opened = True
        self._keeping.append(asyncio.get_running_loop().create_task(self._keep()))

    async def publish(self, subject: str, payload: bytes, message_id: str | None, timeout_us: int) -> None:
        """Store a message; when this returns the server has it. One with the same id as a late one is stored once.

        Raises ConnectFailed, ConnectionLost or CallTimedOut.
        """
        client = self._client
        if not self.is_up:
            raise ConnectFailed(f"the bus at {self.place} is away")
        self._sent += 1
        reply = f"{self._inbox}.{self._sent}"
        acknowledged = self._unacknowledged[reply] = asyncio.get_running_loop().create_future()
        headers = None if message_id is None else {Header.MSG_ID.value: message_id}
        try:
            await client.publish(subject, payload, reply=reply, headers=headers)
            async with asyncio.timeout(wall_s(timeout_us / 1_000_000)):
                await acknowledged
        except NatsError as error:
            raise ConnectFailed(f"the bus takes no message: {error!r}") from error
        except TimeoutError as error:
            raise CallTimedOut("the bus did not acknowledge the message in time") from error
        except OSError as error:
            raise ConnectionLost(f"the connection to the bus broke: {error}") from error
        finally:
            self._unacknowledged.pop(reply, None)

    async def say(self, reply: str, answer: bytes) -> None:
        """Answer a message of the server; while there is no connection, as soon as there is one."""
        if self.is_up:
            try:
                await self._client.publish(reply, answer)
            except (OSError, NatsError) as error:
                self._last_error = str(error)
            else:
                return
        self._unsaid.append((reply, answer))

    async def close(self) -> None:
        """End it, after what is to be sent has been sent."""
        self._closing = True
        await end_tasks(self._keeping)
        if self.is_up:
            try:
                await self._client.flush(timeout=max(1, round(wall_s(1))))
            except (OSError, NatsError) as error:
                self._observer.note("bus.lost", self.place, cause=repr(error))
        self._fail_waiting()
        try:
            await self._client.close()
        except OSError as error:
            self._observer.note("bus.lost", self.place, cause=repr(error))
        _let_go(self._client)

    async def _connect(self) -> bool:
        """Try once; whether it worked."""
        self._broke.clear()
        self._client = client = Client()
        options: dict[str, Any] = {
            "allow_reconnect": False,
            "max_reconnect_attempts": 1,
            "reconnect_time_wait": wall_s(0.05),
            "ping_interval": wall_s(_PING_EVERY_S),
            "connect_timeout": wall_s(2),
        }
        try:
            await client.connect(
                self._url.split(","),
                name="sandbox-core",
                token=self._token,
                error_cb=self._failed,
                closed_cb=self._closed,
                **options,
            )
            self._inbox = client.new_inbox()
            await client.subscribe(f"{self._inbox}.*", cb=self._acknowledge)
        except (OSError, NatsError) as error:
            if not isinstance(error, NoServersError):
                await self._failed(error)
            await client.close()
            _let_go(client)
            return False
        except asyncio.CancelledError:
            _let_go(client)
            raise
        return True

    async def _acknowledge(self, message: Msg) -> None:
        """The server has answered a publish."""
        acknowledged = self._unacknowledged.get(message.subject)
        if acknowledged is None or acknowledged.done():
            return
        refusal = _refusal(message)
        if refusal is None:
            acknowledged.set_result(None)
        else:
            acknowledged.set_exception(ConnectFailed(f"the bus did not store the message: {refusal}"))

    async def _failed(self, error: Exception) -> None:
        self._last_error = str(error) or repr(error)

    async def _closed(self) -> None:
        """The library says that the connection broke; it does not always."""
        self._broke.set()

    async def _keep(self) -> None:
        """Watch the connection, and make another when it has broken."""
        while not self._closing:
            try:
                async with asyncio.timeout(wall_s(_LOOK_EVERY_S)):
                    await self._broke.wait()
            except TimeoutError:
                pass
            self._broke.clear()  # an older client may have said it late
            if self._client.is_connected:
                continue
            self._fail_waiting()
            self._observer.note("bus.lost", self.place, cause=self._last_error)
            _let_go(self._client)
            await self._return()

    async def _return(self) -> None:
        while not await self._connect():
            if self._closing:  # the library may have swallowed our cancellation
                return
            await asyncio.sleep(wall_s(_AGAIN_S))
        unsaid, self._unsaid = self._unsaid, []
        for reply, answer in unsaid:
            await self.say(reply, answer)
        self._observer.note("bus.back", self.place)
        self._on_back()

    def _fail_waiting(self) -> None:
        for acknowledged in self._unacknowledged.values():
            if not acknowledged.done():
                acknowledged.set_exception(ConnectionLost("the connection to the bus broke"))


async def end_tasks(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel tasks until they end: the library swallows a cancellation now and then."""
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=wall_s(0.5))


def _let_go(client: Client) -> None:
    """Close the socket, which the library leaves open when it fails to send the last words."""
    if client._transport is not None:
        client._transport.close()  # type: ignore[no-untyped-call]


def _refusal(message: Msg) -> str | None:
    """Why the server has not stored a message; None when it has."""
    if (message.headers or {}).get(Header.STATUS.value) == StatusCode.SERVICE_UNAVAILABLE.value:
        return "it has no stream for it"
    answer = json.loads(message.data)
    return str(answer["error"].get("description", answer["error"])) if "error" in answer else None


def _address(url: str) -> str:
    parts = urlsplit(url if "://" in url else f"nats://{url}")
    host = parts.hostname or "?"
    return f"nats://{host}:{parts.port or 4222}"
