"""What the ERP's API takes and gives about purchasing and stock adjustments.

Money in minor units, quantities in eaches, times in microseconds UTC.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from mock_systems.erp.wire import Line
from mock_systems.kit.fields import STRICT, Code, Name

PurchaseStatus = Literal["open", "closed"]
AdjustmentReason = Literal["adjust", "count"]
Lines = Annotated[list[Line], Field(min_length=1, max_length=1000)]
Difference = Annotated[int, Field(ge=-1_000_000_000, le=1_000_000_000, description="signed, in eaches, never 0")]


class PurchaseLine(TypedDict):
    """A line of a purchase order, with the cost of one each."""

    line: int
    sku: str
    quantity: int
    cost_minor: int


class PurchaseClosure(BaseModel):
    """Body of closePurchaseOrder: what is still outstanding will not come."""

    model_config = STRICT
    reason: Name


class NewGoodsReceipt(BaseModel):
    """Body of postGoodsReceipt: what went onto the shelf at `site` under the warehouse's `receipt`."""

    model_config = STRICT
    purchase_order: Code
    asn: Code
    receipt: Code
    site: Code
    lines: Lines


class NewAdjustment(BaseModel):
    """Body of postStockAdjustment; `approved_by` names who answers for a count's large variance."""

    model_config = STRICT
    site: Code
    sku: Code
    quantity: Difference
    reason: AdjustmentReason
    reference: Code
    approved_by: Code | None = None


class ByReceipt(BaseModel):
    """Query of findGoodsReceipts."""

    model_config = STRICT
    receipt: Code


class ByReference(BaseModel):
    """Query of findStockAdjustments."""

    model_config = STRICT
    reference: Code


class PurchaseOrder(BaseModel):
    """A purchase order; `outstanding` is what is still to come, over-deliveries are not set off against it."""

    purchase_order: str
    supplier: str
    site: str
    lines: list[PurchaseLine]
    status: PurchaseStatus
    outstanding: list[Line]
    traceparent: str


class PurchaseOrderPage(BaseModel):
    """Purchase orders by their latest change; `next_cursor` is where to go on, `has_more` whether at once."""

    items: list[PurchaseOrder]
    next_cursor: str
    has_more: bool


class ShipNotice(BaseModel):
    """A supplier's advance ship notice: what it says is on the truck that `arrives_at_us`.

    With `more_to_follow` another notice will come for what the order lacks then.
    """

    asn: str
    purchase_order: str
    supplier: str
    site: str
    lines: list[Line]
    arrives_at_us: int
    more_to_follow: bool
    traceparent: str


class ShipNoticePage(BaseModel):
    """Ship notices as they came in; `next_cursor` is where to go on, `has_more` whether to do so at once."""

    items: list[ShipNotice]
    next_cursor: str
    has_more: bool


class GoodsReceipt(BaseModel):
    """A posted goods receipt, and what of its purchase order was outstanding after it."""

    goods_receipt: str
    purchase_order: str
    asn: str
    receipt: str
    site: str
    lines: list[Line]
    cost_minor: int
    outstanding: list[Line]


class GoodsReceipts(BaseModel):
    """Goods receipts of one receipt of the warehouse's, in the order of their posting."""

    items: list[GoodsReceipt]
    next_cursor: str | None


class StockAdjustment(BaseModel):
    """A posted adjustment; `cost_minor` has the sign of `quantity`."""

    stock_adjustment: str
    site: str
    sku: str
    quantity: int
    reason: AdjustmentReason
    reference: str
    cost_minor: int


class StockAdjustments(BaseModel):
    """Adjustments with one reference, in the order of their posting."""

    items: list[StockAdjustment]
    next_cursor: str | None


class OverLine(TypedDict):
    """A line of which more would have been received than its order allows, in eaches."""

    line: int
    sku: str
    received: Annotated[int, Field(description="with this receipt")]
    most: Annotated[int, Field(description="what its order allows")]


class Overage(BaseModel):
    """What the refusal of a goods receipt that brings too much tells besides."""

    over: Annotated[list[OverLine], Field(description="each line of which too much came")]
