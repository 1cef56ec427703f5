"""What the shop's API takes and gives about returns and refunds: part of the shop's contract."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from mock_systems.kit.fields import STRICT, VERSION_MOST, Code, LineNumber, Name, Quantity

ReturnStatus = Literal["requested", "received", "credited", "refused", "expired"]


@with_config(STRICT)
class AskedLine(TypedDict):
    """How many eaches of an order's line the shopper wants to give back."""

    line: LineNumber
    quantity: Quantity


class ReturnLine(TypedDict):
    """Eaches of a line that are to come back out of one shipment."""

    line: int
    sku: str
    quantity: int
    shipment: str


class AskReturn(BaseModel):
    """Body of requestReturn. `reference` is the shopper's: the same one gets the same return."""

    model_config = STRICT

    reference: Code
    lines: Annotated[list[AskedLine], Field(min_length=1, max_length=1000)]
    reason: Name


class Return(BaseModel):
    """A return that the shop has authorised. `status` is what it was told last, `updated_seq` grows with each change.

    A line stands there once for each shipment that it came with.
    """

    model_config = ConfigDict(extra="forbid")

    rma: str
    order: str
    reference: str
    reason: str
    lines: list[ReturnLine]
    status: ReturnStatus
    requested_at_us: int
    updated_at_us: int
    updated_seq: int
    traceparent: str


class ReturnPage(BaseModel):
    """Returns by latest change. `next_cursor` is always given; with `has_more` go on at once."""

    model_config = ConfigDict(extra="forbid")

    items: list[Return]
    next_cursor: str
    has_more: bool


class TellReturn(BaseModel):
    """How far a return is. The shop shows whatever it was told last, whatever its version."""

    model_config = STRICT

    status: Literal["received", "credited", "refused", "expired"]
    version: Annotated[int, Field(ge=0, le=VERSION_MOST)]


class AskRefund(BaseModel):
    """Body of refundPayment: give captured money back; `reference` names the credit note, free text to the shop."""

    model_config = STRICT

    amount_minor: Annotated[int, Field(ge=1, le=1_000_000_000_000)]
    reference: Code


class Refund(BaseModel):
    """Money given back, in the order's currency."""

    model_config = ConfigDict(extra="forbid")

    refund: str
    order: str
    amount_minor: int
    currency: str
    reference: str


class RefundList(BaseModel):
    """The refunds of an order."""

    model_config = ConfigDict(extra="forbid")

    items: list[Refund]
    next_cursor: None
