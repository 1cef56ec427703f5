"""Sales orders: taken, held for credit, cancelled, and what may be posted against them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from mock_systems.erp import wire
from mock_systems.erp.books import CANCELLED, CLOSED, ON_HOLD, OPEN, Books, SalesOrder
from mock_systems.erp.order_lines import as_shown, in_eaches
from mock_systems.kit.money import PricedLine, net_of, tax_on, total_of
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply

CREDIT_LIMIT, BLOCKED = "credit-limit", "customer-blocked"


def create_sales_order(books: Books, turn: Turn) -> Reply:
    """Operation createSalesOrder. A repeated external reference is a second order: the ERP doesn't look."""
    body: wire.NewSalesOrder = turn.body
    account = books.account_for_booking(body.customer)
    if body.currency not in books.currencies:
        taken = ", ".join(books.currencies.names())
        raise Refusal(422, "wrong-currency", f"orders are taken in {taken}", currency=books.currency)
    by_line, total_minor = priced(books, body.lines, body.ship_to["country"])
    over_minor = account.over_minor(books.currencies.in_base(total_minor, body.currency))
    hold_reason = BLOCKED if account.blocked else CREDIT_LIMIT if over_minor > 0 else None
    order = SalesOrder(
        sales_order=books.sales_orders.next_number(),
        external_ref=body.external_ref,
        account=account,
        currency=body.currency,
        ship_to=body.ship_to,
        in_base=partial(books.currencies.in_base, currency=body.currency),
        lines=list(by_line.values()),
        total_minor=total_minor,
        status=ON_HOLD if hold_reason else OPEN,
        hold_reason=hold_reason,
        trace=turn.trace,
        by_line=by_line,
        created_at_us=turn.now_us,
        changed_at_us=turn.now_us,
    )
    return _book(books, turn, order, max(0, over_minor))


def priced(books: Books, lines: Sequence[wire.PricedLine], country: str) -> tuple[dict[int, PricedLine], int]:
    """The lines by number, in eaches, and what they come to with tax. `country` is where the goods go.

    Raises Refusal for an unknown item, a number used twice, and a tax that is not the ERP's own.
    """
    by_line: dict[int, PricedLine] = {}
    for told in lines:
        if told["sku"] not in books.items:
            raise Refusal(422, "unknown-item", f"no item {told['sku']}", sku=told["sku"])
        line = in_eaches(told)
        if by_line.setdefault(line["line"], line) is not line:
            raise _duplicate(line["line"])
        if books.taxes or "tax_minor" in line:
            _check_tax(books, line, country)
    return by_line, total_of(by_line.values())


def _check_tax(books: Books, line: PricedLine, country: str) -> None:
    """Refuse a tax that the ERP reckons otherwise: on each line, rounded half up, never on the total."""
    rate = books.taxes.basis_points(country, books.items[line["sku"]].tax_class)
    tax_minor, told_minor = tax_on(net_of(line), rate), line.get("tax_minor", 0)
    if told_minor != tax_minor:
        detail = f"line {line['line']}: a tax of {told_minor}, {rate} basis points make {tax_minor}"
        raise Refusal(422, "tax-mismatch", detail, line=line["line"], tax_minor=tax_minor)


def _book(books: Books, turn: Turn, order: SalesOrder, over_minor: int) -> Reply:
    number = order.sales_order
    books.sales_orders.add(number, order.external_ref, order)
    order.expose()
    data = {
        "customer": order.account.customer.customer,
        "currency": order.currency,
        "lines": order.lines,
        "total_minor": order.total_minor,
        "status": order.status,
        "ship_to": order.ship_to,
    }
    turn.fact("sales_order.created", number, order.external_ref, data)
    if order.hold_reason is not None:
        held = {"reason": order.hold_reason, "over_minor": over_minor}
        turn.fact("sales_order.held", number, order.external_ref, held)
        books.review(order)
    return Reply(201, shown(order), {"location": "/sales-orders/" + number})


def get_sales_order(books: Books, turn: Turn) -> Reply:
    """Operation getSalesOrder."""
    return Reply(200, shown(in_path(books, turn)))


def find_sales_orders(books: Books, turn: Turn) -> Reply:
    """Operation findSalesOrders."""
    found = books.sales_orders.find(turn.query.external_ref)
    return Reply(200, {"items": [shown(order) for order in found], "next_cursor": None})


def cancel_sales_order(books: Books, turn: Turn) -> Reply:
    """Operation cancelSalesOrder. An order that is closed already stays as it is; one that has left can't be undone."""
    order = in_path(books, turn)
    if order.status in CLOSED:
        return Reply(200, shown(order))
    if order.issued:
        raise Refusal(409, "goods-issued", f"goods of {order.sales_order} have left", sales_order=order.sales_order)
    if order.invoiced:
        raise Refusal(409, "already-invoiced", f"{order.sales_order} is invoiced", sales_order=order.sales_order)
    order.move_to(CANCELLED)
    order.changed_at_us = turn.now_us
    turn.fact("sales_order.cancelled", order.sales_order, order.external_ref, {"reason": turn.body.reason})
    return Reply(200, shown(order))


def order_for_posting(books: Books, number: str) -> SalesOrder:
    """The sales order that a goods issue or an invoice is posted on; refused while held and once closed."""
    order = books.sales_orders.get(number)
    if order is None:
        raise Refusal(422, "unknown-sales-order", f"no sales order {number}", sales_order=number)
    if order.status == ON_HOLD:
        raise Refusal(409, "on-hold", f"{number} waits for the credit desk", sales_order=number)
    if order.status in CLOSED:
        raise Refusal(409, "sales-order-closed", f"{number} is {order.status}", sales_order=number)
    return order


def check_lines(order: SalesOrder, lines: Sequence[wire.Line]) -> None:
    """Refuse lines that the order doesn't have, and more of one than was ordered.

    Each document is looked at by itself: what earlier ones took is not subtracted. That is the ERP's bad habit.
    """
    seen: set[int] = set()
    for line in lines:
        number = line["line"]
        ordered = order.by_line.get(number)
        if ordered is None or ordered["sku"] != line["sku"]:
            detail = f"{order.sales_order} has no line {number} of {line['sku']}"
            raise Refusal(422, "unknown-line", detail, line=number, sku=line["sku"])
        if line["quantity"] > ordered["quantity"]:
            detail = f"line {number}: {line['quantity']} is more than the {ordered['quantity']} ordered"
            raise Refusal(422, "over-quantity", detail, line=number, ordered=ordered["quantity"])
        if number in seen:
            raise _duplicate(number)
        seen.add(number)


def shown(order: SalesOrder) -> dict[str, Any]:
    """A sales order as the API and the webhooks show it."""
    return {
        "sales_order": order.sales_order,
        "external_ref": order.external_ref,
        "customer": order.account.customer.customer,
        "currency": order.currency,
        "lines": as_shown(order.lines),
        "total_minor": order.total_minor,
        "status": order.status,
        "hold_reason": order.hold_reason,
        "revision": order.revision,
        "ship_to": order.ship_to,
        "created_at_us": order.created_at_us,
        "changed_at_us": order.changed_at_us,
    }


def in_path(books: Books, turn: Turn) -> SalesOrder:
    """The sales order that the path names. Raises Refusal (404)."""
    number = turn.params["sales_order"]
    order = books.sales_orders.get(number)
    if order is None:
        raise Refusal(404, "unknown-sales-order", f"no sales order {number}", sales_order=number)
    return order


def _duplicate(line: int) -> Refusal:
    return Refusal(422, "duplicate-line", f"line {line} stands there twice", line=line)
