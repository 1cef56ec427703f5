"""Return orders: parcels announced to a site, parcels that came without, and what the inspection found."""

from __future__ import annotations

from functools import partial

from mock_systems.kit.return_parcel import ReturnedLine, ReturnParcel
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply
from mock_systems.wms.announced import take_waiting
from mock_systems.wms.books import WmsBooks
from mock_systems.wms.return_book import ReturnOrder
from mock_systems.wms.return_wire import Disposition, InspectedLine, NewReturn, ReturnQuery
from mock_systems.wms.stock import move_stock
from mock_systems.wms.wire import Line


def announce_return(books: WmsBooks, turn: Turn) -> Reply:
    """Tell a site what is coming back. The same number again makes a second return order: a bad habit."""
    body: NewReturn = turn.body
    place = books.place_for(body.site, body.lines)
    place.return_orders += 1
    number = f"RET-{body.site}-{place.return_orders:06d}"
    parent = body.traceparent
    trace = parent[3:35] if parent else turn.trace
    expected = ReturnOrder(number, body.rma, body.order, body.site, body.lines, parent, trace, turn.now_us)
    books.returns.add(expected)
    data = {"rma": body.rma, "site": body.site, "lines": body.lines}
    turn.fact("return.expected", number, body.order, data, trace)
    reply = Reply(201, expected.view(), {"location": f"/returns/{number}"})
    parcel = take_waiting(place.unclaimed, expected.rma)
    if parcel is not None:
        books.inspect(expected, parcel)
    return reply


def get_return(books: WmsBooks, turn: Turn) -> Reply:
    """One return order as it is now."""
    number = turn.params["return_order"]
    expected = books.returns.all.get(number)
    if expected is None:
        raise Refusal(404, "unknown-return-order", f"there is no return order {number}")
    return Reply(200, expected.view())


def list_returns(books: WmsBooks, turn: Turn) -> Reply:
    """Return orders by their latest change; with a number of the channel's, those announced for it, oldest first."""
    query: ReturnQuery = turn.query
    return books.returns.listed(query.rma, query)


def arrive_back(books: WmsBooks, parcel: ReturnParcel, turn: Turn) -> None:
    """A customer's goods are at the docks of the sites that shipped them: to be inspected, or to wait unclaimed.

    Raises ValueError for a shipment that never was.
    """
    by_site: dict[str, list[ReturnedLine]] = {}
    for line in parcel.lines:
        shipped = books.outbound_by_reference.get(line.shipment)
        if not shipped:
            raise ValueError(f"{parcel.rma} brings back goods of {line.shipment}, which the WMS never shipped")
        by_site.setdefault(shipped[-1].reservation.site, []).append(line)
    for site, lines in by_site.items():
        part = parcel._replace(lines=tuple(lines))
        expected = books.returns.awaiting(parcel.rma, site)
        data = {"site": site, "lines": _merged(part), "announced": expected is not None}
        turn.fact("return.arrived", parcel.rma, parcel.order, data, expected.trace if expected is not None else None)
        if expected is None:
            books.sites[site].unclaimed.setdefault(parcel.rma, []).append(part)
        else:
            books.inspect(expected, part)


def receive_return(
    books: WmsBooks, expected: ReturnOrder, parcel: ReturnParcel, dispositions: dict[int, Disposition], turn: Turn
) -> None:
    """Book what the inspection found: what can be sold again goes onto the shelf, the rest to the scrap heap."""
    announced: dict[int, int] = {}
    for line in expected.lines:
        announced[line["line"]] = announced.get(line["line"], 0) + line["quantity"]
    received: list[InspectedLine] = [
        {**line, "disposition": dispositions[line["line"]], "announced": announced.get(line["line"], 0)}
        for line in _merged(parcel)
    ]
    expected.received = received
    books.returns.enter(expected, "received", turn.now_us)
    number, site, order = expected.return_order, expected.site, expected.order
    turn.fact("return.received", number, order, {"rma": expected.rma, "site": site, "lines": received})
    turn.notify("return.received", number, order, expected.view())
    stock = books.sites[site].stock
    book = partial(move_stock, reason="return", reference=number, order=order, turn=turn)
    moves = [book(stock[x["sku"]], x["quantity"]) for x in received if x["disposition"] == "restock"]
    if moves:
        turn.notify("stock.moved", number, order, {"moves": moves})


def _merged(parcel: ReturnParcel) -> list[Line]:
    """The parcel's content by line, whatever shipments it came with."""
    quantities: dict[tuple[int, str], int] = {}
    for line in parcel.lines:
        quantities[line.line, line.sku] = quantities.get((line.line, line.sku), 0) + line.quantity
    return [{"line": line, "sku": sku, "quantity": quantity} for (line, sku), quantity in quantities.items()]
