"""An intake whose effect may be had twice: an order that comes again becomes another undertaking of its own.

The reference core names an undertaking by its order, and the journal takes one of a name; many integrations number
them. What keeps such an intake from doing an order twice is only what it looks up before: the mutants get that wrong.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sandbox.core.hub import Hub
from sandbox.core.model.order import Order
from sandbox.core.ports import Transaction
from sandbox.core.processes.order_state import OrderState
from tests.mutants.planting import plant

Admit = Callable[[Order], Awaitable[None]]


def admit_by(hub: Hub, admit: Admit) -> None:
    """Have each order that comes in, by webhook or list, go through `admit`."""

    async def admit_here(saga: str, order: Order) -> None:
        await admit(order)

    plant(hub, "_intake._admit_here", lambda _: admit_here)


async def undertake(hub: Hub, order: Order) -> str:
    """Begin with an order, whether or not that has been done; the name of the undertaking."""
    parts = hub.parts

    async def write(tx: Transaction) -> OrderState:
        taken = await parts.records.sagas.get(tx, order.order) is not None
        name = f"{order.order}~{parts.ports.ids.new('D')}" if taken else order.order
        await parts.records.inbox.admit(tx, "received", name, parts.ports.clock.now_us())
        return await hub.order_to_cash.write_new(tx, name, order)

    state = await parts.records.journal.run(write)
    parts.sellable.expect(order, ())
    hub.order_to_cash.begin(state)
    parts.sellable.soil(parts.watermark.know(order.seq, [line.sku for line in order.lines]))
    return state.saga
