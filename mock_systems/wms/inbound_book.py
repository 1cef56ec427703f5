"""The book of inbound orders: goods that the warehouses were told to expect, and what really came."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mock_systems.kit.listing import Changes
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


class InboundBook:
    """All inbound orders, also by ship notice, and the order in which they changed last."""

    def __init__(self) -> None:
        self.orders: dict[str, InboundOrder] = {}
        self.by_asn: dict[str, list[InboundOrder]] = {}
        self.changes = Changes()

    def add(self, inbound: InboundOrder) -> None:
        """Keep a new one."""
        self.orders[inbound.inbound_order] = inbound
        self.by_asn.setdefault(inbound.asn, []).append(inbound)
        self.changes.note(inbound.inbound_order)

    def enter(self, inbound: InboundOrder, state: InboundState, now_us: int) -> None:
        """Give an inbound order its next state and its place at the end of the list."""
        inbound.state = state
        inbound.updated_at_us = now_us
        self.changes.note(inbound.inbound_order)

    def awaiting(self, asn: str, site: str) -> InboundOrder | None:
        """The oldest inbound order of this ship notice whose goods have not come yet."""
        for inbound in self.by_asn.get(asn, ()):
            if inbound.state == "announced" and inbound.site == site:
                return inbound
        return None
