"""The processes of a landscape while a test needs them."""

from __future__ import annotations

import asyncio

from sandbox.errors import SandboxError
from sandbox.runs.live_landscape import LiveLandscape
from sandbox.runs.living import live
from sandbox.worlds.live.ledgers import admin_http
from sandbox.worlds.live.part import unheard


class Life:
    """Has the processes of `plan` up from `begin` to `end`; `http` is for their admin APIs."""

    def __init__(self, plan: LiveLandscape) -> None:
        self.plan = plan
        self.http = admin_http()
        self._stop = asyncio.Event()
        self._task: asyncio.Task[bool] | None = None

    @property
    def is_up(self) -> bool:
        """Whether nothing had to be given up."""
        return self._task is not None and not self._task.done()

    async def begin(self) -> None:
        """Start all, and wait until they are ready. Raises InputError and PartFailed."""
        ready = asyncio.Event()
        self._task = asyncio.create_task(live(self.plan, self._stop, unheard, ready.set), name="landscape")
        waiting = asyncio.create_task(ready.wait())
        try:
            await asyncio.wait((self._task, waiting), return_when=asyncio.FIRST_COMPLETED)
            if self._task.done() and not self._task.result():
                raise SandboxError(f"a process died again and again: see its log in {self.plan.folder.path}")
        finally:
            waiting.cancel()

    async def end(self) -> None:
        """Stop all; what went wrong with them was told before."""
        self._stop.set()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        await self.http.aclose()
