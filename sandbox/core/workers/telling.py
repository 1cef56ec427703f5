"""Notes to one other worker: in order, and from a known beginning, so that sums of changes agree on both sides."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from sandbox.core.ports import Peers, Row, TransportError
from sandbox.core.workers.roster import Worker

STOCK: Final = "stock"
"""Notes of this kind are changes to what `introduce` tells as a whole."""
_TOGETHER: Final = 500
_AGAIN_S: Final = 1.0

Note = tuple[str, Row]


class Telling:
    """Tells the worker `to`. It begins with a whole, and does so anew whenever one side can't tell what the other has.

    `introduce` gives the whole as it stands at that moment. Notes of other kinds may then come twice.
    """

    def __init__(self, peers: Peers, own: Worker, to: Worker, introduce: Callable[[], Row]) -> None:
        self.to = to
        self._peers = peers
        self._own = own
        self._introduce = introduce
        self._waiting: list[Note] = []
        self._number = 0
        self._told = 0
        self._due = 0
        self._new = asyncio.Event()
        self._progress = asyncio.Event()
        self._new.set()

    def add(self, note: Note) -> None:
        """One more note; those of stock wait for no introduction, which holds them."""
        self._due += 1
        if self._number or note[0] != STOCK:
            self._waiting.append(note)
        self._new.set()

    async def flushed(self) -> None:
        """Wait until all that was added so far has been heard."""
        due = self._due
        while self._told < due or not self._number:
            self._progress.clear()
            await self._progress.wait()

    async def run(self) -> None:
        """Tell, until cancelled."""
        while True:
            if self._number and not self._waiting:
                await self._new.wait()
            self._new.clear()
            if not await self._tell():
                self._number = 0
                self._waiting = [note for note in self._waiting if note[0] != STOCK]
                await asyncio.sleep(_AGAIN_S)

    async def _tell(self) -> bool:
        """Tell what waits; False where the other one did not hear it, or has missed something."""
        batch, due = self._waiting[:_TOGETHER], self._due
        is_all = len(batch) == len(self._waiting)
        message: Row = {
            "from": self._own.name,
            "life": self._own.life,
            "number": self._number,
            "notes": [list(note) for note in batch],
        }
        if not self._number:
            message["whole"] = self._introduce()
            self._number = 1  # changes from here on come after the whole
            message["number"] = 0
        else:
            self._number += 1
            message["number"] = self._number - 1
        try:
            reply = await self._peers.call(self.to.address, message)
        except TransportError:
            return False
        if not reply.get("heard"):
            return False
        del self._waiting[: len(batch)]
        if is_all:
            self._told = due
        self._progress.set()
        return True
