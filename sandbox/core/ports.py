"""All that the core asks of a world: HTTP to each system, a bus, a store, a clock, ids, randomness.

The core never reads wall time, `random`, `uuid4`, a socket or a thread by itself. It sleeps and times out with
plain `asyncio`, whose clock belongs to the world, too. Bodies and rows are JSON values.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

Row = dict[str, Any]


@dataclass(slots=True)
class HttpRequest:
    """A call to a system. `timeout_us` is how long the caller waits in all; header names are lower case."""

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    timeout_us: int = 10_000_000


@dataclass(slots=True)
class HttpReply:
    """What came back: `status`, JSON `body` (None: none) and headers with lower-case names."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class TransportError(Exception):
    """No reply came. `unknown` tells whether the effect may have happened all the same."""

    unknown = True


class ConnectFailed(TransportError):
    """The request certainly never reached the system."""

    unknown = False


class ConnectionLost(TransportError):
    """The connection broke after the request was sent: the outcome is unknown."""


class CallTimedOut(TransportError):
    """Nothing came back in time: the outcome is unknown, and may still change."""


class Http(Protocol):
    """HTTP to one system."""

    async def send(self, request: HttpRequest) -> HttpReply:
        """Send and wait. Raises ConnectFailed, ConnectionLost or CallTimedOut; never for a status."""


class StoreError(Exception):
    """A transaction did not commit."""


class DuplicateRow(StoreError):
    """An insert met a row with the same key."""


class SerializationFailure(StoreError):
    """Another transaction changed what this one read: nothing was written, do it again."""


class StoreUnavailable(StoreError):
    """The database could not be reached; nothing was written."""


class CommitUnknown(StoreError):
    """The connection broke during the commit: it may have happened or not. `Store.committed(transaction)` tells."""

    def __init__(self, transaction: str) -> None:
        super().__init__(f"nobody knows whether transaction {transaction} was committed")
        self.transaction = transaction


@dataclass(frozen=True)
class Table:
    """A table of JSON rows under a text key; `indexes` are row fields that `find` may look up."""

    name: str
    indexes: tuple[str, ...] = ()


class Transaction(Protocol):
    """A serializable unit of work; writes are seen at commit.

    A row that comes out is the caller's own, and may be given other fields; the values in it are never changed, nor is
    a value in a row that went in.
    """

    async def get(self, table: Table, key: str) -> Row | None:
        """The row under `key`, this transaction's own writes included."""

    async def insert(self, table: Table, key: str, row: Row) -> None:
        """Add a row. Raises DuplicateRow, here or at the commit, when the key is taken."""

    async def put(self, table: Table, key: str, row: Row) -> None:
        """Add or replace a row."""

    async def delete(self, table: Table, key: str) -> None:
        """Remove the row, if there is one."""

    async def find(self, table: Table, index: str, value: str | int, limit: int = 1000) -> Sequence[tuple[str, Row]]:
        """Rows whose indexed field equals `value`, in the order of their keys."""

    async def scan(self, table: Table, after: str = "", limit: int = 1000) -> Sequence[tuple[str, Row]]:
        """Rows with keys greater than `after`, in the order of their keys."""


class Store(Protocol):
    """The core's database."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Open a transaction: commits when the block ends, rolls back when it raises.

        Leaving the block raises SerializationFailure, DuplicateRow, StoreUnavailable or CommitUnknown.
        """

    async def committed(self, transaction: str) -> bool:
        """Whether the transaction that a CommitUnknown names was committed after all. Raises StoreUnavailable."""


@dataclass(frozen=True, slots=True)
class BusMessage:
    """A CloudEvent as the bus carries it; `attempt` counts deliveries from 1."""

    event: Mapping[str, Any]
    attempt: int


class Bus(Protocol):
    """Publish and subscribe, at least once, unordered."""

    async def publish(self, topic: str, event: Mapping[str, Any]) -> None:
        """Hand over an event; when this returns the bus holds it durably. Raises TransportError."""

    def subscribe(self, consumer: str, topics: Sequence[str], handle: Callable[[BusMessage], Awaitable[None]]) -> None:
        """Attach a durable consumer. A message is done when `handle` returns, and comes again when it raises."""


class Clock(Protocol):
    """Time as the core sees it."""

    def now_us(self) -> int:
        """UTC in microseconds since 1970."""


class Draws(Protocol):
    """Randomness by name, so that one more draw in one place shifts no other."""

    def of(self, purpose: str, *entity: object) -> random.Random:
        """The generator for this purpose and entity."""

    def fraction(self, purpose: str, *entity: object) -> float:
        """One draw, uniform in [0, 1)."""


class Ids(Protocol):
    """Identifiers that are unique over restarts of the core."""

    def new(self, prefix: str) -> str:
        """A new id that starts with `prefix` and a hyphen."""


class Observer(Protocol):
    """Hears what the core notices: retries, breaker changes, duplicates absorbed. It may not answer."""

    def note(self, kind: str, entity: str, /, **detail: Any) -> None:
        """One thing noticed; `kind` is `noun.verb-past`."""


class Peers(Protocol):
    """The way to the other workers of the same core: `expected` of them in all, this one included.

    `address` is where this one is called. Messages and answers are JSON objects; a call may arrive twice.
    """

    @property
    def address(self) -> str:
        """Where the others reach this worker."""

    @property
    def expected(self) -> int:
        """How many workers there should be."""

    def serve(self, answer: Callable[[Row], Awaitable[Row]]) -> None:
        """Have calls answered by `answer` from now on."""

    async def call(self, address: str, message: Row) -> Row:
        """What the worker there answers. Raises TransportError."""


@dataclass(frozen=True)
class Ports:
    """The world, as one incarnation of the core is given it. `http` is keyed by system name.

    `clock` is what the machine takes for UTC, which may be wrong; `steady` only measures how much time has passed.
    `instance` names the machine: it is the same again after a restart. `address` is where the systems reach the core:
    it stands before a path in the URLs that they are given. With `peers` this is one of several workers.
    """

    http: Mapping[str, Http]
    store: Store
    bus: Bus
    clock: Clock
    draws: Draws
    ids: Ids
    observer: Observer
    steady: Clock
    instance: str = "core-1"
    address: str = ""
    peers: Peers | None = None
