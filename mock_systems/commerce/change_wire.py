"""What shoppers ask to have changed in an order, and what the integration answers: part of the shop's contract."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from mock_systems.commerce.order_line import OrderLine
from mock_systems.kit.fields import STRICT, Code, LineNumber, Name, Quantity, ShipTo

RequestKind = Literal["cancellation", "edit"]
RequestState = Literal["open", "granted", "refused"]


@with_config(STRICT)
class EditLine(TypedDict):
    """How many of a line are still wanted, in the line's own unit: less than before, 0 to remove it."""

    line: LineNumber
    quantity: Annotated[int, Field(ge=0, le=1_000_000_000, description="eaches or cases, as ordered")]


class AskCancellation(BaseModel):
    """Body of requestCancellation."""

    model_config = STRICT

    reason: Name


class AskEdit(BaseModel):
    """Body of requestEdit: the lines that change, and a new address; at least one of them."""

    model_config = STRICT

    lines: Annotated[list[EditLine], Field(max_length=1000)] = []
    ship_to: ShipTo | None = None


class Refused(BaseModel):
    """Why a request can't be granted."""

    model_config = STRICT

    reason: Name


class Substitution(BaseModel):
    """Body of substituteItem: `quantity` eaches of `line` are served with the item `substitute`, at the same price."""

    model_config = STRICT

    line: LineNumber
    quantity: Quantity
    substitute: Code


class ChangeRequest(BaseModel):
    """What a shopper asked for, and how it stands. For an edit: all lines as they would be, and the address.

    `revision` is the order's revision once the edit is accepted; `reason` is the shopper's for a cancellation,
    and of a refused request why it was refused.
    """

    model_config = ConfigDict(extra="forbid")

    request: str
    kind: RequestKind
    order: str
    state: RequestState
    reason: str | None
    requested_at_us: int
    lines: list[OrderLine] | None
    total_minor: int | None
    ship_to: ShipTo | None
    revision: int | None
    traceparent: str
