"""One lock for each key, kept only while somebody holds it or waits for it."""

from __future__ import annotations

import asyncio
from collections import deque
from types import TracebackType


class KeyedLock:
    """Work for one key is done one at a time, in the order of asking; different keys don't meet."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def hold(self, key: str) -> Hold:
        """Wait for the key, and have it for the length of the `async with` block."""
        return Hold(self, key)

    async def acquire(self, key: str) -> None:
        """Wait for the key."""
        waiting = self._waiting.get(key)
        if waiting is None:
            self._waiting[key] = deque()
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():
                self.release(key)  # its turn had come, but it did not run any more
            raise

    def release(self, key: str) -> None:
        """Give the key to the next in line; one that was cancelled is passed over."""
        waiting = self._waiting[key]
        while waiting:
            turn = waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        del self._waiting[key]


class Hold:
    """The block in which a key is held: a class, because a generator would cost more than all that it guards."""

    __slots__ = ("_key", "_lock")

    def __init__(self, lock: KeyedLock, key: str) -> None:
        self._lock = lock
        self._key = key

    async def __aenter__(self) -> None:
        await self._lock.acquire(self._key)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._lock.release(self._key)
