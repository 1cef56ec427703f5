"""The WMS's operations about goods that come in, and about counts."""

from __future__ import annotations

from mock_systems.kit.listing import ListQuery
from mock_systems.kit.routes import Route
from mock_systems.wms import count_wire, inbound_wire, wire
from mock_systems.wms.counts import approve_count, get_count, list_counts, reject_count
from mock_systems.wms.inbound import announce_inbound, get_inbound, list_inbound
from mock_systems.wms.stock import list_movements


def supply_routes() -> list[Route]:
    """All of them; none is about an order of the channel's."""
    return [_movements(), *_inbound_orders(), *_counts(), *_decisions()]


def _movements() -> Route:
    return Route(
        operation="listMovements",
        method="GET",
        path="/stock-movements",
        handler=list_movements,
        summary="Moves of stock but shipments, in the order in which they were booked.",
        query=ListQuery,
        replies={200: wire.MovementPage},
        tags=("stock",),
    )


def _inbound_orders() -> list[Route]:
    return [
        Route(
            operation="announceInbound",
            method="POST",
            path="/inbound-orders",
            handler=announce_inbound,
            summary="Tell a site what a supplier's ship notice says is coming.",
            body=inbound_wire.NewInbound,
            replies={201: inbound_wire.Inbound},
            honours_key=True,
            tags=("inbound orders",),
        ),
        Route(
            operation="listInbound",
            method="GET",
            path="/inbound-orders",
            handler=list_inbound,
            summary="Inbound orders by their latest change, or those of one ship notice.",
            query=inbound_wire.InboundQuery,
            replies={200: inbound_wire.InboundPage},
            tags=("inbound orders",),
        ),
        Route(
            operation="getInbound",
            method="GET",
            path="/inbound-orders/{inbound_order}",
            handler=get_inbound,
            summary="One inbound order.",
            replies={200: inbound_wire.Inbound},
            tags=("inbound orders",),
        ),
    ]


def _counts() -> list[Route]:
    return [
        Route(
            operation="listCounts",
            method="GET",
            path="/counts",
            handler=list_counts,
            summary="Cycle counts by their latest change.",
            query=ListQuery,
            replies={200: count_wire.CountPage},
            tags=("counts",),
        ),
        Route(
            operation="getCount",
            method="GET",
            path="/counts/{count}",
            handler=get_count,
            summary="One cycle count.",
            replies={200: count_wire.Count},
            tags=("counts",),
        ),
    ]


def _decisions() -> list[Route]:
    return [
        Route(
            operation="approveCount",
            method="POST",
            path="/counts/{count}/approval",
            handler=approve_count,
            summary="Change the book by what a count found.",
            body=count_wire.CountApproval,
            replies={200: count_wire.Count, 409: None},
            tags=("counts",),
        ),
        Route(
            operation="rejectCount",
            method="POST",
            path="/counts/{count}/rejection",
            handler=reject_count,
            summary="Leave the book as it is, and have the item counted again.",
            body=count_wire.CountRejection,
            replies={200: count_wire.Count, 409: None},
            tags=("counts",),
        ),
    ]
