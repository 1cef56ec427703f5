"""What the ERP's API takes: the request models of its published contract.

Requests are strict and refuse unknown fields. Lines are typed dictionaries, because the books and the facts keep
them just as they came. Money in minor units, quantities in eaches, times in microseconds UTC.
"""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from pydantic import BaseModel, Field, with_config
from typing_extensions import TypedDict

from mock_systems.kit.fields import STRICT, Code, Currency, LineNumber, Minor, Name, Quantity, ShipTo

# X12's codes, not the shop's: EA eaches (the default), CA cases of `pack` eaches.
Unit = Literal["EA", "CA"]
Pack = Annotated[int, Field(ge=2, le=1_000_000, description="eaches in a case; given with CA")]


@with_config(STRICT)
class QuoteLine(TypedDict):
    """An item and how many of it, in `unit`."""

    sku: Code
    quantity: Quantity
    unit: NotRequired[Unit]
    pack: NotRequired[Pack]


@with_config(STRICT)
class Line(TypedDict):
    """A quantity of an item under the channel's line number."""

    line: LineNumber
    sku: Code
    quantity: Quantity


@with_config(STRICT)
class PricedLine(TypedDict):
    """A line with the price of one `unit`. `tax_minor` is the tax of the whole line, left out where there is none."""

    line: LineNumber
    sku: Code
    quantity: Annotated[int, Field(ge=1, le=1_000_000_000, description="how many of the unit")]
    price_minor: Minor
    unit: NotRequired[Unit]
    pack: NotRequired[Pack]
    tax_minor: NotRequired[Minor]


class AskPrices(BaseModel):
    """Body of quotePrices; `customer` null asks for list prices, no `currency` for those in the base currency."""

    model_config = STRICT
    customer: Code | None
    currency: Currency | None = None
    lines: Annotated[list[QuoteLine], Field(min_length=1, max_length=1000)]


class NewSalesOrder(BaseModel):
    """Body of createSalesOrder; `customer` null books on the cash customer."""

    model_config = STRICT
    external_ref: Code
    customer: Code | None
    currency: Currency
    ship_to: ShipTo
    lines: Annotated[list[PricedLine], Field(min_length=1, max_length=1000)]


class ChangedSalesOrder(BaseModel):
    """Body of changeSalesOrder: the order as it is from now on. `revision` is the channel's, higher each time."""

    model_config = STRICT
    revision: Annotated[int, Field(ge=1, le=1_000_000_000)]
    ship_to: ShipTo
    lines: Annotated[list[PricedLine], Field(min_length=1, max_length=1000)]


class Cancellation(BaseModel):
    """Body of cancelSalesOrder."""

    model_config = STRICT
    reason: Name


class NewGoodsIssue(BaseModel):
    """Body of postGoodsIssue: what left `site` under the warehouse's `shipment`."""

    model_config = STRICT
    sales_order: Code
    site: Code
    shipment: Code
    lines: Annotated[list[Line], Field(min_length=1, max_length=1000)]


class NewInvoice(BaseModel):
    """Body of postInvoice: what is billed of `shipment`."""

    model_config = STRICT
    sales_order: Code
    shipment: Code
    lines: Annotated[list[Line], Field(min_length=1, max_length=1000)]


class NewPayment(BaseModel):
    """Body of postPayment; `reference` is the channel's capture."""

    model_config = STRICT
    invoice: Code
    amount_minor: Minor
    reference: Code


class ByExternalRef(BaseModel):
    """Query of findSalesOrders."""

    model_config = STRICT
    external_ref: Code


class ByShipment(BaseModel):
    """Query of findGoodsIssues and findInvoices."""

    model_config = STRICT
    shipment: Code


class ByReference(BaseModel):
    """Query of findPayments."""

    model_config = STRICT
    reference: Code
