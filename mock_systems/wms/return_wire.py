"""What the WMS's API takes and gives about returns. Quantities in eaches."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel
from typing_extensions import TypedDict

from mock_systems.kit.fields import STRICT, Code
from mock_systems.kit.listing import ListQuery
from mock_systems.wms.wire import Line, Lines, TraceParent

ReturnState = Literal["expected", "inspecting", "received"]
Disposition = Literal["restock", "scrap"]


class InspectedLine(TypedDict):
    """What came back of a line, and what was done with it; `announced` is what was to come."""

    line: int
    sku: str
    quantity: int
    disposition: Disposition
    announced: int


class NewReturn(BaseModel):
    """Body of announceReturn: what a customer is sending back to a site; `rma` is the channel's number."""

    model_config = STRICT
    rma: Code
    order: Code
    site: Code
    lines: Lines
    traceparent: TraceParent | None = None


class ReturnQuery(ListQuery):
    """Query of listReturns: a page of all by their latest change, or those of one `rma`."""

    rma: Code | None = None


class ReturnOrder(BaseModel):
    """An announced return; `received` is empty until the parcel was inspected. What didn't come isn't in it."""

    return_order: str
    rma: str
    order: str
    site: str
    lines: list[Line]
    state: ReturnState
    received: list[InspectedLine]
    updated_at_us: int
    traceparent: str | None


class ReturnPage(BaseModel):
    """Returns by their latest change; `next_cursor` is where to go on, `has_more` whether to do so at once."""

    items: list[ReturnOrder]
    next_cursor: str | None
    has_more: bool
