"""The shop's operations, each declared once."""

from __future__ import annotations

from collections.abc import Mapping

from mock_systems.commerce import catalogue, catalogue_wire, orders, payments, stock, wire
from mock_systems.commerce.books import Books
from mock_systems.commerce.change_routes import CHANGES
from mock_systems.commerce.return_routes import return_routes
from mock_systems.kit.listing import ListQuery
from mock_systems.kit.routes import Route, RouteTable
from mock_systems.kit.wire import Request


def _order(request: Request, params: Mapping[str, str]) -> str | None:
    return params["order"]


_ORDERS = (
    Route(
        "placeOrder",
        "POST",
        "/orders",
        orders.place_order,
        "Take a basket as an order, or refuse it as sold out",
        {201: wire.Order, 200: wire.Order, 409: None},
        body=wire.PlaceOrder,
        scope="shopper",
    ),
    Route(
        "listOrders",
        "GET",
        "/orders",
        orders.list_orders,
        "List orders in the order of their latest change",
        {200: wire.OrderPage},
        query=ListQuery,
    ),
    Route("getOrder", "GET", "/orders/{order}", orders.get_order, "Show an order", {200: wire.Order}, order_of=_order),
    Route(
        "tellStatus",
        "POST",
        "/orders/{order}/status",
        orders.tell_status,
        "Tell how far an order is",
        {200: wire.Order},
        body=wire.TellStatus,
        order_of=_order,
        honours_key=True,
    ),
    Route(
        "addFulfilment",
        "POST",
        "/orders/{order}/fulfilments",
        orders.add_fulfilment,
        "Tell what has left, with its tracking number",
        {201: wire.Fulfilment},
        body=wire.AddFulfilment,
        order_of=_order,
        honours_key=True,
    ),
    Route(
        "listFulfilments",
        "GET",
        "/orders/{order}/fulfilments",
        orders.list_fulfilments,
        "List what has left",
        {200: wire.FulfilmentList},
        order_of=_order,
    ),
    Route(
        "cancelOrder",
        "POST",
        "/orders/{order}/cancellation",
        orders.cancel_order,
        "Cancel an order and void what is still authorised; may be repeated",
        {200: wire.Order},
        body=wire.Cancellation,
        order_of=_order,
    ),
)

_PAYMENTS = (
    Route(
        "capturePayment",
        "POST",
        "/orders/{order}/captures",
        payments.capture_payment,
        "Take money from an order's authorisation",
        {201: wire.Capture, 409: None},
        body=wire.CapturePayment,
        order_of=_order,
        honours_key=True,
    ),
    Route(
        "listCaptures",
        "GET",
        "/orders/{order}/captures",
        payments.list_captures,
        "List what was captured for an order",
        {200: wire.CaptureList},
        order_of=_order,
    ),
)

_STOCK = (
    Route(
        "publishStock",
        "POST",
        "/stock",
        stock.publish_stock,
        "Publish sellable quantities, absolute and versioned",
        {200: wire.PublishReply},
        body=wire.PublishStock,
    ),
    Route(
        "listStock",
        "GET",
        "/stock",
        stock.list_stock,
        "List published stock and what is available",
        {200: wire.StockPage},
        query=ListQuery,
    ),
)

_CATALOGUE = (
    Route(
        "listCatalogue",
        "GET",
        "/catalogue",
        catalogue.list_catalogue,
        "List the catalogue",
        {200: catalogue_wire.CataloguePage},
        query=ListQuery,
    ),
    Route(
        "getCatalogueItem",
        "GET",
        "/catalogue/{sku}",
        catalogue.get_item,
        "Show an item",
        {200: catalogue_wire.CatalogueItem},
    ),
    Route(
        "changeItem",
        "PUT",
        "/catalogue/{sku}",
        catalogue.change_item,
        "Show an item as told from now on, or list a new one; a late version changes nothing",
        {200: catalogue_wire.CatalogueStatus},
        body=catalogue_wire.CatalogueChange,
    ),
)


def commerce_routes(books: Books) -> RouteTable:
    """All operations; the books tell which order a return belongs to."""
    return RouteTable((*_ORDERS, *CHANGES, *_PAYMENTS, *return_routes(books), *_STOCK, *_CATALOGUE))
