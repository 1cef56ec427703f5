"""The exceptions of orders: surfaced when a person is needed, closed when the order goes on by itself."""

from __future__ import annotations

from sandbox.core.policies.outcomes import SystemUnavailable
from sandbox.core.ports import Transaction
from sandbox.core.processes.order_entry import Keep
from sandbox.core.processes.order_state import OrderState
from sandbox.core.processes.parts import Parts
from sandbox.core.processes.waiting import Stuck
from sandbox.core.systems.client import SystemRefused


class ExceptionQueue:
    """Opens and closes an order's exception. What it opens is told to the desk by `ExceptionDesk`."""

    def __init__(self, parts: Parts) -> None:
        self._clock = parts.ports.clock
        self._journal = parts.records.journal
        self._exceptions = parts.records.exceptions
        self._unavailable_after_us = parts.design.exceptions.unavailable_after_us

    async def surface(self, state: OrderState, trouble: Stuck | SystemRefused, keep: Keep) -> None:
        """Somebody must look at this order. The same cause again opens nothing new."""
        if isinstance(trouble, Stuck):
            await self._open(state, trouble.cause, trouble.message, keep)
        else:
            await self._open(state, trouble.code, f"{state.order.order}: {trouble}", keep)

    async def wait_for(self, state: OrderState, away: SystemUnavailable, keep: Keep) -> None:
        """The order waits for a system; surfaced when it has waited for too long."""
        now_us = self._clock.now_us()
        if state.waits_since_us is None:
            state.waits_since_us = now_us
            await keep(state)
        elif now_us - state.waits_since_us >= self._unavailable_after_us:
            message = f"{state.order.order} waits for {away.system}: {away.cause}"
            await self._open(state, f"{away.system}-unavailable", message, keep)

    async def settle(self, state: OrderState, keep: Keep) -> None:
        """The order goes its way: it waits for nobody, and its exception, if there is one, is over."""
        state.waits_since_us = None
        if state.exception is not None:
            await self._close(state, "went on")
            await keep(state)

    async def _open(self, state: OrderState, cause: str, message: str, keep: Keep) -> None:
        order = state.order

        async def write(tx: Transaction) -> str:
            return await self._exceptions.open(tx, state.saga, cause, message, order.order, order.traceparent)

        exception = await self._journal.run(write)
        if exception != state.exception:
            if state.exception is not None:
                await self._close(state, f"now {cause}")
            state.exception = exception
            await keep(state)

    async def _close(self, state: OrderState, resolution: str) -> None:
        exception = state.exception
        assert exception is not None

        async def write(tx: Transaction) -> None:
            await self._exceptions.close(tx, exception, resolution)

        await self._journal.run(write)
        state.exception = None
