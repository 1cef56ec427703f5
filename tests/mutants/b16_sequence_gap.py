"""B16: new orders are handed on by a cursor over their row numbers, which are drawn before the commit, not at it.

Whoever commits late has a low number behind the cursor, and is never handed on. Minimal: of two orders within five
seconds, the first one's commit takes twenty.
"""

from __future__ import annotations

from itertools import count
from typing import Any

from sandbox.core.hub import Hub
from sandbox.core.model.order import Order
from sandbox.core.ports import Transaction
from sandbox.core.processes.order_state import OrderState
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B16",
    source="Dekaf#2374; OSAC#231: ids are not committed in their order, and a cursor passes the late ones",
    invariants=("I1", "I11"),
    overrides={
        "demand": {
            "orders": [
                {"at": "9:00", "lines": [{"sku": "SKU-0001", "quantity": 1}]},
                {"at": "9:00:05", "lines": [{"sku": "SKU-0001", "quantity": 1}]},
            ],
        }
    },
)
MINIMAL = {"faults": [{"store_slow": {"only": "inbox+saga_orders+sagas", "order": "W-000001", "by": "20s"}}]}


@planted
def core(hub: Hub) -> None:
    """Number a row when it is written, and begin only with what lies beyond the highest number seen."""
    numbers, drawn, cursor = count(1), dict[tuple[str, int], int](), 0

    def numbered(write_new: Any) -> Any:
        async def write(tx: Transaction, saga: str, order: Order) -> OrderState:
            number = next(numbers)
            state: OrderState = await write_new(tx, saga, order)
            drawn[saga, state.accepted_at_us] = number
            return state

        return write

    def beyond_cursor(begin: Any) -> Any:
        def begin_with(state: OrderState) -> None:
            nonlocal cursor
            number = drawn.get((state.saga, state.accepted_at_us))
            if number is None or number > cursor:  # None: from before a restart
                cursor = max(cursor, number or 0)
                begin(state)

        return begin_with

    plant(hub, "order_to_cash.write_new", numbered)
    plant(hub, "order_to_cash.begin", beyond_cursor)
