"""Tickets of the desk. The caller gives a ticket its id, so a repeated call changes nothing."""

from __future__ import annotations

from typing import Any

from mock_systems.desk.books import Books
from mock_systems.desk.wire import CloseException, OpenException, TicketQuery
from mock_systems.kit.listing import position
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply


def open_exception(books: Books, turn: Turn) -> Reply:
    """Open a ticket. One that is there stays as it is, also when it is closed: a late repeat opens nothing."""
    told: OpenException = turn.body
    exception = turn.params["exception"]
    location = {"location": f"/exceptions/{exception}"}
    known = books.tickets.get(exception)
    if known is not None:
        return Reply(200, known, location)
    said = {"order": told.order, "subject": told.subject, "cause": told.cause, "message": told.message}
    rest = {"state": "open", "resolution": None, "opened_at_us": turn.now_us, "closed_at_us": None}
    review = {"asks": told.asks, "decision": None, "decided_by": None}
    ticket = {"exception": exception, **said, **rest, **review, "traceparent": told.traceparent}
    books.tickets[exception] = ticket
    books.opened.append(exception)
    data: dict[str, Any] = {"cause": told.cause, "subject": told.subject, "message": told.message}
    if told.asks:
        data["asks"] = True
        books.ask(exception)
    turn.fact("exception.opened", exception, told.order, data, _trace(told.traceparent))
    return Reply(201, ticket, location)


def get_exception(books: Books, turn: Turn) -> Reply:
    """One ticket."""
    return Reply(200, _ticket(books, turn.params["exception"]))


def close_exception(books: Books, turn: Turn) -> Reply:
    """Close a ticket; a repeat changes nothing."""
    told: CloseException = turn.body
    exception = turn.params["exception"]
    ticket = _ticket(books, exception)
    if ticket["state"] == "closed":
        return Reply(200, ticket)
    closed = {**ticket, "state": "closed", "resolution": told.resolution, "closed_at_us": turn.now_us}
    books.tickets[exception] = closed
    data = {"resolution": told.resolution}
    turn.fact("exception.closed", exception, ticket["order"], data, _trace(ticket["traceparent"]))
    return Reply(200, closed)


def decide(books: Books, exception: str, decision: str, clerk: str, turn: Turn) -> None:
    """A clerk decides what a ticket asks, unless it was closed meanwhile; whoever opened it is told."""
    ticket = books.tickets[exception]
    if ticket["state"] == "closed":
        return
    decided = {**ticket, "decision": decision, "decided_by": clerk}
    books.tickets[exception] = decided
    trace = _trace(ticket["traceparent"])
    turn.fact("exception.decided", exception, ticket["order"], {"decision": decision, "by": clerk}, trace)
    turn.notify("exception.decided", exception, ticket["order"], decided, trace)


def list_exceptions(books: Books, turn: Turn) -> Reply:
    """Tickets in the order in which they were opened; those that close meanwhile shift no page."""
    query: TicketQuery = turn.query
    at = position(query.cursor, len(books.opened))
    items: list[dict[str, Any]] = []
    while at < len(books.opened) and len(items) < query.limit:
        ticket = books.tickets[books.opened[at]]
        at += 1
        if query.state is None or ticket["state"] == query.state:
            items.append(ticket)
    return Reply(200, {"items": items, "next_cursor": str(at) if at < len(books.opened) else None})


def _ticket(books: Books, exception: str) -> dict[str, Any]:
    ticket = books.tickets.get(exception)
    if ticket is None:
        raise Refusal(404, "unknown-exception", f"the desk has no ticket {exception}")
    return ticket


def _trace(traceparent: str | None) -> str | None:
    return traceparent[3:35] if traceparent else None
