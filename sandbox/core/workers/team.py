"""A worker among others: finds out who has what, asks the one that has it, and tells all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from sandbox.core.journal.leases import PartitionLeases
from sandbox.core.policies.outcomes import SystemUnavailable
from sandbox.core.ports import Clock, Observer, Peers, Row, TransportError
from sandbox.core.workers.alone import Answer, Hear
from sandbox.core.workers.hearing import Hearing
from sandbox.core.workers.roster import Roster, Worker
from sandbox.core.workers.shares import LEADER, fair_share, surplus
from sandbox.core.workers.telling import Telling

_LOOKS_A_LEASE: Final = 30
_ASKS_MOST: Final = 3
_COME_AGAIN_US: Final = 1_000_000

TakeUp = Callable[[Sequence[int]], Awaitable[None]]
LetGo = Callable[[int], Awaitable[None]]


class WorkerAway(SystemUnavailable):
    """The worker that has an order does not answer, or nobody has it just now: come again in a moment."""


class Team:
    """One worker's side of the team. What `introduce` gives is told to each worker first, and heard by `acquaint`.

    `settled` is set when the first partitions were taken up. `steady` measures time alone.
    """

    is_shared = True

    def __init__(
        self, peers: Peers, roster: Roster, leases: PartitionLeases, clock: Clock, steady: Clock, observer: Observer
    ) -> None:
        self.introduce: Callable[[], Row] = dict
        self.acquaint: Callable[[Row], None] = lambda _: None
        self.settled = asyncio.Event()
        self._peers = peers
        self._roster = roster
        self._leases = leases
        self._clock = clock
        self._steady = steady
        self._observer = observer
        self._answers: dict[str, Answer] = {}
        self._flushing: set[str] = set()
        self._handlers: dict[str, Hear] = {}
        self._hearing = Hearing(lambda whole: self.acquaint(whole), self._handlers)
        self._ready: dict[int, None] = {}
        self._changed = asyncio.Event()
        self._workers: Mapping[str, Worker] = {}
        self._owners: Mapping[int, str] = {}
        self._telling: dict[str, tuple[Telling, asyncio.Task[None]]] = {}
        self._tellers = asyncio.TaskGroup()
        self._began_us = steady.now_us()

    @property
    def leads(self) -> bool:
        """Whether this worker does the periodic jobs."""
        return LEADER in self._ready

    def is_ours(self, home: str) -> bool:
        """Whether this worker works on it now."""
        return self._leases.partition_of(home) in self._ready

    def answer(self, what: str, handle: Answer, *, flushes: bool = False) -> None:
        """Have other workers' questions of this kind answered; with `flushes` when they have heard all notes so far."""
        self._answers[what] = handle
        if flushes:
            self._flushing.add(what)

    def hear(self, what: str, handle: Hear) -> None:
        """Have `handle` told other workers' notes of this kind."""
        self._handlers[what] = handle

    def tell(self, what: str, body: Row) -> None:
        """A note to all others, who hear it in order and once, while they and this worker live."""
        for telling, _ in self._telling.values():
            telling.add((what, body))

    async def ask(self, home: str, what: str, body: Row) -> Any:
        """The answer of the worker that has `home`, which may be this one. Raises WorkerAway."""
        partition = self._leases.partition_of(home)
        for _ in range(_ASKS_MOST):
            if partition in self._ready:
                return await self._answers[what](body)
            owner = self._workers.get(self._owners.get(partition, ""))
            if owner is not None and owner.name != self._roster.own.name:
                reply = await self._call(owner, self._question(what, body, home))
                if "answer" in reply:
                    return reply["answer"]
                if "failed" in reply:
                    raise self._away(reply["failed"])
            await self._look_around()
            await self._until_changed()
        raise self._away(f"nobody works on partition {partition}")

    async def ask_all(self, what: str, body: Row) -> list[Any]:
        """The answers of all others. Raises WorkerAway when one doesn't answer."""
        replies = [await self._call(telling.to, self._question(what, body)) for telling, _ in self._others()]
        for reply in replies:
            if "answer" not in reply:
                raise self._away(str(reply.get("failed")))
        return [reply["answer"] for reply in replies]

    async def caught_up(self) -> None:
        """Wait until everything is heard that the others, those that answer, have told so far."""
        for telling, _ in self._others():
            try:
                await self._call(telling.to, {"flush": self._roster.own.name})
            except WorkerAway as away:
                self._observer.note("worker.silent", telling.to.name, cause=away.cause)

    async def run(self, take_up: TakeUp, let_go: LetGo) -> None:
        """Share the partitions with the others, until cancelled.

        `take_up` recovers what partitions hold that have become ours; `let_go` ends the work on one that goes.
        """
        self._peers.serve(self._serve)
        async with self._tellers:
            while True:
                await self._look_around()
                await self._share_out(take_up, let_go)
                await asyncio.sleep(self._leases.lease_us / (_LOOKS_A_LEASE * 1_000_000))

    async def leave(self) -> None:
        """Sign out, and give everything back, so that the others need not wait for our leases to run out."""
        self._ready.clear()
        await self._leases.release(self._leases.held)
        await self._roster.sign_out()

    async def _look_around(self) -> None:
        self._workers = await self._roster.look()
        self._owners = {partition: row["owner"] for partition, row in (await self._leases.rows()).items()}
        for name, (telling, task) in list(self._telling.items()):
            if self._workers.get(name) != telling.to:
                task.cancel()
                del self._telling[name]
        for name, worker in self._workers.items():
            if name != self._roster.own.name and name not in self._telling:
                telling = Telling(self._peers, self._roster.own, worker, self.introduce)
                task = self._tellers.create_task(telling.run(), name=f"tells {name}")
                self._telling[name] = telling, task

    async def _share_out(self, take_up: TakeUp, let_go: LetGo) -> None:
        leases, own = self._leases, self._roster.own
        starting = self._steady.now_us() - self._began_us < leases.lease_us
        expected = self._peers.expected if starting else 1
        share = fair_share(own.name, list(self._workers), expected, leases.partitions)
        for partition in surplus(self._ready, share):
            del self._ready[partition]
            await let_go(partition)
            await leases.release([partition])
        taken = await self._take(share)
        if taken:
            await take_up(taken)
            self._ready.update(dict.fromkeys(taken))
            self.settled.set()
            self._changed.set()
            self._observer.note("partitions.taken", own.name, partitions=taken, workers=len(self._workers))

    async def _take(self, share: int) -> list[int]:
        """Acquire what may be had, up to our share. Each lease is looked at, to know how long it stands still."""
        leases = self._leases
        rows = await leases.rows()
        free = [
            partition
            for partition in range(leases.partitions)
            if partition not in leases.held and (partition not in rows or leases.may_have(partition, rows[partition]))
        ]
        # What was ours before a restart comes first: nobody else may have it yet.
        free.sort(key=lambda partition: (rows.get(partition, {}).get("owner") != leases.owner, partition))
        return [partition for partition in free[: max(0, share - len(leases.held))] if await leases.acquire(partition)]

    async def _serve(self, message: Row) -> Row:
        """Answer another worker."""
        if "notes" in message:
            return self._hearing.take(message)
        if "flush" in message:
            await self._flush(message["flush"])
            return {"answer": None}
        home = message.get("home")
        if home is not None and not self.is_ours(home):
            await self._until_changed()
            if not self.is_ours(home):
                return {"elsewhere": True}
        try:
            answer = await self._answers[message["ask"]](message["body"])
        except Exception as error:  # noqa: BLE001  told to the worker that asked, whose caller comes again
            self._observer.note("question.failed", message["ask"], home=home, cause=repr(error))
            return {"failed": repr(error)}
        if message["ask"] in self._flushing:
            await self._flush(message["from"])
        return {"answer": answer}

    async def _flush(self, name: str) -> None:
        known = self._telling.get(name)
        if known is not None:
            await known[0].flushed()

    def _question(self, what: str, body: Row, home: str | None = None) -> Row:
        return {"from": self._roster.own.name, "ask": what, "home": home, "body": body}

    async def _call(self, worker: Worker, message: Row) -> Row:
        try:
            return await self._peers.call(worker.address, message)
        except TransportError as error:
            raise self._away(f"{worker.name}: {error}") from None

    async def _until_changed(self) -> None:
        """Until partitions were taken up here, or for a moment."""
        self._changed.clear()
        try:
            async with asyncio.timeout(_COME_AGAIN_US / 1_000_000):
                await self._changed.wait()
        except TimeoutError:
            return

    def _others(self) -> Sequence[tuple[Telling, asyncio.Task[None]]]:
        return list(self._telling.values())

    def _away(self, cause: str) -> WorkerAway:
        return WorkerAway("core", self._clock.now_us() + _COME_AGAIN_US, cause)
