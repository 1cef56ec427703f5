"""Revisions: an order's lines and address change, and with them what it holds of stock and of the card."""

from __future__ import annotations

from typing import Literal

from mock_systems.commerce.books import Books, Json, OrderRecord
from mock_systems.commerce.change_wire import Substitution
from mock_systems.commerce.order_line import PricedLine, as_shown, quantities_of, total_of, with_quantity
from mock_systems.commerce.payments import reduce
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply


def substitute_item(books: Books, turn: Turn) -> Reply:
    """Serve a part of a line with another item, at the price that was agreed: a line of its own."""
    asked: Substitution = turn.body
    record = books.order(turn.params["order"])
    line = _line_to_lower(books, record, asked)
    numbers = [each["line"] for each in record.lines]
    used = max(numbers + [each["line"] for each in record.first_lines])
    served: PricedLine = {**with_quantity(line, asked.quantity), "line": used + 1, "sku": asked.substitute}
    left = line["quantity"] - asked.quantity
    lines = [with_quantity(each, left) if each is line else each for each in record.lines]
    lines = books.taxed([*(each for each in lines if each["quantity"]), served], record.shown["ship_to"]["country"])
    if record.authorisation is not None and total_of(lines) > record.shown["total_minor"]:
        raise Refusal(422, "costs-more", f"{asked.substitute} is taxed more: the card is not asked for it")
    revise(books, turn, record, lines, record.shown["ship_to"], by="core")
    return Reply(200, record.shown)


def revise(
    books: Books,
    turn: Turn,
    record: OrderRecord,
    lines: list[PricedLine],
    ship_to: Json,
    *,
    by: Literal["shopper", "core"],
    edit: str | None = None,
) -> None:
    """Give the order new lines (in eaches, taxed) and its next revision; shelf and authorisation follow."""
    _sell_the_difference(books, record, lines)
    total_minor = total_of(lines)
    less_minor = record.shown["total_minor"] - total_minor
    revision = record.shown.get("revision", 0) + 1
    changed: Json = {"lines": as_shown(lines), "ship_to": ship_to, "total_minor": total_minor, "revision": revision}
    if "shop_money" in record.shown:
        changed["shop_money"] = books.shop_money(record.shown["currency"], total_minor)
    record.lines = lines
    books.change(record, turn.now_us, **changed)
    data = {
        "edit": edit,
        "revision": revision,
        "lines": lines,
        "ship_to": ship_to,
        "total_minor": total_minor,
        "by": by,
    }
    turn.fact("order.edited", record.order, record.order, data)
    reduce(turn, record, less_minor)


def _sell_the_difference(books: Books, record: OrderRecord, lines: list[PricedLine]) -> None:
    wanted, sold = quantities_of(lines), record.sold
    for sku in dict.fromkeys((*sold, *wanted)):
        change = wanted.get(sku, 0) - sold.get(sku, 0)
        if change:
            books.shelves[sku].change(record.shown["seq"], change)
    record.sold = wanted


def _line_to_lower(books: Books, record: OrderRecord, asked: Substitution) -> PricedLine:
    if record.shown["state"] == "cancelled":
        raise Refusal(409, "order-cancelled", f"{record.order} is cancelled")
    if not record.shown.get("substitutes"):
        raise Refusal(409, "no-substitutes", f"the shopper of {record.order} takes no substitutes")
    if asked.substitute not in books.shelves:
        raise Refusal(422, "unknown-item", f"the shop doesn't sell {asked.substitute}", sku=asked.substitute)
    for line in record.lines:
        if line["line"] == asked.line:
            found = line
            if asked.quantity > found["quantity"]:
                detail = f"line {asked.line} has {found['quantity']}, not {asked.quantity}"
                raise Refusal(422, "more-than-ordered", detail, line=asked.line)
            if asked.quantity % found.get("pack", 1):
                detail = f"line {asked.line} is sold by the case of {found['pack']}: {asked.quantity} eaches break one"
                raise Refusal(422, "broken-case", detail, line=asked.line, pack=found["pack"])
            return found
    raise Refusal(422, "unknown-line", f"{record.order} has no line {asked.line}", line=asked.line)
