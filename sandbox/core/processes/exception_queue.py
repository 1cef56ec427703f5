"""The exceptions of orders and documents: surfaced when a person is needed, closed when they go on by themselves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from sandbox.core.policies.outcomes import SystemUnavailable
from sandbox.core.ports import Transaction
from sandbox.core.processes.parts import Parts
from sandbox.core.processes.waiting import Stuck
from sandbox.core.systems.client import SystemRefused


class Undertaking(Protocol):
    """What an exception may be about: the state of an order or of another document."""

    waits_since_us: int | None
    exception: str | None

    @property
    def subject(self) -> str:
        """What the exception is about."""

    @property
    def order_number(self) -> str | None:
        """The channel's order that it concerns."""

    @property
    def traceparent(self) -> str | None:
        """The trace in which it stands."""


State = TypeVar("State", bound=Undertaking)
Keep = Callable[[State], Awaitable[None]]


class ExceptionQueue:
    """Opens and closes the exception of an undertaking. What it opens is told to the desk by `ExceptionDesk`."""

    def __init__(self, parts: Parts) -> None:
        self._clock = parts.ports.clock
        self._journal = parts.records.journal
        self._exceptions = parts.records.exceptions
        self._unavailable_after_us = parts.design.exceptions.unavailable_after_us

    async def surface(self, state: State, trouble: Stuck | SystemRefused, keep: Keep[State]) -> None:
        """Somebody must look at it. The same cause again opens nothing new."""
        if isinstance(trouble, Stuck):
            await self._open(state, trouble.cause, trouble.message, keep, asks=trouble.asks)
        else:
            await self._open(state, trouble.code, f"{state.order_number or state.subject}: {trouble}", keep)

    async def wait_for(self, state: State, away: SystemUnavailable, keep: Keep[State]) -> None:
        """It waits for a system; surfaced when it has waited for too long."""
        now_us = self._clock.now_us()
        if state.waits_since_us is None:
            state.waits_since_us = now_us
            await keep(state)
        elif now_us - state.waits_since_us >= self._unavailable_after_us:
            message = f"{state.order_number or state.subject} waits for {away.system}: {away.cause}"
            await self._open(state, f"{away.system}-unavailable", message, keep)

    async def settle(self, state: State, keep: Keep[State]) -> None:
        """It goes its way: it waits for nobody, and its exception, if there is one, is over."""
        state.waits_since_us = None
        if state.exception is not None:
            await self._close(state, "went on")
            await keep(state)

    async def _open(self, state: State, cause: str, message: str, keep: Keep[State], *, asks: bool = False) -> None:
        subject, order, traceparent = state.subject, state.order_number, state.traceparent

        async def write(tx: Transaction) -> str:
            return await self._exceptions.open(tx, subject, cause, message, order, traceparent, asks=asks)

        exception = await self._journal.run(write)
        if exception != state.exception:
            if state.exception is not None:
                await self._close(state, f"now {cause}")
            state.exception = exception
            await keep(state)

    async def _close(self, state: Undertaking, resolution: str) -> None:
        exception = state.exception
        assert exception is not None

        async def write(tx: Transaction) -> None:
            await self._exceptions.close(tx, exception, resolution)

        await self._journal.run(write)
        state.exception = None
