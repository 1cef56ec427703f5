"""What the core tells on its bus: the type and version of each event, and its data. Part of its published contract."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

_STRICT: Final = ConfigDict(extra="forbid", strict=True)


class ShippedLine(BaseModel):
    """So many eaches of a line."""

    model_config = _STRICT

    line: int
    sku: str
    quantity: int = Field(ge=1, description="eaches")


class OrderMilestone(BaseModel):
    """An order has reached a milestone; `version` grows by one with each, so that a late one is known as late."""

    model_config = _STRICT

    order: str = Field(description="the channel's number")
    status: str
    version: int = Field(ge=1)


class ShipmentDispatched(BaseModel):
    """A shipment has left a site."""

    model_config = _STRICT

    order: str = Field(description="the channel's number")
    reference: str
    site: str
    tracking: str | None
    lines: list[ShippedLine]


class ChangeRefused(BaseModel):
    """What a customer asked for cannot be done."""

    model_config = _STRICT

    order: str = Field(description="the channel's number")
    kind: Literal["cancellation", "edit"]
    request: str
    reason: str


class EventType(NamedTuple):
    """The version of an event's schema, and the model of its data."""

    version: str
    data: type[BaseModel]


EVENT_TYPES: Final = {
    "order.milestone": EventType("1.0.0", OrderMilestone),
    "shipment.dispatched": EventType("1.0.0", ShipmentDispatched),
    "change.refused": EventType("1.0.0", ChangeRefused),
}


def data_schema_of(type_: str) -> str | None:
    """The `dataschema` of a CloudEvent of this type; None for one that is not published."""
    known = EVENT_TYPES.get(type_)
    return None if known is None else f"{schema_id('core', type_, known.version)}#/properties/data"


def schema_id(source: str, type_: str, version: str) -> str:
    """The `$id` of the published schema of an event."""
    return f"urn:sandbox:event:{source}:{type_}:{version}"
