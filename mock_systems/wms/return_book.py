"""The book of return orders: parcels that the warehouses were told to expect from customers, and what was in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mock_systems.kit.listing import Changes
from mock_systems.wms.return_wire import InspectedLine, ReturnState
from mock_systems.wms.wire import Line


@dataclass(slots=True)
class ReturnOrder:
    """A return that is expected at one site; `lines` are as announced, `received` as inspected."""

    return_order: str
    rma: str
    order: str
    site: str
    lines: list[Line]
    traceparent: str | None
    trace: str | None
    updated_at_us: int
    state: ReturnState = "expected"
    received: list[InspectedLine] = field(default_factory=list)

    def view(self) -> dict[str, Any]:
        """The return order as the API and the webhook show it now."""
        return {
            "return_order": self.return_order,
            "rma": self.rma,
            "order": self.order,
            "site": self.site,
            "lines": self.lines,
            "state": self.state,
            "received": self.received,
            "updated_at_us": self.updated_at_us,
            "traceparent": self.traceparent,
        }


class ReturnBook:
    """All return orders, also by the channel's number, and the order in which they changed last."""

    def __init__(self) -> None:
        self.orders: dict[str, ReturnOrder] = {}
        self.by_rma: dict[str, list[ReturnOrder]] = {}
        self.changes = Changes()

    def add(self, expected: ReturnOrder) -> None:
        """Keep a new one."""
        self.orders[expected.return_order] = expected
        self.by_rma.setdefault(expected.rma, []).append(expected)
        self.changes.note(expected.return_order)

    def enter(self, expected: ReturnOrder, state: ReturnState, now_us: int) -> None:
        """Give a return order its next state and its place at the end of the list."""
        expected.state = state
        expected.updated_at_us = now_us
        self.changes.note(expected.return_order)

    def awaiting(self, rma: str, site: str) -> ReturnOrder | None:
        """The oldest return order of this number whose parcel has not come to the site yet."""
        for expected in self.by_rma.get(rma, ()):
            if expected.state == "expected" and expected.site == site:
                return expected
        return None
