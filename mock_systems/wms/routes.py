"""The WMS's route table: every operation of its published contract."""

from __future__ import annotations

from collections.abc import Mapping

from mock_systems.kit.listing import ListQuery
from mock_systems.kit.routes import Route
from mock_systems.kit.wire import Request
from mock_systems.wms import wire
from mock_systems.wms.books import WmsBooks
from mock_systems.wms.outbound import attach_label, cancel_outbound, get_outbound, list_outbound, release_outbound
from mock_systems.wms.reservations import find_reservations, get_reservation, release_reservation, reserve
from mock_systems.wms.return_routes import return_routes
from mock_systems.wms.stock import list_stock
from mock_systems.wms.supply_routes import supply_routes


def wms_routes(books: WmsBooks) -> list[Route]:
    """All operations; the books tell which business order a document belongs to."""
    orders = _OrderOf(books)
    return [
        _stock(),
        *_reservations(orders),
        *_outbound_orders(orders),
        *_outbound_changes(orders),
        *supply_routes(),
        *return_routes(books, orders.named),
    ]


class _OrderOf:
    """Which of the channel's orders a request is about; None for what the books don't know."""

    def __init__(self, books: WmsBooks) -> None:
        self._books = books

    def named(self, request: Request, params: Mapping[str, str]) -> str | None:
        """By the body's order: asked before validation, so the body may be any JSON value."""
        order = request.body.get("order") if isinstance(request.body, dict) else None
        return order if isinstance(order, str) else None

    def reservation(self, request: Request, params: Mapping[str, str]) -> str | None:
        """By the reservation in the path."""
        found = self._books.reservations.get(params["reservation"])
        return found.order if found is not None else None

    def reserved_as(self, request: Request, params: Mapping[str, str]) -> str | None:
        """By the reservation's reference in the query."""
        found = self._books.reservations_by_reference.get(request.query.get("reference", ""))
        return found[0].order if found else None

    def outbound(self, request: Request, params: Mapping[str, str]) -> str | None:
        """By the outbound order in the path."""
        found = self._books.outbound_orders.get(params["outbound_order"])
        return found.order if found is not None else None

    def released_as(self, request: Request, params: Mapping[str, str]) -> str | None:
        """By the outbound order's reference in the query."""
        found = self._books.outbound_by_reference.get(request.query.get("reference", ""))
        return found[0].order if found else None


def _stock() -> Route:
    return Route(
        operation="listStock",
        method="GET",
        path="/stock",
        handler=list_stock,
        summary="Stock on hand and reserved as it is now, by site and item.",
        query=ListQuery,
        replies={200: wire.StockPage},
        tags=("stock",),
    )


def _reservations(orders: _OrderOf) -> list[Route]:
    return [
        Route(
            operation="reserve",
            method="POST",
            path="/reservations",
            handler=reserve,
            summary="Keep stock of one site for an order: all of it or none.",
            body=wire.NewReservation,
            replies={201: wire.Reservation, 409: None},
            order_of=orders.named,
            honours_key=True,
            tags=("reservations",),
        ),
        Route(
            operation="findReservations",
            method="GET",
            path="/reservations",
            handler=find_reservations,
            summary="Reservations with one reference.",
            query=wire.ByReference,
            replies={200: wire.Reservations},
            order_of=orders.reserved_as,
            tags=("reservations",),
        ),
        Route(
            operation="getReservation",
            method="GET",
            path="/reservations/{reservation}",
            handler=get_reservation,
            summary="One reservation.",
            replies={200: wire.Reservation},
            order_of=orders.reservation,
            tags=("reservations",),
        ),
        Route(
            operation="releaseReservation",
            method="POST",
            path="/reservations/{reservation}/release",
            handler=release_reservation,
            summary="Give reserved stock free; refused once an outbound order holds it.",
            body=wire.Reason,
            replies={200: wire.Reservation, 409: None},
            order_of=orders.reservation,
            tags=("reservations",),
        ),
    ]


def _outbound_orders(orders: _OrderOf) -> list[Route]:
    return [
        Route(
            operation="releaseOutbound",
            method="POST",
            path="/outbound-orders",
            handler=release_outbound,
            summary="Hand a reservation to the floor, which takes it with the next wave.",
            body=wire.NewOutbound,
            replies={201: wire.Outbound, 409: None},
            order_of=orders.named,
            honours_key=True,
            tags=("outbound orders",),
        ),
        Route(
            operation="listOutbound",
            method="GET",
            path="/outbound-orders",
            handler=list_outbound,
            summary="Outbound orders by their latest change, or those with one reference.",
            query=wire.OutboundQuery,
            replies={200: wire.OutboundPage},
            order_of=orders.released_as,
            tags=("outbound orders",),
        ),
        Route(
            operation="getOutbound",
            method="GET",
            path="/outbound-orders/{outbound_order}",
            handler=get_outbound,
            summary="One outbound order.",
            replies={200: wire.Outbound},
            order_of=orders.outbound,
            tags=("outbound orders",),
        ),
    ]


def _outbound_changes(orders: _OrderOf) -> list[Route]:
    return [
        Route(
            operation="cancelOutbound",
            method="POST",
            path="/outbound-orders/{outbound_order}/cancellation",
            handler=cancel_outbound,
            summary="Take an outbound order back; refused once its wave was released.",
            body=wire.Reason,
            replies={200: wire.Outbound, 409: None},
            order_of=orders.outbound,
            tags=("outbound orders",),
        ),
        Route(
            operation="attachLabel",
            method="POST",
            path="/outbound-orders/{outbound_order}/label",
            handler=attach_label,
            summary="Stick a carrier's label on the packed parcel.",
            body=wire.LabelToAttach,
            replies={200: wire.Outbound, 409: None},
            order_of=orders.outbound,
            tags=("outbound orders",),
        ),
    ]
