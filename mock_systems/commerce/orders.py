"""Orders at the shop: taking them, showing them, and hearing how far they are."""

from __future__ import annotations

from typing import Any

from mock_systems.commerce.books import Books, Json, OrderRecord
from mock_systems.commerce.change_requests import settle_with_the_order
from mock_systems.commerce.payments import authorise, void
from mock_systems.commerce.wire import AddFulfilment, BasketLine, Cancellation, PlaceOrder, TellStatus
from mock_systems.kit.listing import ListQuery
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply, problem


def place_order(books: Books, turn: Turn) -> Reply:
    """Take the whole basket or refuse it; the same reference gets the same order back."""
    basket: PlaceOrder = turn.body
    placed = books.by_reference.get(basket.reference)
    if placed is not None:
        return Reply(200, placed.shown, {"location": f"/orders/{placed.order}"})
    if basket.currency != books.currency:
        raise Refusal(422, "unknown-currency", f"the shop sells in {books.currency}, not in {basket.currency}")
    wanted = _wanted(basket.lines)
    refusal = _refuse(books, turn, basket, wanted)
    if refusal is not None:
        return refusal
    record = _accept(books, turn, basket, wanted)
    if basket.payment == "card":
        authorise(books, turn, record)
    turn.notify("order.created", record.order, record.order, record.shown, record.trace)
    return Reply(201, record.shown, {"location": f"/orders/{record.order}"})


def list_orders(books: Books, turn: Turn) -> Reply:
    """Orders in the order of their latest change."""
    query: ListQuery = turn.query
    page = books.changes.page(query.cursor, query.limit)
    items = [books.orders[order].shown for order in page.entities]
    return Reply(200, {"items": items, "next_cursor": page.next_cursor, "has_more": page.has_more})


def get_order(books: Books, turn: Turn) -> Reply:
    """One order."""
    return Reply(200, books.order(turn.params["order"]).shown)


def tell_status(books: Books, turn: Turn) -> Reply:
    """Show this status from now on; the shop has the bad habit of believing any version."""
    told: TellStatus = turn.body
    record = books.order(turn.params["order"])
    books.change(record, turn.now_us, status=told.status)
    turn.fact("order.status", record.order, record.order, {"status": told.status, "version": told.version})
    return Reply(200, record.shown)


def add_fulfilment(books: Books, turn: Turn) -> Reply:
    """Keep what left; a second one with the same reference is a second one."""
    told: AddFulfilment = turn.body
    record = books.order(turn.params["order"])
    known = {line["line"]: line["sku"] for line in (*record.first_lines, *record.shown["lines"])}
    for line in told.lines:
        if known.get(line["line"]) != line["sku"]:
            raise Refusal(422, "unknown-line", f"{record.order} has no line {line['line']} of {line['sku']}")
    data = {"reference": told.reference, "tracking": told.tracking, "lines": told.lines}
    shown = {"fulfilment": books.number("FUL"), "order": record.order, **data}
    record.fulfilments.append(shown)
    books.change(record, turn.now_us)
    turn.fact("order.fulfilled", record.order, record.order, data)
    return Reply(201, shown, {"location": f"/orders/{record.order}/fulfilments"})


def list_fulfilments(books: Books, turn: Turn) -> Reply:
    """All fulfilments of an order."""
    record = books.order(turn.params["order"])
    return Reply(200, {"items": list(record.fulfilments), "next_cursor": None})


def cancel_order(books: Books, turn: Turn) -> Reply:
    """Cancel: what it took may be sold again, and the open authorisation is voided. A repeat changes nothing."""
    told: Cancellation = turn.body
    record = books.order(turn.params["order"])
    if record.shown["state"] == "cancelled":
        return Reply(200, record.shown)
    for sku in record.sold:
        books.shelves[sku].give_back(record.shown["seq"])
    books.change(record, turn.now_us, state="cancelled")
    turn.fact("order.cancelled", record.order, record.order, {"reason": told.reason})
    settle_with_the_order(books, turn, record)
    void(turn, record)
    turn.notify("order.cancelled", record.order, record.order, record.shown, record.trace)
    return Reply(200, record.shown)


def _wanted(lines: list[BasketLine]) -> dict[str, int]:
    wanted: dict[str, int] = {}
    for line in lines:
        sku = line["sku"]
        wanted[sku] = wanted.get(sku, 0) + line["quantity"]
    return wanted


def _refuse(books: Books, turn: Turn, basket: PlaceOrder, wanted: dict[str, int]) -> Reply | None:
    """The problem that stands against the basket. A reply, not a Refusal: the ledger keeps that it happened."""
    short: list[Json] = []
    for sku, quantity in wanted.items():
        shelf = books.shelves.get(sku)
        if shelf is None:
            _note_refusal(turn, basket, "unknown-item")
            return problem(422, "unknown-item", f"the shop doesn't sell {sku}", sku=sku)
        if quantity > shelf.available:
            short.append({"sku": sku, "requested": quantity, "available": shelf.available})
    if not short:
        return None
    _note_refusal(turn, basket, "sold-out")
    return problem(409, "sold-out", "the shop has less than the basket asks for", short=short)


def _note_refusal(turn: Turn, basket: PlaceOrder, reason: str) -> None:
    turn.fact("order.refused", basket.reference, None, {"reason": reason, "lines": _numbered(basket.lines)})


def _numbered(lines: list[BasketLine]) -> list[Json]:
    return [{"line": number, **line} for number, line in enumerate(lines, 1)]


def _accept(books: Books, turn: Turn, basket: PlaceOrder, wanted: dict[str, int]) -> OrderRecord:
    seq = len(books.orders) + 1
    order = f"W-{seq:06d}"
    for sku, quantity in wanted.items():
        books.shelves[sku].sell(seq, quantity)
    trace, traceparent = _birth_trace(turn, order)
    agreed: dict[str, Any] = {
        "seq": seq,
        "customer": basket.customer,
        "payment": basket.payment,
        "currency": basket.currency,
        "lines": _numbered(basket.lines),
        "total_minor": sum(line["quantity"] * line["price_minor"] for line in basket.lines),
        "ship_to": basket.ship_to,
    }
    if basket.substitutes:
        agreed["substitutes"] = True
    shown = {
        "order": order,
        "reference": basket.reference,
        **agreed,
        "state": "open",
        "status": "received",
        "placed_at_us": turn.now_us,
        "updated_at_us": turn.now_us,
        "updated_seq": books.changes.note(order),
        "traceparent": traceparent,
    }
    record = OrderRecord(shown, trace, wanted, agreed["lines"])
    books.orders[order] = books.by_reference[basket.reference] = record
    turn.fact("order.accepted", order, order, agreed, trace)
    return record


def _birth_trace(turn: Turn, order: str) -> tuple[str, str]:
    """The trace id of an order, which follows it to the invoice, and its first traceparent."""
    number = turn.streams.number
    trace = f"{number('trace-high', order):016x}{number('trace-low', order) or 1:016x}"
    return trace, f"00-{trace}-{trace[16:]}-01"
