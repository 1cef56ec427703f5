"""Return orders: parcels that the warehouses were told to expect from customers, and what was in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

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

    @property
    def number(self) -> str:
        """The return order's number."""
        return self.return_order

    @property
    def reference(self) -> str:
        """The channel's number of the return."""
        return self.rma

    @property
    def is_awaited(self) -> bool:
        """Whether its parcel has not come yet."""
        return self.state == "expected"

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
