"""Stock adjustments: what somebody found to be more or less than the books say, at standard cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_systems.erp.general_ledger import INVENTORY, INVENTORY_VARIANCE
from mock_systems.erp.purchasing_wire import NewAdjustment
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply

if TYPE_CHECKING:
    from mock_systems.erp.books import Books


def post_stock_adjustment(books: Books, turn: Turn) -> Reply:
    """Operation postStockAdjustment. The same one without its key is booked twice: a bad habit."""
    body: NewAdjustment = turn.body
    _check(books, body)
    cost_minor = books.stock.cost_of(body.sku) * body.quantity
    limit_minor = books.variance_limit_minor
    if body.reason == "count" and abs(cost_minor) > limit_minor and body.approved_by is None:
        detail = f"a variance of {cost_minor} minor units needs somebody who answers for it"
        raise Refusal(409, "approval-required", detail, cost_minor=cost_minor, limit_minor=limit_minor)
    books.stock.adjust(body.site, body.sku, body.quantity)
    number = books.stock_adjustments.next_number()
    data: dict[str, Any] = {
        "site": body.site,
        "sku": body.sku,
        "quantity": body.quantity,
        "reason": body.reason,
        "reference": body.reference,
        "cost_minor": cost_minor,
    }
    shown = {"stock_adjustment": number, **data}
    books.stock_adjustments.add(number, body.reference, shown)
    turn.fact("stock_adjustment.posted", number, None, data)
    debit, credit = (INVENTORY, INVENTORY_VARIANCE) if body.quantity > 0 else (INVENTORY_VARIANCE, INVENTORY)
    books.gl.post(turn, number, None, debit, credit, abs(cost_minor))
    return Reply(201, shown, {"location": "/stock-adjustments/" + number})


def get_stock_adjustment(books: Books, turn: Turn) -> Reply:
    """Operation getStockAdjustment."""
    number = turn.params["stock_adjustment"]
    shown = books.stock_adjustments.get(number)
    if shown is None:
        raise Refusal(404, "unknown-stock-adjustment", f"no stock adjustment {number}", stock_adjustment=number)
    return Reply(200, shown)


def find_stock_adjustments(books: Books, turn: Turn) -> Reply:
    """Operation findStockAdjustments."""
    return Reply(200, {"items": list(books.stock_adjustments.find(turn.query.reference)), "next_cursor": None})


def _check(books: Books, body: NewAdjustment) -> None:
    if not books.stock.has_site(body.site):
        raise Refusal(422, "unknown-site", f"no site {body.site}", site=body.site)
    if body.sku not in books.items:
        raise Refusal(422, "unknown-item", f"no item {body.sku}", sku=body.sku)
    if body.quantity == 0:
        raise Refusal(422, "nothing-to-adjust", "an adjustment by nothing is none")
