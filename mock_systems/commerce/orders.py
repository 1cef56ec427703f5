"""Orders at the shop: taking them, showing them, and hearing how far they are."""

from __future__ import annotations

from typing import Any

from mock_systems.commerce.baskets import numbered, priced
from mock_systems.commerce.books import Books, Json, OrderRecord
from mock_systems.commerce.change_requests import settle_with_the_order
from mock_systems.commerce.order_line import PricedLine, as_shown, quantities_of, total_of
from mock_systems.commerce.payments import authorise, void
from mock_systems.commerce.wire import AddFulfilment, Cancellation, PlaceOrder, TellStatus
from mock_systems.kit.listing import ListQuery
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply, problem


def place_order(books: Books, turn: Turn) -> Reply:
    """Take the whole basket or refuse it; the same reference gets the same order back."""
    basket: PlaceOrder = turn.body
    placed = books.by_reference.get(basket.reference)
    if placed is not None:
        return Reply(200, placed.shown, {"location": f"/orders/{placed.order}"})
    if basket.currency not in books.currencies:
        sold_in = ", ".join(books.currencies.names())
        raise Refusal(422, "unknown-currency", f"the shop sells in {sold_in}, not in {basket.currency}")
    for line in basket.lines:
        if line["sku"] not in books.shelves:
            return _not_sold(turn, basket, line["sku"], "unknown-item")
        if line["sku"] in books.unlisted:
            return _not_sold(turn, basket, line["sku"], "not-listed")
    lines = priced(books, basket.lines, basket.ship_to["country"])
    wanted = quantities_of(lines)
    if short := _short(books, wanted):
        _note_refusal(turn, basket, "sold-out", lines)
        return problem(409, "sold-out", "the shop has less than the basket asks for", short=short)
    record = _accept(books, turn, basket, lines, wanted)
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
    known = {line["line"]: line["sku"] for line in (*record.first_lines, *record.lines)}
    for line in told.lines:
        if known.get(line["line"]) != line["sku"]:
            raise Refusal(422, "unknown-line", f"{record.order} has no line {line['line']} of {line['sku']}")
    data = {"reference": told.reference, "tracking": told.tracking, "lines": told.lines}
    shown = {"fulfilment": books.number("FUL"), "order": record.order, "fulfilled_at_us": turn.now_us, **data}
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


def _short(books: Books, wanted: dict[str, int]) -> list[Json]:
    """The items of which the shop has less than is wanted."""
    short: list[Json] = []
    for sku, quantity in wanted.items():
        available = books.shelves[sku].available
        if quantity > available:
            short.append({"sku": sku, "requested": quantity, "available": available})
    return short


def _not_sold(turn: Turn, basket: PlaceOrder, sku: str, reason: str) -> Reply:
    # A reply, not a Refusal: the ledger keeps that it happened.
    _note_refusal(turn, basket, reason, numbered(basket.lines))
    return problem(422, reason, f"the shop doesn't sell {sku}", sku=sku)


def _note_refusal(turn: Turn, basket: PlaceOrder, reason: str, lines: list[PricedLine]) -> None:
    turn.fact("order.refused", basket.reference, None, {"reason": reason, "lines": lines})


def _accept(
    books: Books, turn: Turn, basket: PlaceOrder, lines: list[PricedLine], wanted: dict[str, int]
) -> OrderRecord:
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
        "lines": lines,
        "total_minor": total_of(lines),
        "ship_to": basket.ship_to,
    }
    if basket.substitutes:
        agreed["substitutes"] = True
    shown = {
        "order": order,
        "reference": basket.reference,
        **agreed,
        "lines": as_shown(lines),
        "state": "open",
        "status": "received",
        "placed_at_us": turn.now_us,
        "updated_at_us": turn.now_us,
        "updated_seq": books.changes.note(order),
        "traceparent": traceparent,
    }
    if basket.currency != books.currency:
        shown["shop_money"] = books.shop_money(basket.currency, agreed["total_minor"])
    record = OrderRecord(shown, trace, wanted, lines, lines)
    books.orders[order] = books.by_reference[basket.reference] = record
    turn.fact("order.accepted", order, order, agreed, trace)
    return record


def _birth_trace(turn: Turn, order: str) -> tuple[str, str]:
    """The trace id of an order, which follows it to the invoice, and its first traceparent."""
    number = turn.streams.number
    trace = f"{number('trace-high', order):016x}{number('trace-low', order) or 1:016x}"
    return trace, f"00-{trace}-{trace[16:]}-01"
