"""What the shop's API takes and gives: the models of its published contract.

Requests are strict and refuse unknown fields. Lines are typed dictionaries, because the books and the facts keep
them just as they came. Money in minor units, quantities in eaches, times in microseconds UTC.
"""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from mock_systems.commerce.change_wire import ChangeRequest
from mock_systems.commerce.order_line import OrderLine
from mock_systems.kit.fields import STRICT, VERSION_MOST, Code, Currency, LineNumber, Minor, Name, Quantity, ShipTo

Level = Annotated[int, Field(ge=0, le=1_000_000_000_000, description="eaches")]
Version = Annotated[int, Field(ge=0, le=VERSION_MOST)]
Payment = Literal["card", "account"]
State = Literal["open", "cancelled"]
Status = Literal[
    "received",
    "on_hold",
    "accepted",
    "allocated",
    "released",
    "backordered",
    "partially_shipped",
    "shipped",
    "invoiced",
    "delivered",
    "rejected",
]


@with_config(STRICT)
class BasketLine(TypedDict):
    """An item, how many of it, and the price that the shopper saw, both in `uom`: EA eaches (the default), CS cases."""

    sku: Code
    quantity: Annotated[int, Field(ge=1, le=1_000_000_000, description="eaches or cases, see uom")]
    price_minor: Minor
    uom: NotRequired[Literal["EA", "CS"]]


@with_config(STRICT)
class Line(TypedDict):
    """A quantity of an item under the order's line number."""

    line: LineNumber
    sku: Code
    quantity: Quantity


@with_config(STRICT)
class PublishedItem(TypedDict):
    """The absolute quantity of an item that the shop may sell; only a higher version replaces it."""

    sku: Code
    quantity: Level
    version: Version


class PlaceOrder(BaseModel):
    """A basket. `reference` is the shopper's: the same one gets the same order."""

    model_config = STRICT

    reference: Code
    customer: Code | None = Field(description="the account; null for a guest")
    payment: Payment
    currency: Currency
    ship_to: ShipTo
    lines: Annotated[list[BasketLine], Field(min_length=1, max_length=1000)]
    substitutes: bool = Field(False, description="the shopper takes a substitute for what is sold out")


class ShopMoney(BaseModel):
    """An amount in the shop's own currency, at the shop's rate."""

    model_config = ConfigDict(extra="forbid")

    currency: str
    total_minor: int


class Order(BaseModel):
    """An order of the shop. `seq` counts accepted orders from 1; `updated_seq` grows with each change of any order.

    `currency` is what the shopper pays in, and so are prices, taxes and `total_minor`; `shop_money` is what the total
    is worth in the shop's own currency, left out where that is the same.
    `revision` counts edits, `requests` are what the shopper asked to have changed; both are left out before the first.
    """

    model_config = ConfigDict(extra="forbid")

    order: str
    seq: int
    reference: str
    customer: str | None
    payment: Payment
    currency: str
    ship_to: ShipTo
    lines: list[OrderLine]
    total_minor: int
    shop_money: ShopMoney | None = None
    state: State
    status: Status
    placed_at_us: int
    updated_at_us: int
    updated_seq: int
    traceparent: str = Field(description="W3C trace context, born when the shop accepted the order")
    substitutes: bool = False
    revision: int = 0
    requests: list[ChangeRequest] = []


class OrderPage(BaseModel):
    """Orders by latest change. `next_cursor` is always given; with `has_more` go on at once."""

    model_config = ConfigDict(extra="forbid")

    items: list[Order]
    next_cursor: str
    has_more: bool


class TellStatus(BaseModel):
    """A milestone. The shop shows whatever it was told last, whatever its version."""

    model_config = STRICT

    status: Status
    version: Version


class AddFulfilment(BaseModel):
    """What left, under the shipment's reference, with the carrier's tracking number."""

    model_config = STRICT

    reference: Code
    tracking: Code
    lines: Annotated[list[Line], Field(min_length=1, max_length=1000)]


class Fulfilment(BaseModel):
    """A fulfilment as the shop shows it to the shopper; `fulfilled_at_us` is when the shop was told."""

    model_config = ConfigDict(extra="forbid")

    fulfilment: str
    order: str
    fulfilled_at_us: int
    reference: str
    tracking: str
    lines: list[Line]


class FulfilmentList(BaseModel):
    """The fulfilments of an order."""

    model_config = ConfigDict(extra="forbid")

    items: list[Fulfilment]
    next_cursor: None


class Cancellation(BaseModel):
    """Why an order is cancelled."""

    model_config = STRICT

    reason: Name


class CapturePayment(BaseModel):
    """Take money from the authorisation; `reference` names the invoice and is free text to the shop."""

    model_config = STRICT

    amount_minor: Annotated[int, Field(ge=1, le=1_000_000_000_000)]
    reference: Code


class Capture(BaseModel):
    """Money taken."""

    model_config = ConfigDict(extra="forbid")

    capture: str
    amount_minor: int
    reference: str


class CaptureList(BaseModel):
    """The captures of an order."""

    model_config = ConfigDict(extra="forbid")

    items: list[Capture]
    next_cursor: None


class PublishStock(BaseModel):
    """Sellable quantities that reckon with every order up to the watermark (an order's `seq`)."""

    model_config = STRICT

    watermark: Version
    items: Annotated[list[PublishedItem], Field(max_length=500)]


class PublishedStatus(TypedDict):
    """What became of one published quantity."""

    sku: str
    status: Literal["ok", "stale", "unknown"]


class PublishReply(BaseModel):
    """What became of each, in the order of the request."""

    model_config = ConfigDict(extra="forbid")

    items: list[PublishedStatus]


class StockLevel(BaseModel):
    """Published stock: `available` is `quantity` less open orders with a `seq` above the watermark."""

    model_config = ConfigDict(extra="forbid")

    sku: str
    quantity: int
    available: int
    version: int
    watermark: int


class StockPage(BaseModel):
    """Published stock, by sku."""

    model_config = ConfigDict(extra="forbid")

    items: list[StockLevel]
    next_cursor: str | None
