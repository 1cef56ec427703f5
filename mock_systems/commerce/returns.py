"""Returns at the shop: authorised by its own rules, followed as far as the integration tells."""

from __future__ import annotations

from typing import Any

from mock_systems.commerce.books import Books, OrderRecord
from mock_systems.commerce.return_book import ReturnRecord
from mock_systems.commerce.return_wire import AskedLine, AskReturn, ReturnLine, TellReturn
from mock_systems.kit.listing import ListQuery
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply


def request_return(books: Books, turn: Turn) -> Reply:
    """Authorise a return of what was shipped, is not on its way back yet and left not too long ago."""
    asked: AskReturn = turn.body
    record = books.order(turn.params["order"])
    known = books.returns.by_reference.get(asked.reference)
    if known is not None:
        return Reply(200, known.shown)
    lines = _authorised(books, record, asked.lines, turn.now_us)
    rma = books.number("RMA")
    shown: dict[str, Any] = {
        "rma": rma,
        "order": record.order,
        "reference": asked.reference,
        "reason": asked.reason,
        "lines": lines,
        "status": "requested",
        "requested_at_us": turn.now_us,
        "updated_at_us": turn.now_us,
        "updated_seq": books.returns.changes.note(rma),
        "traceparent": record.shown["traceparent"],
    }
    made = ReturnRecord(shown, record.trace)
    books.returns.add(made)
    turn.fact("return.requested", rma, record.order, {"lines": lines, "reason": asked.reason}, record.trace)
    turn.notify("return.requested", rma, record.order, shown, record.trace)
    books.returns.sends(made)
    return Reply(201, shown, {"location": f"/returns/{rma}"})


def list_returns(books: Books, turn: Turn) -> Reply:
    """Returns in the order of their latest change."""
    query: ListQuery = turn.query
    page = books.returns.changes.page(query.cursor, query.limit)
    items = [books.returns.returns[rma].shown for rma in page.entities]
    return Reply(200, {"items": items, "next_cursor": page.next_cursor, "has_more": page.has_more})


def get_return(books: Books, turn: Turn) -> Reply:
    """One return."""
    return Reply(200, _in_path(books, turn).shown)


def tell_return(books: Books, turn: Turn) -> Reply:
    """Show this status from now on; the shop has the bad habit of believing any version."""
    told: TellReturn = turn.body
    record = _in_path(books, turn)
    books.returns.change(record, turn.now_us, told.status)
    data = {"status": told.status, "version": told.version}
    turn.fact("return.status", record.rma, record.shown["order"], data, record.trace)
    return Reply(200, record.shown)


def _in_path(books: Books, turn: Turn) -> ReturnRecord:
    rma = turn.params["rma"]
    record = books.returns.returns.get(rma)
    if record is None:
        raise Refusal(404, "unknown-return", f"the shop has no return {rma}")
    return record


def _authorised(books: Books, record: OrderRecord, asked: list[AskedLine], now_us: int) -> list[ReturnLine]:
    """What comes back of which shipment, the earliest first. Raises Refusal where a rule stands against it."""
    if not record.fulfilments:
        raise Refusal(409, "not-shipped", f"nothing of {record.order} has left yet")
    left, late = _returnable(books, record, now_us)
    lines: list[ReturnLine] = []
    for wanted in asked:
        open_quantity = wanted["quantity"]
        for line in left:
            if line["line"] == wanted["line"] and (quantity := min(open_quantity, line["quantity"])):
                lines.append({**line, "quantity": quantity})
                line["quantity"] -= quantity
                open_quantity -= quantity
        if open_quantity:
            raise _refusal(books, record, wanted, late, now_us)
    return lines


def _returnable(books: Books, record: OrderRecord, now_us: int) -> tuple[list[ReturnLine], bool]:
    """What may still come back, by shipment and line; and whether anything left too long ago."""
    asked = books.returns.asked(record.order)
    left: list[ReturnLine] = []
    late = False
    told: set[str] = set()
    for fulfilment in record.fulfilments:
        reference = fulfilment["reference"]
        if reference in told:
            continue
        told.add(reference)
        if now_us - fulfilment["fulfilled_at_us"] > books.returns.within_us:
            late = True
            continue
        for line in fulfilment["lines"]:
            quantity = line["quantity"] - asked.get((reference, line["line"]), 0)
            if quantity > 0:
                left.append({"line": line["line"], "sku": line["sku"], "quantity": quantity, "shipment": reference})
    return left, late


def _refusal(books: Books, record: OrderRecord, wanted: AskedLine, late: bool, now_us: int) -> Refusal:
    left, _ = _returnable(books, record, now_us)
    returnable: dict[int, int] = {}
    for line in left:
        returnable[line["line"]] = returnable.get(line["line"], 0) + line["quantity"]
    told = [{"line": number, "quantity": quantity} for number, quantity in returnable.items()]
    if late and not returnable.get(wanted["line"]):
        detail = f"line {wanted['line']} of {record.order} left too long ago"
        return Refusal(409, "too-late", detail, returnable=told)
    detail = f"line {wanted['line']} of {record.order}: {wanted['quantity']} is more than may come back"
    return Refusal(409, "more-than-shipped", detail, line=wanted["line"], returnable=told)
