"""What the ERP's API takes: the request models of its published contract.

Requests are strict and refuse unknown fields. Lines are typed dictionaries, because the books and the facts keep
them just as they came. Money in minor units, quantities in eaches, times in microseconds UTC.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

_STRICT = ConfigDict(strict=True, extra="forbid")

Name = Annotated[str, Field(min_length=1, max_length=200)]
Code = Annotated[str, Field(min_length=1, max_length=64)]
Country = Annotated[str, Field(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2")]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217")]
LineNumber = Annotated[int, Field(ge=1, le=1_000_000)]
Quantity = Annotated[int, Field(ge=1, le=1_000_000_000, description="eaches")]
Minor = Annotated[int, Field(ge=0, le=1_000_000_000_000, description="minor units of the currency")]


@with_config(_STRICT)
class ShipTo(TypedDict):
    """Where the goods go."""

    name: Name
    country: Country
    postcode: Annotated[str, Field(max_length=16)]


@with_config(_STRICT)
class QuoteLine(TypedDict):
    """An item and how many of it."""

    sku: Code
    quantity: Quantity


@with_config(_STRICT)
class Line(TypedDict):
    """A quantity of an item under the channel's line number."""

    line: LineNumber
    sku: Code
    quantity: Quantity


@with_config(_STRICT)
class PricedLine(TypedDict):
    """A line with the price of one each."""

    line: LineNumber
    sku: Code
    quantity: Quantity
    price_minor: Minor


class AskPrices(BaseModel):
    """Body of quotePrices; `customer` null asks for list prices."""

    model_config = _STRICT
    customer: Code | None
    lines: Annotated[list[QuoteLine], Field(min_length=1, max_length=1000)]


class NewSalesOrder(BaseModel):
    """Body of createSalesOrder; `customer` null books on the cash customer."""

    model_config = _STRICT
    external_ref: Code
    customer: Code | None
    currency: Currency
    ship_to: ShipTo
    lines: Annotated[list[PricedLine], Field(min_length=1, max_length=1000)]


class Cancellation(BaseModel):
    """Body of cancelSalesOrder."""

    model_config = _STRICT
    reason: Name


class NewGoodsIssue(BaseModel):
    """Body of postGoodsIssue: what left `site` under the warehouse's `shipment`."""

    model_config = _STRICT
    sales_order: Code
    site: Code
    shipment: Code
    lines: Annotated[list[Line], Field(min_length=1, max_length=1000)]


class NewInvoice(BaseModel):
    """Body of postInvoice: what is billed of `shipment`."""

    model_config = _STRICT
    sales_order: Code
    shipment: Code
    lines: Annotated[list[Line], Field(min_length=1, max_length=1000)]


class NewPayment(BaseModel):
    """Body of postPayment; `reference` is the channel's capture."""

    model_config = _STRICT
    invoice: Code
    amount_minor: Minor
    reference: Code


class ByExternalRef(BaseModel):
    """Query of findSalesOrders."""

    model_config = _STRICT
    external_ref: Code


class ByShipment(BaseModel):
    """Query of findGoodsIssues and findInvoices."""

    model_config = _STRICT
    shipment: Code


class ByReference(BaseModel):
    """Query of findPayments."""

    model_config = _STRICT
    reference: Code
