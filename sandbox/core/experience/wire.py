"""What the core's own API answers: the bodies of its published contract. Times are microseconds since 1970, UTC."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

AtUs = Annotated[int, Field(description="microseconds since 1970, UTC")]


class Received(BaseModel):
    """A webhook whose effect is safe."""

    received: str = Field(description="system/webhook-id")


class TakenOrder(BaseModel):
    """An order as the core took it in. A line is `[line, sku, quantity, price_minor, uom, pack, tax_minor]`, the last
    three left out where it is sold by the each and has no tax.
    """

    model_config = ConfigDict(extra="allow")

    order: str
    seq: int = Field(description="its place in the channel's sequence")
    customer: str | None
    payment: str
    currency: str
    ship_to: dict[str, Any]
    lines: list[list[Any]]
    total_minor: int
    traceparent: str | None
    substitutes: bool
    revision: int


class OrderProgress(BaseModel):
    """How far the core has brought an order; more may stand there."""

    model_config = ConfigDict(extra="allow")

    accepted_at_us: AtUs
    sales_order: str | None = Field(description="the ERP's number")
    erp_status: str | None
    shipments: list[dict[str, Any]]
    milestone: str | None = Field(description="what the channel was told last, or is being told")
    exception: str | None = Field(description="the open exception that it waits for")
    outcome: str | None = Field(description="what it came to; null while it is under way")


class OrderStatus(BaseModel):
    """An order, and how far it is."""

    order: TakenOrder
    done: bool
    progress: OrderProgress


class RaisedException(BaseModel):
    """Something that the core could not solve by itself."""

    model_config = ConfigDict(extra="allow")

    exception: str
    subject: str = Field(description="what it is about: an order, mostly")
    cause: str
    message: str
    order: str = Field(description="empty where it concerns none")
    opened_at_us: AtUs
    closed_at_us: AtUs | None
    resolution: str | None
    state: Literal["open", "closed"]


class ExceptionPage(BaseModel):
    """Exceptions in the order of their ids."""

    items: list[RaisedException]
    next_cursor: str | None


class ExceptionReplayed(BaseModel):
    """The order that is looked at again."""

    exception: str
    replayed: str


class DeadLetter(BaseModel):
    """A message that could not be read."""

    model_config = ConfigDict(extra="allow")

    letter: str
    source: str
    message_id: str
    message: Any
    cause: str
    at_us: AtUs
    last_at_us: AtUs
    failures: int = Field(ge=1)
    state: str


class DeadLetterList(BaseModel):
    """Dead letters, the oldest first."""

    items: list[DeadLetter]


class DeadLetterReplayed(BaseModel):
    """The message that was read at last."""

    letter: str
    replayed: str
