"""What the WMS's API takes and gives about inbound orders. Quantities in eaches."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel
from typing_extensions import TypedDict

from mock_systems.kit.fields import STRICT, Code
from mock_systems.kit.listing import ListQuery
from mock_systems.wms.wire import Line, Lines, TraceParent

InboundState = Literal["announced", "receiving", "received"]


class ReceivedLine(TypedDict):
    """What came under a purchase order's line: `quantity` was put on the shelf, `damaged` was not."""

    line: int
    sku: str
    quantity: int
    announced: int
    damaged: int


class NewInbound(BaseModel):
    """Body of announceInbound: what a supplier's ship notice says is coming; `line` is the purchase order's."""

    model_config = STRICT
    asn: Code
    purchase_order: Code
    site: Code
    lines: Lines
    traceparent: TraceParent | None = None


class InboundQuery(ListQuery):
    """Query of listInbound: a page of all by their latest change, or those of one ship notice."""

    asn: Code | None = None


class Inbound(BaseModel):
    """An announced delivery; `received` is empty until the goods were counted."""

    inbound_order: str
    asn: str
    purchase_order: str
    site: str
    lines: list[Line]
    state: InboundState
    received: list[ReceivedLine]
    updated_at_us: int
    traceparent: str | None


class InboundPage(BaseModel):
    """Inbound orders by their latest change; `next_cursor` is where to go on, `has_more` whether to do so at once."""

    items: list[Inbound]
    next_cursor: str | None
    has_more: bool
