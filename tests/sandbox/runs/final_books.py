"""What the books must come to at the end of a run in which orders were changed: a check apart from the oracle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from mock_systems.kit.ledger import Fact
from sandbox.runs.virtual_run import VirtualRun
from tests.sandbox.runs.small_runs import books


def complaints(made: VirtualRun) -> list[str]:
    """What is wrong in the final books; empty for a core that does its job and had the time for it."""
    there: Counter[str] = Counter()
    for row in made.estate["wms"].books.balances:
        there[row.sku] += row.available
    owed: Counter[str] = Counter()
    wrong = [*_of_orders(made, there, owed)]
    return [*wrong, *_of_requests(made), *_of_reservations(made), *_of_shelves(made, there - owed)]


def facts(made: VirtualRun, *kinds: str) -> list[Fact]:
    """The facts of these kinds, of all systems."""
    return [fact for ledger in books(made).values() for fact in ledger if fact.kind in kinds]


def told(made: VirtualRun, order: str) -> list[str]:
    """The statuses that the shop was told of an order."""
    return [fact.data["status"] for fact in facts(made, "order.status") if fact.entity == order]


def _of_orders(made: VirtualRun, there: Counter[str], owed: Counter[str]) -> Iterator[str]:
    """What of an order is not shipped must be nowhere to be had; `owed` gathers it."""
    cancelled = {fact.order for fact in facts(made, "order.cancelled")}
    final = {fact.order: fact.data["lines"] for fact in facts(made, "order.accepted", "order.edited")}
    shipped, invoiced = _units(made, "outbound.shipped"), _units(made, "invoice.posted")
    entered: dict[str | None, Any] = {}
    for fact in facts(made, "sales_order.created", "sales_order.changed"):
        entered[fact.order] = fact.data["lines"]
    for fact in facts(made, "sales_order.cancelled", "sales_order.rejected"):
        entered.pop(fact.order, None)
    captured = _money(made, "payment.captured")
    billed = _money(made, "invoice.posted")
    cards = {fact.order for fact in facts(made, "payment.authorised")}
    for order, lines in final.items():
        wanted = Counter({line["line"]: line["quantity"] for line in lines})
        if order in cancelled:
            wanted.clear()
            if order in entered:
                yield f"{order} is cancelled, but lives in the ERP"
        elif entered.get(order) != lines:
            yield f"{order}: the shop has {lines}, the ERP {entered.get(order)}"
        for number, lacking in (wanted - shipped.get(order, Counter())).items():
            sku = next(line["sku"] for line in lines if line["line"] == number)
            if there[sku] > 0:
                yield f"{order} lacks {lacking} of {sku}, of which {there[sku]} are there"
            owed[sku] += lacking
        if shipped.get(order, Counter()) - wanted:
            yield f"{order}: {dict(wanted)} wanted, {dict(shipped[order])} shipped"
        if invoiced.get(order, Counter()) != shipped.get(order, Counter()):
            yield f"{order}: {dict(shipped.get(order, {}))} shipped, {dict(invoiced.get(order, {}))} invoiced"
        if order in cards and captured[order] != billed[order]:
            yield f"{order}: {billed[order]} invoiced, {captured[order]} captured"


def _units(made: VirtualRun, kind: str) -> dict[str | None, Counter[int]]:
    units: dict[str | None, Counter[int]] = {}
    for fact in facts(made, kind):
        for line in fact.data["lines"]:
            units.setdefault(fact.order, Counter())[line["line"]] += line["quantity"]
    return units


def _money(made: VirtualRun, kind: str) -> Counter[str | None]:
    sums: Counter[str | None] = Counter()
    for fact in facts(made, kind):
        sums[fact.order] += fact.data["amount_minor" if kind == "payment.captured" else "total_minor"]
    return sums


def _of_requests(made: VirtualRun) -> Iterator[str]:
    for record in made.estate["commerce"].books.orders.values():
        for request in record.shown.get("requests", ()):
            if request["state"] == "open":
                yield f"{request['request']} of {record.order} has no answer"


def _of_reservations(made: VirtualRun) -> Iterator[str]:
    for reservation in made.estate["wms"].books.reservations.values():
        if reservation.state == "open":
            yield f"{reservation.reservation} of {reservation.order} is still open"


def _of_shelves(made: VirtualRun, promised: Counter[str]) -> Iterator[str]:
    for sku, shelf in made.estate["commerce"].books.shelves.items():
        if shelf.available != max(0, promised[sku]):
            yield f"the shop sells {shelf.available} of {sku}, {promised[sku]} can be promised"
