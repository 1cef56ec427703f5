"""What the carrier's API takes and gives: the models of its published contract.

Requests are strict and refuse unknown fields. Money in minor units, weights in grams, times in microseconds UTC.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from mock_systems.kit.fields import STRICT, Code, Country

Grams = Annotated[int, Field(ge=1, le=1_000_000_000)]
Service = Literal["economy", "express"]
LabelState = Literal["bought", "voided", "used"]
ScanStatus = Literal["in_transit", "out_for_delivery", "delivered"]


class AskRates(BaseModel):
    """Body of rateShipment."""

    model_config = STRICT
    from_site: Code
    to_country: Country
    weight_g: Grams


class NewLabel(BaseModel):
    """Body of buyLabel. `reference` is free text to the carrier: it finds labels by it and refuses none for it."""

    model_config = STRICT
    reference: Code
    order: Code | None = None
    service: Service
    from_site: Code
    to_country: Country
    weight_g: Grams


class ByReference(BaseModel):
    """Query of findLabels."""

    model_config = STRICT
    reference: Code


class Rate(BaseModel):
    """What a service costs, and in how many days it promises to deliver."""

    service: Service
    cost_minor: int
    days: int


class Rates(BaseModel):
    """The services to a country for a weight."""

    rates: list[Rate]


class Label(BaseModel):
    """A label, paid when it was bought; `used` from the first scan on."""

    label: str
    tracking: str
    reference: str
    service: Service
    cost_minor: int
    state: LabelState


class Labels(BaseModel):
    """Labels with one reference, oldest first, voided ones included."""

    items: list[Label]
    next_cursor: str | None


class Scan(BaseModel):
    """One scan; `sequence` counts those of its parcel from 1."""

    status: ScanStatus
    at_us: int
    sequence: int


class Tracking(BaseModel):
    """Where a parcel is: its scans, oldest first; `status` null before the first."""

    tracking: str
    status: ScanStatus | None
    events: list[Scan]


class TrackingUpdate(BaseModel):
    """Data of the webhook tracking.updated."""

    tracking: str
    reference: str
    order: str | None
    status: ScanStatus
    sequence: int
    at_us: int
