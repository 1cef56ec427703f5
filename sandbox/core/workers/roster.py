"""The roster: which workers are at work, found out from the rows that they keep in the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.core.journal.journal import Journal
from sandbox.core.journal.tables import WORKERS
from sandbox.core.ports import Clock


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker in one of its lives, and where it is called."""

    name: str
    life: str
    address: str


class Roster:
    """Signs this worker in, and sees the others. One whose row stands still for `gone_after_us` has gone.

    `clock` measures time alone: no two clocks have to agree.
    """

    def __init__(self, journal: Journal, clock: Clock, own: Worker, gone_after_us: int) -> None:
        self.own = own
        self._journal = journal
        self._clock = clock
        self._gone_after_us = gone_after_us
        self._beat = 0
        self._seen: dict[str, tuple[str, int, int]] = {}

    async def look(self) -> Mapping[str, Worker]:
        """Sign in once more, and see who is at work, this worker included, by name."""
        self._beat += 1
        row = {"life": self.own.life, "address": self.own.address, "beat": self._beat}
        await self._journal.run(lambda tx: tx.put(WORKERS, self.own.name, row), leased=False)
        rows = await self._journal.run(lambda tx: tx.scan(WORKERS), leased=False)
        now_us = self._clock.now_us()
        present: dict[str, Worker] = {}
        for name, found in rows:
            if name == self.own.name:
                present[name] = self.own
            elif self._is_at_work(name, found["life"], found["beat"], now_us):
                present[name] = Worker(name, found["life"], found["address"])
        return present

    async def sign_out(self) -> None:
        """This worker goes."""
        await self._journal.run(lambda tx: tx.delete(WORKERS, self.own.name), leased=False)

    def _is_at_work(self, name: str, life: str, beat: int, now_us: int) -> bool:
        known = self._seen.get(name)
        if known is None or known[:2] != (life, beat):
            self._seen[name] = (life, beat, now_us)
            return True
        return now_us - known[2] < self._gone_after_us
