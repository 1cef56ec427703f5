"""The desk's operations, each declared once."""

from __future__ import annotations

from collections.abc import Mapping

from mock_systems.desk import tickets, wire
from mock_systems.desk.books import Books
from mock_systems.kit.routes import OrderOf, Route, RouteTable
from mock_systems.kit.wire import Request


def desk_routes(books: Books) -> RouteTable:
    """The route table; closing a ticket is about the order that the ticket names."""
    ticket_order = _ticket_order(books)
    return RouteTable(
        (
            Route(
                "openException",
                "PUT",
                "/exceptions/{exception}",
                tickets.open_exception,
                "Open a ticket under the caller's id; may be repeated",
                {201: wire.ExceptionTicket, 200: wire.ExceptionTicket},
                body=wire.OpenException,
                order_of=_order_in_body,
            ),
            Route(
                "getException",
                "GET",
                "/exceptions/{exception}",
                tickets.get_exception,
                "Show a ticket",
                {200: wire.ExceptionTicket},
                order_of=ticket_order,
            ),
            Route(
                "closeException",
                "POST",
                "/exceptions/{exception}/closure",
                tickets.close_exception,
                "Close a ticket; may be repeated",
                {200: wire.ExceptionTicket},
                body=wire.CloseException,
                order_of=ticket_order,
            ),
            Route(
                "listExceptions",
                "GET",
                "/exceptions",
                tickets.list_exceptions,
                "List tickets in the order in which they were opened",
                {200: wire.TicketPage},
                query=wire.TicketQuery,
            ),
        )
    )


def _order_in_body(request: Request, params: Mapping[str, str]) -> str | None:
    order: str | None = request.body["order"]
    return order


def _ticket_order(books: Books) -> OrderOf:
    def order_of(request: Request, params: Mapping[str, str]) -> str | None:
        ticket = books.tickets.get(params["exception"])
        return ticket["order"] if ticket else None

    return order_of
