"""What the ERP's API takes and gives about returns: goods returns, credit notes and refund postings.

Money in minor units, quantities in eaches.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, with_config
from typing_extensions import TypedDict

from mock_systems.erp.replies import InvoiceLine
from mock_systems.erp.wire import Line
from mock_systems.kit.fields import STRICT, Code, LineNumber, Minor, Quantity

Disposition = Literal["restock", "scrap"]


@with_config(STRICT)
class ReturnedLine(TypedDict):
    """Eaches of a line that came back, and what the warehouse did with them."""

    line: LineNumber
    sku: Code
    quantity: Quantity
    disposition: Disposition


class NewGoodsReturn(BaseModel):
    """Body of postGoodsReturn: what came back to `site` under the channel's `return`."""

    model_config = STRICT
    sales_order: Code
    return_: Code = Field(alias="return")
    site: Code
    lines: Annotated[list[ReturnedLine], Field(min_length=1, max_length=1000)]


class NewCreditNote(BaseModel):
    """Body of postCreditNote: what is given back of invoiced lines, for the channel's `return`."""

    model_config = STRICT
    sales_order: Code
    return_: Code = Field(alias="return")
    lines: Annotated[list[Line], Field(min_length=1, max_length=1000)]


class NewRefundPosting(BaseModel):
    """Body of postRefund; `reference` is the channel's refund."""

    model_config = STRICT
    credit_note: Code
    amount_minor: Minor
    reference: Code


class ByReturn(BaseModel):
    """Query of findGoodsReturns and findCreditNotes."""

    model_config = STRICT
    return_: Code = Field(alias="return")


class GoodsReturn(BaseModel):
    """A goods return; `cost_minor` is that of all lines, `scrapped_minor` the part of it that is written off."""

    goods_return: str
    sales_order: str
    return_: str = Field(alias="return")
    site: str
    lines: list[ReturnedLine]
    cost_minor: int
    scrapped_minor: int


class GoodsReturns(BaseModel):
    """Goods returns of one return, in the order of their posting."""

    items: list[GoodsReturn]
    next_cursor: str | None


class CreditNote(BaseModel):
    """A posted credit note. `net_minor` and `tax_minor` make `total_minor`."""

    credit_note: str
    sales_order: str
    return_: str = Field(alias="return")
    currency: str
    lines: list[InvoiceLine]
    net_minor: int
    tax_minor: int
    total_minor: int


class CreditNotes(BaseModel):
    """Credit notes of one return, in the order of their posting."""

    items: list[CreditNote]
    next_cursor: str | None


class RefundPosting(BaseModel):
    """Money that the bank gave back for a credit note."""

    refund_posting: str
    credit_note: str
    amount_minor: int
    reference: str


class RefundPostings(BaseModel):
    """Refund postings with one reference, in the order of their posting."""

    items: list[RefundPosting]
    next_cursor: str | None
