"""A cache for what changes rarely and is asked often: customers, prices, the catalogue."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from sandbox.core.ports import Clock

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Cache(Generic[K, V]):
    """Values that are good for `ttl_us`, at most `max_entries` of them: the least recently used one leaves first."""

    def __init__(self, ttl_us: int, max_entries: int, clock: Clock) -> None:
        self.ttl_us = ttl_us
        self.max_entries = max_entries
        self._clock = clock
        self._entries: dict[K, tuple[V, int]] = {}
        self._loading: dict[K, asyncio.Future[None]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: K) -> V | None:
        """The value, unless there is none or it is too old."""
        entry = self._entries.pop(key, None)
        if entry is None or entry[1] <= self._clock.now_us():
            return None
        self._entries[key] = entry
        return entry[0]

    def put(self, key: K, value: V) -> None:
        """Keep a value from now on."""
        self._entries.pop(key, None)
        self._entries[key] = (value, self._clock.now_us() + self.ttl_us)
        while len(self._entries) > self.max_entries:
            del self._entries[next(iter(self._entries))]

    def forget(self, key: K) -> None:
        """Drop the value, and do not keep what is being loaded: it may be older than what made it stale."""
        self._entries.pop(key, None)
        self._end_loading(key, self._loading.get(key))

    async def load(self, key: K, loader: Callable[[K], Awaitable[V]]) -> V:
        """The value, asked of `loader` by one caller at a time.

        A failure or a cancellation is the loading caller's own; the next in line then tries for itself.
        """
        while (value := self.get(key)) is None:
            under_way = self._loading.get(key)
            if under_way is None:
                return await self._load(key, loader)
            await asyncio.shield(under_way)
        return value

    async def _load(self, key: K, loader: Callable[[K], Awaitable[V]]) -> V:
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._loading[key] = mine
        try:
            value = await loader(key)
            if self._loading.get(key) is mine:
                self.put(key, value)
            return value
        finally:
            self._end_loading(key, mine)

    def _end_loading(self, key: K, load: asyncio.Future[None] | None) -> None:
        if load is not None and self._loading.get(key) is load:
            del self._loading[key]
        if load is not None and not load.done():
            load.set_result(None)
