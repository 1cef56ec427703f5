"""The flow of documents other than orders: each is written down when it is heard of, and worked off step by step.

What an order's saga is for an order, this is for any document that a system tells of and that asks for effects in
others: a supplier's ship notice, a cycle count, a stock adjustment. A process for each kind says what is to be done;
whoever adds a kind writes such a process and has the document opened when it is heard of, as often as it is heard of.
News for an open one are signals in the journal. Every effect has a key that is the same at every attempt, so another
incarnation can take a document up at any point.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, Protocol

from sandbox.core.journal.documents import Documents
from sandbox.core.journal.leases import LeaseLost
from sandbox.core.journal.signals import Signals
from sandbox.core.model.errand import Errand
from sandbox.core.policies.outcomes import SystemUnavailable
from sandbox.core.ports import Row, Transaction
from sandbox.core.processes.document_state import DocumentState, name_of
from sandbox.core.processes.exception_queue import ExceptionQueue
from sandbox.core.processes.lane import OrderLanes, let_go
from sandbox.core.processes.parts import Parts
from sandbox.core.processes.waiting import Stuck, Wait
from sandbox.core.systems.client import SystemRefused

_AFTER_FAILURE_US = 900_000_000
_AT_ONCE = 8

Keep = Callable[[DocumentState], Awaitable[None]]


class DocumentProcess(Protocol):
    """What is to be done about the documents of one kind."""

    def take(self, state: DocumentState, news: Mapping[str, Any]) -> None:
        """Take one piece of news into the state; late and repeated news change nothing."""

    async def proceed(self, state: DocumentState, keep: Keep) -> None:
        """Go as far as can be gone now; `keep` after each effect. Sets `done` at the end.

        Raises Wait, Stuck, SystemRefused and SystemUnavailable where it can't go on.
        """


class DocumentFlow:
    """Drives the documents of all kinds; `processes` by kind."""

    def __init__(self, parts: Parts, processes: Mapping[str, DocumentProcess]) -> None:
        self._parts = parts
        self._processes = dict(processes)
        self._records = parts.records
        self._clock = parts.ports.clock
        self._documents = Documents()
        self._signals = Signals()
        self._exceptions = ExceptionQueue(parts)
        self._states: dict[str, DocumentState] = {}
        self._mail: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
        self._team = parts.team
        self._team.answer("document.open", self._open_asked)
        self._team.answer("document.tell", self._tell_asked)
        self.lanes = OrderLanes(self.advance, parts.ports.clock, _AT_ONCE)

    def handle(self, kind: str, process: DocumentProcess) -> None:
        """Have documents of this kind worked off by `process`; before the first of them is heard of."""
        self._processes[kind] = process

    async def open(self, kind: str, number: str, about: Mapping[str, Any], traceparent: str | None) -> bool:
        """Begin with a document, written down when this returns; False where it is known already."""
        name = name_of(kind, number)
        if name in self._states:
            return False
        state = DocumentState(kind, number, dict(about), traceparent=traceparent)
        if not self._team.is_ours(state.home):
            asked = {"kind": kind, "number": number, "about": dict(about), "traceparent": traceparent}
            return bool(await self._team.ask(state.home, "document.open", asked))
        row = state.to_row()
        new = await self._records.journal.run(lambda tx: self._documents.create(tx, name, row))
        if new and name not in self._states and self._team.is_ours(state.home):
            self._begin(state)
        return new

    async def tell(self, kind: str, number: str, news: str, body: Mapping[str, Any]) -> None:
        """News for an open document, safe when this returns; the same `news` again is no second one."""
        name = name_of(kind, number)
        if name not in self._states:
            home = await self._home_elsewhere(name)
            if home is None:
                self._parts.ports.observer.note("news.late", name, news=news)
            else:
                asked = {"kind": kind, "number": number, "news": news, "body": dict(body)}
                await self._team.ask(home, "document.tell", asked)
            return
        key = await self._records.journal.run(lambda tx: self._signals.put(tx, name, news, body))
        self._post(name, key, body)

    async def _home_elsewhere(self, name: str) -> str | None:
        """The home of an open document that another worker has."""
        if not self._team.is_shared:
            return None
        row = await self._records.journal.run(lambda tx: self._documents.get(tx, name))
        if row is None or row["done"]:
            return None
        home = DocumentState.from_row(row).home
        return None if self._team.is_ours(home) else home

    async def _open_asked(self, asked: Row) -> bool:
        return await self.open(asked["kind"], asked["number"], asked["about"], asked["traceparent"])

    async def _tell_asked(self, asked: Row) -> None:
        await self.tell(asked["kind"], asked["number"], asked["news"], asked["body"])

    def wake(self, kind: str, number: str) -> bool:
        """There may be something to do for a document now; False where it is not under way."""
        name = name_of(kind, number)
        if name in self._states:
            self.lanes.wake(name)
        return name in self._states

    def under_way(self, kind: str) -> Iterator[DocumentState]:
        """The documents of a kind that are not done, in the order in which they were heard of."""
        return (state for state in list(self._states.values()) if state.kind == kind)

    async def recover(self, homes: Callable[[str], bool] = lambda _: True) -> None:
        """Take up what an earlier incarnation left, with the news that it kept and didn't get to use.

        `homes` says which homes are to be taken up.
        """
        for name, row in await self._records.journal.run(self._documents.active):
            state = DocumentState.from_row(row)
            if homes(state.home) and name not in self._states:
                self._begin(state)
        after = ""
        while page := await self._page_of_signals(after):
            for after, row in page:
                state_there = self._states.get(row["saga"])
                if state_there is not None and homes(state_there.home):
                    self._post(row["saga"], after, row)

    async def _page_of_signals(self, after: str) -> list[tuple[str, dict[str, Any]]]:
        return await self._records.journal.run(lambda tx: self._signals.page(tx, after))

    def _begin(self, state: DocumentState) -> None:
        fence = self._records.leases.fence(self._records.leases.partition_of(state.home))
        state.errand = Errand.for_order(state.saga, state.traceparent, fence)
        self._states[state.saga] = state
        self.lanes.wake(state.saga)

    def _post(self, name: str, key: str, body: Mapping[str, Any]) -> None:
        self._mail.setdefault(name, []).append((key, body))
        self.lanes.wake(name)

    def let_go(self, homes: Callable[[str], bool]) -> bool:
        """Forget the documents of these homes, save those that are being worked on; whether all are forgotten."""
        names = [name for name, state in self._states.items() if homes(state.home)]
        return let_go(names, self.lanes, self._states, self._mail)

    async def advance(self, name: str) -> None:
        """Go as far as can be gone now. One document's trouble is never raised: it becomes an exception."""
        state = self._states.get(name)
        if state is None:
            return
        try:
            await self._try(state)
        except LeaseLost:
            del self._states[name]
        if state.done:
            self._states.pop(name, None)
            self._mail.pop(name, None)

    async def _try(self, state: DocumentState) -> None:
        process = self._processes[state.kind]
        try:
            for key, body in self._mail.pop(state.saga, ()):
                process.take(state, body)
                state.consumed.append(key)
            await process.proceed(state, self.keep)
            await self._exceptions.settle(state, self.keep)
            if state.done:
                await self.keep(state)
        except Wait as wait:
            if wait.settled:
                await self._exceptions.settle(state, self.keep)
            self.lanes.park(state.saga, wait.due_at_us)
        except SystemUnavailable as away:
            await self._exceptions.wait_for(state, away, self.keep)
            if self._parts.design.safety.retries:
                self.lanes.park(state.saga, away.retry_at_us, away.system)
        except LeaseLost:
            raise
        except (Stuck, SystemRefused) as trouble:
            await self._surface(state, trouble)
        except Exception as error:  # noqa: BLE001 - one document's surprise must not stop the others; it is surfaced
            due_us = self._clock.now_us() + _AFTER_FAILURE_US
            await self._surface(state, Stuck("step-failed", f"{state.number}: {error!r}", due_us))

    async def _surface(self, state: DocumentState, trouble: Stuck | SystemRefused) -> None:
        await self._exceptions.surface(state, trouble, self.keep)
        if isinstance(trouble, Stuck) and trouble.due_at_us is not None:
            self.lanes.park(state.saga, trouble.due_at_us)

    async def keep(self, state: DocumentState) -> None:
        """Write the state down, with the news it has taken in."""
        leases = self._records.leases

        async def write(tx: Transaction) -> None:
            await leases.check(tx, leases.partition_of(state.home))
            await self._documents.save(tx, state.saga, state.to_row(), done=state.done)
            for key in state.consumed:
                await self._signals.remove(tx, key)

        await self._records.journal.run(write)
        state.consumed.clear()
