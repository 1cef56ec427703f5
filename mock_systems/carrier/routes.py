"""The carrier's route table: every operation of its published contract. None of them honours an idempotency key."""

from __future__ import annotations

from collections.abc import Mapping

from mock_systems.carrier import wire
from mock_systems.carrier.books import CarrierBooks
from mock_systems.carrier.labels import buy_label, find_labels, get_label, void_label
from mock_systems.carrier.rates import rate_shipment
from mock_systems.carrier.tracking import get_tracking
from mock_systems.kit.routes import Route
from mock_systems.kit.wire import Request


def carrier_routes(books: CarrierBooks) -> list[Route]:
    """All operations; the books tell which business order a label was bought for."""
    orders = _OrderOf(books)
    return [*_purchase(orders), *_labels(orders), _tracking(orders)]


class _OrderOf:
    """Which of the channel's orders a request is about, as far as the buyer of the label said it."""

    def __init__(self, books: CarrierBooks) -> None:
        self._books = books

    def named(self, request: Request, params: Mapping[str, str]) -> str | None:
        """By the body's order: asked before validation, so the body may be any JSON value."""
        order = request.body.get("order") if isinstance(request.body, dict) else None
        return order if isinstance(order, str) else None

    def asked(self, request: Request, params: Mapping[str, str]) -> str | None:
        """By the reference in the query."""
        found = self._books.by_reference.get(request.query.get("reference", ""))
        return found[0].order if found else None

    def label(self, request: Request, params: Mapping[str, str]) -> str | None:
        """By the label in the path."""
        found = self._books.labels.get(params["label"])
        return found.order if found is not None else None

    def parcel(self, request: Request, params: Mapping[str, str]) -> str | None:
        """By the tracking number in the path."""
        found = self._books.by_tracking.get(params["tracking"])
        return found.order if found is not None else None


def _purchase(orders: _OrderOf) -> list[Route]:
    return [
        Route(
            operation="rateShipment",
            method="POST",
            path="/rates",
            handler=rate_shipment,
            summary="What each service costs for a parcel.",
            body=wire.AskRates,
            replies={200: wire.Rates},
            tags=("rates",),
        ),
        Route(
            operation="buyLabel",
            method="POST",
            path="/labels",
            handler=buy_label,
            summary="Buy a label. Not idempotent: each call sells and charges another one.",
            body=wire.NewLabel,
            replies={201: wire.Label},
            order_of=orders.named,
            tags=("labels",),
        ),
    ]


def _labels(orders: _OrderOf) -> list[Route]:
    return [
        Route(
            operation="findLabels",
            method="GET",
            path="/labels",
            handler=find_labels,
            summary="Labels bought under one reference.",
            query=wire.ByReference,
            replies={200: wire.Labels},
            order_of=orders.asked,
            tags=("labels",),
        ),
        Route(
            operation="getLabel",
            method="GET",
            path="/labels/{label}",
            handler=get_label,
            summary="One label.",
            replies={200: wire.Label},
            order_of=orders.label,
            tags=("labels",),
        ),
        Route(
            operation="voidLabel",
            method="POST",
            path="/labels/{label}/void",
            handler=void_label,
            summary="Take a label back; refused after its parcel's first scan.",
            replies={200: wire.Label, 409: None},
            order_of=orders.label,
            tags=("labels",),
        ),
    ]


def _tracking(orders: _OrderOf) -> Route:
    return Route(
        operation="getTracking",
        method="GET",
        path="/tracking/{tracking}",
        handler=get_tracking,
        summary="The scans of a parcel.",
        replies={200: wire.Tracking},
        order_of=orders.parcel,
        tags=("tracking",),
    )
