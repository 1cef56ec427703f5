"""What operations of our systems need to find in the books, beside values that are merely known.

An edit can only be accepted while it is open, and only of its own order. So for such operations something in that
state is set apart, and no other operation is sent its name on purpose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from mock_systems.kit.system import MockSystem
from mock_systems.kit.wire import Request
from sandbox.runs.estate import Estate
from sandbox.verification.fuzz.target import Values

States = dict[str, Values]
"""Values by the id of the operation that needs them together."""
_STILL: Final = ("received", "on_hold", "accepted", "allocated", "released", "backordered")
_AMOUNTS: Final = (1, 2)


def own_states(estate: Estate, now_us: int) -> Mapping[str, States]:
    """By system what is set apart, as the books have it at the end of a run; the warehouse gets some work besides."""
    return {
        "commerce": dict(_of_commerce(estate["commerce"].books)),
        "wms": dict(_of_wms(estate["wms"], now_us)),
        "erp": dict(_of_erp(estate["erp"].books)),
    }


def set_apart(states: Iterable[States], name: str) -> frozenset[str | int]:
    """The values of this name that belong to single operations."""
    return frozenset(one for of_system in states for values in of_system.values() for one in values.get(name, ()))


def _of_commerce(books: Any) -> Iterator[tuple[str, Values]]:
    sold = max(books.shelves.values(), key=lambda shelf: shelf.available if shelf.sku not in books.unlisted else -1)
    yield "placeOrder", {"sku": (sold.sku,), "quantity": (1,)}
    records = [record for record in books.orders.values() if record.shown["state"] == "open"]
    calm = [record for record in records if not _requests(record) and record.shown["status"] in _STILL]
    for operation, count in (("requestCancellation", 2), ("requestEdit", 2)):
        yield operation, {"order": _orders(calm, count)}
    if with_substitutes := [record for record in calm if record.shown.get("substitutes")]:
        record = with_substitutes[0]
        line = record.lines[0]
        other = next(sku for sku in books.skus if sku != line["sku"])
        calm.remove(record)
        yield (
            "substituteItem",
            {"order": (record.order,), "line": (line["line"],), "quantity": (1,), "substitute": (other,)},
        )
    if on_card := [record for record in calm if record.open_minor > 10]:
        calm.remove(on_card[-1])
        yield "capturePayment", {"order": (on_card[-1].order,), "amount_minor": _AMOUNTS}
    if calm:
        line = calm[0].first_lines[0] if calm[0].first_lines else calm[0].lines[0]
        yield (
            "addFulfilment",
            {"order": (calm.pop(0).order,), "line": (line["line"],), "sku": (line["sku"],), "quantity": (1,)},
        )
    paid = [record.order for record in records if record.captures and not record.refunds]
    yield "refundPayment", {"order": tuple(paid[-2:]), "amount_minor": _AMOUNTS}
    yield from _requested(records)


def _requested(records: Iterable[Any]) -> Iterator[tuple[str, Values]]:
    wanted = {"edit": ["acceptEdit", "refuseEdit"], "cancellation": ["refuseCancellation"]}
    for record in records:
        for request in _requests(record):
            if wanted[request["kind"]]:
                name = "edit" if request["kind"] == "edit" else "request"
                yield wanted[request["kind"]].pop(), {"order": (record.order,), name: (request["request"],)}


def _requests(record: Any) -> list[Any]:
    return [request for request in record.shown.get("requests", ()) if request["state"] == "open"]


def _orders(records: list[Any], count: int) -> tuple[str, ...]:
    taken, records[:] = records[:count], records[count:]
    return tuple(record.order for record in taken)


def _of_wms(system: MockSystem, now_us: int) -> Iterator[tuple[str, Values]]:
    books: Any = system.books
    order = "FUZZED-1"
    free, *taken = [_reserve(system, now_us, order, number) for number in range(1, 5)]
    yield "releaseOutbound", {"reservation": (free["reservation"],), "order": (order,)}
    received = [
        _ask(
            system,
            now_us,
            "/outbound-orders",
            {
                "reference": one["reference"],
                "reservation": one["reservation"],
                "order": order,
                "ship_to": {"name": "A. Person", "country": "GB", "postcode": "N1 1AA"},
            },
        )
        for one in taken
    ]
    yield "cancelOutbound", {"outbound_order": tuple(one["outbound_order"] for one in received)}
    packed = [one.outbound_order for one in books.outbound_orders.values() if one.state == "packed" and not one.label]
    yield "attachLabel", {"outbound_order": tuple(packed[:6])}
    undecided = [count.count for count in books.counts.counts.values() if count.state == "recorded"]
    yield "approveCount", {"count": tuple(undecided[::2])}
    yield "rejectCount", {"count": tuple(undecided[1::2])}


def _reserve(system: MockSystem, now_us: int, order: str, number: int) -> Any:
    """One of what there is most of."""
    books: Any = system.books
    most = max(books.balances, key=lambda balance: balance.on_hand - balance.reserved)
    line = {"line": 1, "sku": most.sku, "quantity": 1}
    body = {"reference": f"{order}-{number}", "order": order, "site": most.site, "lines": [line]}
    return _ask(system, now_us, "/reservations", body)


def _ask(system: MockSystem, now_us: int, path: str, body: Any) -> Any:
    """Have the system do one thing, past its door."""
    request = Request("POST", path, body=body)
    found = system.routes.find(request)
    assert found is not None, f"{system.name} has no POST {path}"
    reply = system.handle(request, *found, now_us)
    assert reply.status == 201, f"{path}: {reply.body}"
    return reply.body


def _of_erp(books: Any) -> Iterator[tuple[str, Values]]:
    orders = list(books.sales_orders.since(0))
    still = [one for one in orders if one.status == "open" and not one.issued and not one.invoiced]
    still.sort(key=lambda one: -_largest(one)["quantity"])
    for operation in ("postGoodsIssue", "postInvoice"):
        for order in still[:1]:
            still.remove(order)
            yield operation, _part_of(order, _largest(order))
    numbers = tuple(one.sales_order for one in still[-4:])
    yield "changeSalesOrder", {"sales_order": numbers, "revision": tuple(range(1, 9))}
    for operation, done, back in (
        ("postGoodsReturn", "issued", "returned"),
        ("postCreditNote", "invoiced", "credited"),
    ):
        whole = [one for one in orders if getattr(one, done) and not getattr(one, back) and one.status != "cancelled"]
        for order in whole[-1:]:
            orders.remove(order)
            line = next(line for line in order.lines if getattr(order, done).get(line["line"]))
            yield operation, _part_of(order, line)
    expected = [one for one in books.purchasing.orders.values() if one.status == "open" and not one.received]
    for purchase in expected[-1:]:
        line = max(purchase.lines, key=lambda one: one["quantity"])
        told = {"purchase_order": (purchase.purchase_order,), "site": (purchase.site,)}
        yield "postGoodsReceipt", {**told, "line": (line["line"],), "sku": (line["sku"],), "quantity": (1,)}


def _largest(order: Any) -> Any:
    return max(order.lines, key=lambda line: line["quantity"])


def _part_of(order: Any, line: Any) -> Values:
    sku = (line["sku"],)
    return {"sales_order": (order.sales_order,), "line": (line["line"],), "sku": sku, "quantity": (1,)}
