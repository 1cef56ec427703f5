"""Reading a system's books at intervals, for as long as a run lasts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from mock_systems.kit.live.wall_clock import WallClock
from sandbox.worlds.live.derived.adapter import FactAdapter, NotRead, SystemApi
from sandbox.worlds.live.derived.books import DerivedBooks

_AGAIN_AFTER_S: Final = 1.0
_LOOKS_EVERY_S: Final = 0.01
# An answer of another shape than the adapter knows is no reading either.
_UNREADABLE: Final = (NotRead, KeyError, ValueError, TypeError, AttributeError, IndexError)
_LOG: Final = logging.getLogger(__name__)
T = TypeVar("T")


class BookReader:
    """Has `adapter` read `api` every `every_s` seconds of the wall, and `books` take what it finds.

    `has_opened`: the opening balances are read. `failure`: why they can't be read just now, None where they can. Facts
    begin at the time that the clock's anchor shows: while it stands before that, nothing is read.
    """

    def __init__(
        self, adapter: FactAdapter, api: SystemApi, books: DerivedBooks, clock: WallClock, every_s: float
    ) -> None:
        self._adapter, self._api = adapter, api
        self.books = books
        self._clock = clock
        self._every_s = every_s
        self.failure: str | None = None
        self.has_opened = False

    async def run(self) -> None:
        """Read, until cancelled."""
        books, clock = self.books, self._clock
        if books.opened is None:
            books.open(await self._until_read(self._adapter.opening))
        else:
            self._adapter.resume(books.opened.mark)
        self.has_opened = True
        while clock.now_us() < clock.anchor.now_us:
            await asyncio.sleep(_LOOKS_EVERY_S)
        if not books.ledger.written:
            books.begin(clock.anchor.now_us)
        while True:
            read_us = clock.now_us()
            books.take(await self._until_read(self._adapter.changes), read_us)
            await asyncio.sleep(self._every_s)

    async def _until_read(self, read: Callable[[SystemApi], Awaitable[T]]) -> T:
        while True:
            try:
                found = await read(self._api)
            except _UNREADABLE as error:
                self._note(f"{type(error).__name__}: {error}")
                await asyncio.sleep(_AGAIN_AFTER_S)
            else:
                self._note(None)
                return found

    def _note(self, failure: str | None) -> None:
        """Tell when the books can't be read, and when they can again; once each."""
        if failure != self.failure and failure is not None:
            _LOG.warning("the books are not read", extra={"reason": failure})
        elif failure is None and self.failure is not None:
            _LOG.info("the books are read again")
        self.failure = failure
