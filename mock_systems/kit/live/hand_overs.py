"""Goods on their way from one live system to another: parcels to the carrier, trucks and returns to the warehouse.

People and trucks carry them, so neither the integration nor its faults have a part in it: they go to the receiver's
admin API, again and again until it has them. Each has an id, by which the receiver takes it once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

_AGAIN_AFTER_S: Final = (0.1, 0.3, 1.0, 3.0)
_ANSWER_WITHIN_S: Final = 10.0
_LOG: Final = logging.getLogger(__name__)

Give = Callable[[str, Any], None]
Take = Callable[[Any, int], None]


@dataclass(frozen=True, slots=True)
class HandOver:
    """One load: `kind` says what it is, `data` is its JSON."""

    id: str
    kind: str
    data: Any


class HandOvers:
    """Brings what one system gives away. `receivers`: kind -> the URL of the receiver's admin API.

    `handed(number)` hears when a load was taken. What nobody receives is dropped: that system is not there.
    """

    def __init__(self, system: str, receivers: Mapping[str, str], token: str, handed: Callable[[int], None]) -> None:
        self._system = system
        self._receivers = receivers
        self._token = token
        self._handed = handed
        self._generation = 0
        self._number = 0
        self._waiting: dict[int, HandOver] = {}
        self._given = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """How many loads are on their way."""
        return len(self._waiting)

    def renew(self, generation: int) -> None:
        """Forget all loads: the system is another one now."""
        self._stop()
        self._waiting.clear()
        self._generation, self._number = generation, 0

    def begin(self) -> None:
        """Bring what waits, and what comes, from now on."""
        self._worker = asyncio.get_running_loop().create_task(self._work())

    def give(self, kind: str, data: Any) -> None:
        """Have a load brought to whom it concerns."""
        self._number = number = self._number + 1
        if kind in self._receivers:
            self._waiting[number] = HandOver(f"{self._system}-{self._generation}-{number}", kind, data)
            self._given.set()

    def settle(self, number: int) -> None:
        """The load was taken, then or now."""
        self._waiting.pop(number, None)

    async def close(self) -> None:
        """Bring no more."""
        worker = self._worker
        self._stop()
        if worker is not None:
            await asyncio.gather(worker, return_exceptions=True)

    def _stop(self) -> None:
        if self._worker is not None:
            self._worker.cancel()
            self._worker = None

    async def _work(self) -> None:
        headers = {"authorization": f"Bearer {self._token}"}
        async with httpx.AsyncClient(timeout=_ANSWER_WITHIN_S, headers=headers, trust_env=False) as client:
            while True:
                await self._given.wait()
                self._given.clear()
                for number in sorted(self._waiting):
                    await self._bring(client, number, self._waiting[number])

    async def _bring(self, client: httpx.AsyncClient, number: int, load: HandOver) -> None:
        attempt = 0
        while not await self._taken(client, load):
            await asyncio.sleep(_AGAIN_AFTER_S[min(attempt, len(_AGAIN_AFTER_S) - 1)])
            attempt += 1
        self._handed(number)

    async def _taken(self, client: httpx.AsyncClient, load: HandOver) -> bool:
        """Whether the receiver has answered for good: it took it, or can't ever."""
        try:
            reply = await client.post(
                f"{self._receivers[load.kind]}/hand-overs",
                json={"id": load.id, "kind": load.kind, "data": load.data},
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            _LOG.info("load not handed over", extra={"load": load.id, "reason": type(error).__name__})
            return False
        if reply.status_code < 300:
            return True
        _LOG.warning("load refused", extra={"load": load.id, "status": reply.status_code, "reason": reply.text[:300]})
        return reply.status_code == 422
