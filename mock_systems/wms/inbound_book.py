"""Inbound orders: deliveries that the warehouses were told to expect, and what really came."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mock_systems.wms.inbound_wire import InboundState, ReceivedLine
from mock_systems.wms.wire import Line


@dataclass(slots=True)
class InboundOrder:
    """An announced delivery to one site; `lines` are as announced, `received` as counted at the dock."""

    inbound_order: str
    asn: str
    purchase_order: str
    site: str
    lines: list[Line]
    traceparent: str | None
    trace: str | None
    updated_at_us: int
    state: InboundState = "announced"
    received: list[ReceivedLine] = field(default_factory=list)

    @property
    def number(self) -> str:
        """The inbound order's number."""
        return self.inbound_order

    @property
    def reference(self) -> str:
        """The supplier's ship notice."""
        return self.asn

    @property
    def is_awaited(self) -> bool:
        """Whether its truck has not come yet."""
        return self.state == "announced"

    def view(self) -> dict[str, Any]:
        """The inbound order as the API and the webhook show it now."""
        return {
            "inbound_order": self.inbound_order,
            "asn": self.asn,
            "purchase_order": self.purchase_order,
            "site": self.site,
            "lines": self.lines,
            "state": self.state,
            "received": self.received,
            "updated_at_us": self.updated_at_us,
            "traceparent": self.traceparent,
        }
