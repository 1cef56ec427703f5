"""Second thoughts: shoppers ask to cancel or to edit an order, and the integration grants it or refuses.

The shop itself knows how far an order is only as far as it was told, so it refuses nothing but the hopeless.
"""

from __future__ import annotations

from typing import Any

from mock_systems.commerce.books import Books, Json, OrderRecord
from mock_systems.commerce.change_wire import AskCancellation, AskEdit, Refused
from mock_systems.commerce.order_line import PricedLine, as_shown, in_eaches, total_of, with_quantity
from mock_systems.commerce.revisions import revise
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply

_TOO_LATE = ("shipped", "invoiced", "delivered", "rejected")


def request_cancellation(books: Books, turn: Turn) -> Reply:
    """Ask to cancel. While the same is asked already, that request is shown again."""
    asked: AskCancellation = turn.body
    record = books.order(turn.params["order"])
    waiting = _may_ask(record, "cancellation")
    if waiting is not None:
        return Reply(200, waiting)
    request = _new(books, turn, record, "CXR", kind="cancellation", reason=asked.reason)
    return _taken(books, turn, record, request, "cancellation.requested", {"reason": asked.reason})


def request_edit(books: Books, turn: Turn) -> Reply:
    """Ask for less of some lines or for another address. While the same is asked already, that is shown again."""
    asked: AskEdit = turn.body
    record = books.order(turn.params["order"])
    waiting = _may_ask(record, "edit")
    ship_to = asked.ship_to or record.shown["ship_to"]
    lines = books.taxed(_lowered(record, asked), ship_to["country"])
    if waiting is not None:
        if waiting["lines"] == as_shown(lines) and waiting["ship_to"] == ship_to:
            return Reply(200, waiting)
        raise _still_open(record, waiting)
    if lines == record.lines and ship_to == record.shown["ship_to"]:
        raise Refusal(422, "nothing-changes", f"{record.order} is like that already")
    total_minor = total_of(lines)
    if record.authorisation is not None and total_minor > record.shown["total_minor"]:
        # Another country's tax: the card is not asked for more than it agreed to.
        raise Refusal(422, "costs-more", f"{record.order} would come to {total_minor}", total_minor=total_minor)
    content: Json = {"lines": lines, "ship_to": ship_to, "revision": record.shown.get("revision", 0) + 1}
    shown = {**content, "lines": as_shown(lines)}
    request = _new(books, turn, record, "EDT", kind="edit", total_minor=total_minor, **shown)
    return _taken(books, turn, record, request, "edit.requested", content)


def refuse_cancellation(books: Books, turn: Turn) -> Reply:
    """The integration can't stop the order any more; the shopper is told why."""
    return _refuse(books, turn, "cancellation")


def accept_edit(books: Books, turn: Turn) -> Reply:
    """The order is as the shopper asked from now on. A repeat changes nothing."""
    record, request = _asked(books, turn, "edit")
    if request["state"] == "granted":
        return Reply(200, record.shown)
    if request["state"] == "refused":
        raise Refusal(409, "already-refused", f"{request['request']} was refused")
    if record.shown["state"] == "cancelled":
        raise Refusal(409, "order-cancelled", f"{record.order} is cancelled")
    if request["revision"] != record.shown.get("revision", 0) + 1:
        raise Refusal(409, "order-changed", f"{record.order} has been changed since {request['request']} was asked")
    settle(books, record, request["request"], turn.now_us, state="granted")
    lines = in_eaches(request["lines"])
    revise(books, turn, record, lines, request["ship_to"], by="shopper", edit=request["request"])
    return Reply(200, record.shown)


def refuse_edit(books: Books, turn: Turn) -> Reply:
    """The order stays as it is; the shopper is told why."""
    return _refuse(books, turn, "edit")


def settle(books: Books, record: OrderRecord, request: str, now_us: int, **changed: Any) -> None:
    """Give a request its answer."""
    requests = [{**each, **changed} if each["request"] == request else each for each in record.shown["requests"]]
    books.change(record, now_us, requests=requests)


def settle_with_the_order(books: Books, turn: Turn, record: OrderRecord) -> None:
    """The order is cancelled: that is what an open cancellation asked for, and the end of an open edit."""
    for request in record.shown.get("requests", ()):
        if request["state"] != "open":
            continue
        if request["kind"] == "cancellation":
            settle(books, record, request["request"], turn.now_us, state="granted")
        else:
            settle(books, record, request["request"], turn.now_us, state="refused", reason="order-cancelled")
            turn.fact("edit.refused", request["request"], record.order, {"reason": "order-cancelled"})


def _refuse(books: Books, turn: Turn, kind: str) -> Reply:
    told: Refused = turn.body
    record, request = _asked(books, turn, kind)
    if request["state"] == "granted":
        raise Refusal(409, "already-granted", f"{request['request']} was granted")
    if request["state"] == "open":
        settle(books, record, request["request"], turn.now_us, state="refused", reason=told.reason)
        turn.fact(f"{kind}.refused", request["request"], record.order, {"reason": told.reason})
    return Reply(200, record.shown)


def _may_ask(record: OrderRecord, kind: str) -> Json | None:
    """The open request of that kind, if there is one. Raises Refusal where asking is of no use."""
    if record.shown["state"] == "cancelled":
        raise Refusal(409, "order-cancelled", f"{record.order} is cancelled")
    if record.shown["status"] in _TOO_LATE:
        raise Refusal(409, "too-late", f"{record.order} is {record.shown['status']}", told=record.shown["status"])
    for request in record.shown.get("requests", ()):
        if request["state"] == "open":
            if request["kind"] == kind:
                waiting: Json = request
                return waiting
            raise _still_open(record, request)
    return None


def _still_open(record: OrderRecord, request: Json) -> Refusal:
    detail = f"{request['request']} of {record.order} has no answer yet"
    return Refusal(409, "request-open", detail, request=request["request"])


def _lowered(record: OrderRecord, asked: AskEdit) -> list[PricedLine]:
    """All lines as the shopper wants them, in eaches; removed ones are left out."""
    wanted = {change["line"]: change["quantity"] for change in asked.lines}
    lines: list[PricedLine] = []
    for line in record.lines:
        unit = line.get("pack", 1)
        quantity = wanted.pop(line["line"], line["quantity"] // unit) * unit
        if quantity > line["quantity"]:
            detail = f"line {line['line']}: {quantity} is more than the {line['quantity']} ordered"
            raise Refusal(422, "more-than-ordered", detail, line=line["line"])
        if quantity == line["quantity"]:
            lines.append(line)
        elif quantity > 0:
            lines.append(with_quantity(line, quantity))
    if wanted:
        raise Refusal(422, "unknown-line", f"{record.order} has no line {min(wanted)}", line=min(wanted))
    if not lines:
        raise Refusal(422, "nothing-left", "an order without lines is a cancellation: ask for that")
    return lines


def _new(books: Books, turn: Turn, record: OrderRecord, prefix: str, **content: Any) -> Json:
    request: Json = {"request": books.number(prefix), "order": record.order, "state": "open"}
    empty: Json = dict.fromkeys(("reason", "lines", "total_minor", "ship_to", "revision"))
    return {
        **request,
        **empty,
        **content,
        "requested_at_us": turn.now_us,
        "traceparent": record.shown["traceparent"],
    }


def _taken(books: Books, turn: Turn, record: OrderRecord, request: Json, kind: str, data: Json) -> Reply:
    number = request["request"]
    books.change(record, turn.now_us, requests=[*record.shown.get("requests", ()), request])
    turn.fact(kind, number, record.order, data, record.trace)
    topic = f"order.{request['kind']}_requested"
    turn.notify(topic, number, record.order, request, record.trace)
    return Reply(201, request, {"location": f"/orders/{record.order}"})


def _asked(books: Books, turn: Turn, kind: str) -> tuple[OrderRecord, Json]:
    record = books.order(turn.params["order"])
    number = turn.params["request" if kind == "cancellation" else "edit"]
    for request in record.shown.get("requests", ()):
        if request["request"] == number and request["kind"] == kind:
            return record, request
    raise Refusal(404, "unknown-request", f"nobody asked {number} of {record.order}")
