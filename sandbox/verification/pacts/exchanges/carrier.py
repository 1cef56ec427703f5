"""What the core asks of the carrier."""

from __future__ import annotations

from typing import Final

from sandbox.core.model.shipment import Label
from sandbox.core.systems.carrier import LABEL_STATES, CarrierApi
from sandbox.verification.pacts.exchanges.examples import NUMBER, SHIPMENT, SHIPMENT_REF, SITE
from sandbox.verification.pacts.exchanges.words import Exchange, OneOf, Refused, State, asks, problem

_ABOUT: Final = {"reference": SHIPMENT_REF, "order": NUMBER, "site": SITE}
_COLLECTS: Final = State("parcels are collected at a site", {"site": SITE})
_GIVES: Final = {"label": "LBL-000001", "tracking": "TRK-000001"}
_BOUGHT: Final = State("a label is bought", _ABOUT, _GIVES)
UNDER_WAY: Final = State("a parcel is under way", _ABOUT, _GIVES)
_LABEL: Final = {"label": "LBL-000001", "tracking": "TRK-000001", "state": OneOf(LABEL_STATES)}

EXCHANGES: Final = (
    Exchange(
        system="carrier",
        does="ask for the cheapest service",
        asked=asks(CarrierApi.cheapest_service, SHIPMENT, "GB"),
        state=_COLLECTS,
        method="POST",
        path="/rates",
        body={"from_site": SITE, "to_country": "GB", "weight_g": 650},
        answer={"rates": [{"service": "economy", "cost_minor": 450}]},
        comes_to="economy",
    ),
    Exchange(
        system="carrier",
        does="buy a label",
        asked=asks(CarrierApi.buy_label, NUMBER, SHIPMENT, "economy", "GB", blindly=False),
        state=_COLLECTS,
        method="POST",
        path="/labels",
        body={
            "reference": SHIPMENT_REF,
            "order": NUMBER,
            "service": "economy",
            "from_site": SITE,
            "to_country": "GB",
            "weight_g": 650,
        },
        status=201,
        answer=_LABEL,
        comes_to=Label("LBL-000001", "TRK-000001", "bought"),
    ),
    Exchange(
        system="carrier",
        does="find the labels of a shipment",
        asked=asks(CarrierApi.labels_for, SHIPMENT_REF),
        state=_BOUGHT,
        method="GET",
        path="/labels",
        query={"reference": SHIPMENT_REF},
        answer={"items": [_LABEL]},
        comes_to=[Label("LBL-000001", "TRK-000001", "bought")],
    ),
    Exchange(
        system="carrier",
        does="void a label",
        asked=asks(CarrierApi.void, "LBL-000001"),
        state=_BOUGHT,
        method="POST",
        path="/labels/{label}/void",
        answer={},
    ),
    Exchange(
        system="carrier",
        does="void a label whose parcel is under way",
        asked=asks(CarrierApi.void, "LBL-000001"),
        state=UNDER_WAY,
        method="POST",
        path="/labels/{label}/void",
        status=409,
        answer=problem(409, "already-used"),
        comes_to=Refused(409, "already-used"),
    ),
    Exchange(
        system="carrier",
        does="ask where a parcel is",
        asked=asks(CarrierApi.tracking_status, "TRK-000001"),
        state=UNDER_WAY,
        method="GET",
        path="/tracking/{tracking}",
        answer={"status": OneOf(("in_transit", "out_for_delivery", "delivered"))},
        comes_to="in_transit",
    ),
    Exchange(
        system="carrier",
        does="ask where a parcel is that was not scanned",
        asked=asks(CarrierApi.tracking_status, "TRK-000001"),
        state=_BOUGHT,
        method="GET",
        path="/tracking/{tracking}",
        answer={"status": None},
    ),
)
