"""Shortages: what is done about goods that no site has. A substitute by rule, else the rest of the order waits.

Backorders wait here until a site has more of an item; the oldest, or the most valuable, get it first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sandbox.core.model.order import OrderLine
from sandbox.core.processes.order_entry import Keep
from sandbox.core.processes.order_state import OrderState
from sandbox.core.processes.parts import Parts
from sandbox.core.processes.waiting import Stuck, Wait


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A backorder: its place in the queue, and what it lacks of each item."""

    place: tuple[int, int, str]
    lacking: dict[str, int]


class Backorders:
    """The orders that wait for stock. `wake` has one tried again."""

    def __init__(self, parts: Parts, wake: Callable[[str], None]) -> None:
        self._sellable = parts.sellable
        self._clock = parts.ports.clock
        self._rules = parts.design.shortages
        self._after_us = parts.design.exceptions.backorder_after_us
        self._wake = wake
        self._waiting: dict[str, _Waiting] = {}
        self._awaited: dict[str, int] = {}
        parts.sellable.risen.append(self._serve)

    async def hold_back(self, state: OrderState, lacking: list[OrderLine], keep: Keep) -> None:
        """The order, or a part of it, waits for stock: the channel is told."""
        self._wait(state, lacking)
        if state.backordered_since_us is None:
            state.backordered_since_us = self._clock.now_us()
            state.reach("backordered")
            await keep(state)

    def let_go(self, state: OrderState) -> None:
        """The order lacks nothing any more."""
        state.backordered_since_us = None
        self.forget(state.saga)

    def forget(self, saga: str) -> None:
        """The order is another worker's, or none any more."""
        waiting = self._waiting.pop(saga, None)
        if waiting is None:
            return
        awaited = self._awaited
        for sku in waiting.lacking:
            awaited[sku] -= 1
            if not awaited[sku]:
                del awaited[sku]

    def pause(self, state: OrderState) -> None:
        """Nothing else is to be done for the order now. Raises Wait, and Stuck once it has waited for too long."""
        since_us = state.backordered_since_us
        assert since_us is not None
        due_us, now_us = since_us + self._after_us, self._clock.now_us()
        if now_us < due_us:
            raise Wait(due_us)
        lacking = ", ".join(f"{line.quantity} of {line.sku}" for line in state.rest())
        raise Stuck("backordered", f"{state.order.order} waits for stock: {lacking}", now_us + self._after_us)

    def _serve(self, risen: Sequence[str]) -> None:
        """Wake those for whom there is stock."""
        awaited = [sku for sku in risen if sku in self._awaited]
        if awaited:
            for saga in self._served_by(awaited):
                self._wake(saga)

    def _served_by(self, risen: list[str]) -> list[str]:
        """Those who lack an item of which there is more, in the order of the rule, as far as the stock goes."""
        left = {sku: sum(max(0, there) for there in self._sellable.available[sku].values()) for sku in risen}
        served = []
        for saga, waiting in sorted(self._waiting.items(), key=lambda each: each[1].place):
            wanted = [sku for sku in waiting.lacking if left.get(sku, 0) > 0]
            for sku in wanted:
                left[sku] -= waiting.lacking[sku]
            if wanted:
                served.append(saga)
        return served

    def _wait(self, state: OrderState, lacking: list[OrderLine]) -> None:
        self.forget(state.saga)
        age_us, value_minor = state.accepted_at_us, -state.order.total_minor
        oldest = self._rules.first == "oldest"
        place = (age_us, value_minor) if oldest else (value_minor, age_us)
        wanted: dict[str, int] = {}
        for line in lacking:
            wanted[line.sku] = wanted.get(line.sku, 0) + line.quantity
        self._waiting[state.saga] = _Waiting((*place, state.saga), wanted)
        awaited = self._awaited
        for sku in wanted:
            awaited[sku] = awaited.get(sku, 0) + 1
