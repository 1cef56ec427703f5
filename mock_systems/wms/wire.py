"""What the WMS's API takes and gives: the models of its published contract.

Requests are strict and refuse unknown fields. Lines are typed dictionaries, because the books and the facts keep
them just as they came. Quantities in eaches, weights in grams, times in microseconds UTC.
"""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from pydantic import BaseModel, Field, with_config
from typing_extensions import TypedDict

from mock_systems.kit.fields import STRICT, Code, LineNumber, Name, Quantity, ShipTo
from mock_systems.kit.listing import ListQuery

TraceParent = Annotated[str, Field(pattern="^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$", description="W3C")]
ReservationState = Literal["open", "released", "consumed"]
OutboundState = Literal["received", "waved", "picked", "packed", "labelled", "shipped", "cancelled"]
ShortReason = Literal["not-found", "damaged"]
MoveReason = Literal["ship", "adjust", "receipt", "return", "count"]


@with_config(STRICT)
class Line(TypedDict):
    """A quantity of an item under the channel's line number."""

    line: LineNumber
    sku: Code
    quantity: Quantity


Lines = Annotated[list[Line], Field(min_length=1, max_length=1000)]


class NewReservation(BaseModel):
    """Body of reserve: `reference` is the caller's name for it, `order` the channel's order number."""

    model_config = STRICT
    reference: Code
    order: Code
    site: Code
    lines: Lines


class NewOutbound(BaseModel):
    """Body of releaseOutbound: ship what `reservation` holds. `traceparent` stays with the order to the end."""

    model_config = STRICT
    reservation: Code
    reference: Code
    order: Code
    ship_to: ShipTo
    traceparent: TraceParent | None = None


class Reason(BaseModel):
    """Body of releaseReservation and cancelOutbound."""

    model_config = STRICT
    reason: Name


class LabelToAttach(BaseModel):
    """Body of attachLabel: what the packer sticks on the parcel."""

    model_config = STRICT
    label: Code
    tracking: Code


class ByReference(BaseModel):
    """Query of findReservations."""

    model_config = STRICT
    reference: Code


class OutboundQuery(ListQuery):
    """Query of listOutbound: a page of all by their latest change, or those with one reference."""

    reference: Code | None = None


class StockRow(BaseModel):
    """One item at one site; `sequence` is that of its latest stock.moved, 0 before the first.

    `blocked` is what a count missed: nobody may reserve it while the count is undecided.
    """

    site: str
    sku: str
    on_hand: int
    reserved: int
    blocked: int
    sequence: int


class StockPage(BaseModel):
    """A page of stock as it is now, by site and sku."""

    items: list[StockRow]
    next_cursor: str | None


class Reservation(BaseModel):
    """Stock that is kept for an order."""

    reservation: str
    reference: str
    order: str
    site: str
    lines: list[Line]
    state: ReservationState


class Reservations(BaseModel):
    """Reservations with one reference, oldest first."""

    items: list[Reservation]
    next_cursor: str | None


class Outbound(BaseModel):
    """An order to the floor; `weight_g` is known once it is packed.

    `lines` are what it ships: after a short pick what was found. `short` is the rest, and `short_reason` why.
    """

    outbound_order: str
    reservation: str
    reference: str
    order: str
    site: str
    lines: list[Line]
    short: list[Line]
    short_reason: ShortReason | None
    state: OutboundState
    weight_g: int | None
    label: str | None
    tracking: str | None
    updated_at_us: int
    traceparent: str | None


class OutboundPage(BaseModel):
    """Outbound orders by their latest change; `next_cursor` is where to go on, `has_more` whether to do so at once."""

    items: list[Outbound]
    next_cursor: str | None
    has_more: bool


class StockMove(TypedDict):
    """One movement; `sequence` counts the moves of this site and sku from 1, the balances hold after it.

    `from_reserved` is told where the goods were reserved and leave the reservation with the move: a short pick.
    `from_blocked` likewise where a count had blocked them.
    """

    site: str
    sku: str
    quantity: int
    reason: MoveReason
    sequence: int
    on_hand: int
    reserved: int
    reference: str
    from_reserved: NotRequired[int]
    from_blocked: NotRequired[int]


class Movement(StockMove):
    """A movement as it is listed; `movement` names it."""

    movement: str


class MovementPage(BaseModel):
    """Moves but shipments, as booked; `next_cursor` is where to go on, `has_more` whether to do so at once."""

    items: list[Movement]
    next_cursor: str
    has_more: bool


class StockMoves(BaseModel):
    """Data of the webhook stock.moved: the moves of one shipment, adjustment, receipt or count."""

    moves: list[StockMove]


class ShortItem(TypedDict):
    """An item of which a site has less than it is asked for, in eaches."""

    sku: str
    requested: int
    available: Annotated[int, Field(ge=0)]


class Shortage(BaseModel):
    """What the refusal of a reservation for want of stock tells besides."""

    short: Annotated[list[ShortItem], Field(description="each item of which there is too little")]


class StateNow(BaseModel):
    """What the refusal to take an outbound order back tells besides."""

    state: Annotated[OutboundState, Field(description="the outbound order's state now")]
