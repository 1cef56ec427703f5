"""Oversales, cancellations, edits, backorders, fences: what goes wrong with them, and what the oracle answers."""

from __future__ import annotations

from sandbox.oracle import Context
from sandbox.oracle.invariants.stock_conserved import OPEN_DELIVERY
from tests.sandbox.oracle.history import HOUR_US, START_US, History
from tests.sandbox.oracle.judging import judge
from tests.sandbox.oracle.order_steps import Order
from tests.sandbox.oracle.test_bad_cores import messages


def edit(order: Order, quantity: int, number: str = "EDT-1", ship_to: str = "GB") -> Order:
    """The first line is to have another quantity; the channel lowers what may be taken from the card."""
    lines = [{**order.lines[0], "quantity": quantity}, *order.lines[1:]]
    total_minor = sum(line["quantity"] * line["price_minor"] for line in lines)
    data = {"edit": number, "revision": 1, "lines": lines, "ship_to": {"country": ship_to}, "by": "shopper"}
    order._add("commerce", "order.edited", order.order, {**data, "total_minor": total_minor})
    less_minor = order.total_minor - total_minor
    if order.payment == "card" and less_minor:
        order._add("commerce", "payment.reduced", order.authorisation, {"amount_minor": less_minor})
    order.lines, order.total_minor = lines, total_minor
    return order


def change(order: Order, ship_to: str = "GB") -> Order:
    """The ERP's order follows."""
    data = {"revision": 1, "lines": order.lines, "total_minor": order.total_minor, "ship_to": {"country": ship_to}}
    return order._add("erp", "sales_order.changed", order.sales_order, data)


def test_what_was_sold_from_a_number_that_was_wrong_for_long_is_the_integrations_fault() -> None:
    history = History(stock=5)
    history.adjust("LDS", "A", -4).adjust("BHM", "A", -4).wait(3 * 60)
    history.order("A", 5)
    verdict = judge(history.facts, history.now_us)["I3"]
    assert [finding.message for finding in verdict.violations] == [
        "W-000001 took 3 of A that nobody has: the channel had shown too many for 180 minutes"
    ]
    assert verdict.data == {"oversold_published": 3, "oversold_stale": 0}


def test_what_was_sold_before_the_channel_could_know_is_excused_and_counted() -> None:
    history = History(stock=5)
    history.adjust("LDS", "A", -4).adjust("BHM", "A", -4).wait(1)
    history.order("A", 5)
    verdict = judge(history.facts, history.now_us)["I3"]
    assert (verdict.violations, verdict.data["oversold_stale"]) == ((), 3)
    assert verdict.excused == {"published stock was younger than the staleness that is allowed": 1}


def test_an_outage_of_the_shop_excuses_an_older_number() -> None:
    context = Context(outages={"commerce": [(START_US, START_US + 2 * HOUR_US)]})
    history = History(stock=5)
    history.adjust("LDS", "A", -4).adjust("BHM", "A", -4).wait(3 * 60)
    history.order("A", 5)
    verdict = judge(history.facts, history.now_us, context)["I3"]
    assert (verdict.violations, verdict.excused) == ((), {"outage of commerce": 1})


def test_a_parcel_that_leaves_after_its_cancellation() -> None:
    history = History()
    order = history.order("A", 1).erp().to_the_dock("LDS").cancel()
    order.ship()
    assert messages(history, "I5") == ["OUT-LDS-000001 of W-000001 left after the order was cancelled"]


def test_a_parcel_that_leaves_after_its_warehouse_has_let_it_go() -> None:
    history = History()
    order = history.order("A", 1).erp().to_the_dock("LDS")
    order._add("wms", "outbound.cancelled", order.shipments[0].outbound, {"reason": "edited"})
    order.ship()
    assert messages(history, "I5") == ["OUT-LDS-000001 left after the warehouse had cancelled it"]


def test_a_shopper_who_asks_too_late_is_told_in_time() -> None:
    history = History()
    order = history.order("A", 1).erp().to_the_dock("LDS")
    order._add("commerce", "cancellation.requested", "CXR-1", {"reason": "changed my mind"})
    order._add("wms", "outbound.cancel_refused", order.shipments[0].outbound, {"state": "picking"})
    assert messages(history, "I5", 6) == []
    assert messages(history, "I5", 7) == [
        "the warehouse ships W-000001 in spite of CXR-1, and the shopper was not told"
    ]
    assert "CXR-1 of W-000001 was never answered" in messages(history, "I12", 7)
    order._add("commerce", "cancellation.refused", "CXR-1", {"reason": "too-late"})
    assert messages(history, "I5", 7) == []
    assert "CXR-1 of W-000001 was never answered" not in messages(history, "I12", 7)


def test_a_refusal_that_no_bus_takes_is_told_later() -> None:
    context = Context(outages={"bus": [(START_US, START_US + 10 * HOUR_US)]})
    history = History()
    order = history.order("A", 1).erp().to_the_dock("LDS")
    order._add("commerce", "cancellation.requested", "CXR-1", {"reason": "changed my mind"})
    order._add("wms", "outbound.cancel_refused", order.shipments[0].outbound, {"state": "picking"})
    for invariant in ("I5", "I12"):
        assert not [said for said in messages(history, invariant, 15, context=context) if "CXR-1" in said]
        assert [said for said in messages(history, invariant, 17, context=context) if "CXR-1" in said]


def test_what_a_cancelled_order_leaves_behind() -> None:
    history = History()
    order = history.order("A", 1).erp().to_the_dock("LDS").cancel()
    label = order.shipments[0].label
    assert messages(history, "I14", 5) == []
    assert messages(history, "I14", 7) == [
        "W-000001 was cancelled, but SO-000001 stands in the ERP, OUT-LDS-000001 is with the warehouse, "
        f"RES-LDS-000001 keeps stock, label {label} is paid"
    ]
    order.void().void_label(label)
    order._add("wms", "outbound.cancelled", order.shipments[0].outbound, {"reason": "cancelled"})
    order.unreserve()
    assert messages(history, "I14", 7) == []


def test_an_effect_after_the_cancellation_must_be_taken_back_as_well() -> None:
    history = History()
    order = history.order("A", 1).cancel()
    history.wait(5 * 60)
    order.erp()
    assert messages(history, "I14", 5) == []
    assert messages(history, "I14", 7) == ["W-000001 was cancelled, but SO-000001 stands in the ERP"]


def test_an_authorisation_that_nobody_gave_back() -> None:
    history = History()
    order = history.order("A", 1)
    order._add("commerce", "order.cancelled", order.order, {"reason": "asked"})
    assert messages(history, "I14", 7) == ["W-000001 was cancelled, but 1250 may still be taken from the card"]


def test_an_edit_that_keeps_stock_for_what_nobody_wants() -> None:
    history = History()
    order = edit(history.order("A", 3).erp().reserve("LDS"), 1)
    change(order)
    assert messages(history, "I14", 7) == ["W-000001 was edited, but 2 of A are kept for it beyond what it asks for"]


def test_an_edit_that_the_erp_never_heard_of() -> None:
    history = History()
    order = edit(history.order("A", 3).erp(), 1)
    assert messages(history, "I17", 5) == []
    assert messages(history, "I17", 7) == ["SO-000001 and W-000001 differ in their lines"]
    change(order)
    assert messages(history, "I17", 7) == []


def test_a_parcel_for_the_old_address() -> None:
    history = History()
    order = history.order("A", 1).erp().to_the_dock("LDS")
    change(edit(order, 1, ship_to="IE"), "IE").ship()
    assert messages(history, "I17") == ["OUT-LDS-000001 left for another address than W-000001 asks for"]


def test_a_label_for_another_country() -> None:
    history = History()
    order = history.order("A", 1).erp()
    data = {"tracking": "T", "reference": "R", "cost_minor": 1, "weight_g": 1, "to_country": "IE"}
    order._add("carrier", "label.bought", "LBL-9", data)
    assert messages(history, "I17") == ["label LBL-9 is for IE, W-000001 goes to GB"]


def test_an_item_whose_price_the_shop_never_learned() -> None:
    history = History()
    item = {"version": 2, "name": "A", "price_minor": 1300, "pack": 1}
    history.add("erp", "item.changed", "A", None, {**item, "active": True})
    assert messages(history, "I17", 7) == ["the shop does not show version 2 of A"]
    history.add("commerce", "item.changed", "A", None, {**item, "listed": True})
    assert messages(history, "I17", 7) == []


def test_a_backorder_is_late_once_there_is_stock_for_it_and_for_those_before_it() -> None:
    history = History(stock=1)
    first, second = history.order("A", 4).erp(), history.order("A", 2).erp()
    first.tell("backordered")
    second.tell("backordered")
    history.adjust("LDS", "A", 2)
    late = messages(history, "I12", 7)
    assert late == ["W-000001 waits for stock that has been there all along"]
    history.adjust("LDS", "A", 2)
    assert messages(history, "I12", 7) == [*late, "W-000002 waits for stock that has been there all along"]


def test_a_backorder_without_stock_is_nobodys_fault() -> None:
    history = History(stock=1)
    history.order("A", 4).erp().tell("backordered")
    assert messages(history, "I12", 30) == []
    assert messages(history, "I10", 30) == []


REFUSED = {"cause": "over-receipt", "subject": "ASN-1"}


def delivered(came: int, posted: int) -> History:
    """A delivery of one item to Leeds, of which the ERP has posted so much."""
    history = History()
    lines = [{"line": 1, "sku": "A", "quantity": came}]
    delivery = {"asn": "ASN-1", "purchase_order": "PO-1", "site": "LDS", "lines": lines}
    history.add("wms", "inbound.received", "INB-LDS-1", None, delivery)
    history.move("LDS", "A", came, "receipt", "INB-LDS-1", None)
    return post(history, "GR-1", posted)


def post(history: History, number: str, quantity: int) -> History:
    """The ERP books so much of it."""
    lines = [{"line": 1, "sku": "A", "quantity": quantity}]
    data = {"asn": "ASN-1", "purchase_order": "PO-1", "receipt": "INB-LDS-1", "site": "LDS", "lines": lines}
    history.add("erp", "goods_receipt.posted", number, None, {**data, "cost_minor": 250 * quantity})
    return history


def test_documents_that_nobody_followed_up() -> None:
    history = History()
    lines = [{"line": 1, "sku": "A", "quantity": 5}]
    delivery = {"asn": "ASN-1", "purchase_order": "PO-1", "site": "LDS", "lines": lines}
    history.add("erp", "asn.sent", "ASN-1", None, {**delivery, "arrives_at_us": START_US})
    history.add("wms", "inbound.received", "INB-LDS-1", None, delivery)
    history.move("LDS", "A", 5, "receipt", "INB-LDS-1", None)
    count = {"site": "LDS", "sku": "B", "counted": 19, "book": 20, "as_of": 0}
    history.add("wms", "count.recorded", "CNT-1", None, count)
    assert messages(history, "I12", 7) == [
        "ASN-1 is on its way and no warehouse expects it",
        "INB-LDS-1 was received and is not in the ERP's stock",
    ]
    assert messages(history, "I12", 25)[-1] == "CNT-1 was counted and nobody decided about it"
    assert messages(history, "I8", 7) == ["LDS/A: the ERP's stock is 5 below the warehouse's"]


def test_a_surplus_that_waits_for_a_buyer_is_excused_and_counted_as_long_as_its_exception_is_open() -> None:
    history = delivered(5, posted=3)
    history.add("desk", "exception.opened", "EXC-1", None, {**REFUSED, "message": "more came than was ordered"})
    assert messages(history, "I8", 30) == []
    assert judge(history.facts, history.now_us + 30 * HOUR_US)["I8"].excused == {OPEN_DELIVERY: 1}
    history.add("desk", "exception.closed", "EXC-1", None, {"resolution": "went on"})
    assert messages(history, "I8", 13) == ["LDS/A: the ERP's stock is 2 below the warehouse's"]


def test_an_exception_about_a_delivery_that_is_wholly_posted_excuses_nothing() -> None:
    history = delivered(5, posted=5)
    history.add("desk", "exception.opened", "EXC-1", None, {**REFUSED, "message": "more came than was ordered"})
    history.move("LDS", "A", -1, "adjust", "ADJ-1", None)
    assert messages(history, "I8", 7) == ["LDS/A: the ERP's stock is 1 above the warehouse's"]


def test_a_surplus_may_be_posted_by_itself_but_nothing_twice() -> None:
    history = delivered(5, posted=3)
    assert messages(post(history, "GR-2", 2), "I13") == []
    assert messages(post(history, "GR-3", 2), "I13") == [
        "INB-LDS-1 has GR-1 and GR-2 and GR-3 (goods_receipt.posted), more than came"
    ]


def test_a_core_that_was_replaced_and_goes_on() -> None:
    history = History()
    order = history.order("A", 1).erp()
    history.take_over()
    order.tell("accepted")
    history.fence = 1
    order.reserve("LDS")
    assert messages(history, "I18") == [
        "reservation.made RES-LDS-000001 of W-000001 came under fence 1, after 2 had worked on it"
    ]
