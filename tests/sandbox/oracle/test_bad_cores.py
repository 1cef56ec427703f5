"""What bad integrations do, each in a few lines, and the sentence with which the oracle answers."""

from __future__ import annotations

from sandbox.oracle import Context
from tests.sandbox.oracle.history import HOUR_US, START_US, History
from tests.sandbox.oracle.judging import judge


def messages(history: History, invariant: str, after_hours: float = 0, context: Context | None = None) -> list[str]:
    at_us = history.now_us + round(after_hours * HOUR_US)
    return [finding.message for finding in judge(history.facts, at_us, context)[invariant].violations]


def test_a_label_voided_under_a_parcel_that_has_left() -> None:
    history = History()
    order = history.order("A", 1).to_cash("LDS")
    order.void_label(order.shipments[0].label)
    assert messages(history, "I4") == ["label LBL-000001 was voided, but its parcel has left"]


def test_two_parcels_under_one_label() -> None:
    history = History()
    order = history.order("A", 2).erp().reserve("LDS", "BHM").release().pack().label()
    order.shipments[1].label = order.shipments[0].label
    order.ship()
    assert messages(history, "I4") == ["OUT-BHM-000001 left under label LBL-000001, which OUT-LDS-000001 has used"]


def test_more_captured_than_authorised() -> None:
    history = History()
    history.order("A", 1).to_cash("LDS").capture()
    assert messages(history, "I7") == ["W-000001: 2500 captured, 1250 authorised"]


def test_a_capture_after_the_authorisation_was_voided() -> None:
    history = History()
    order = history.order("A", 1).erp().to_the_dock("LDS").ship().issue().invoice().cancel()
    assert messages(history, "I7") == []
    order.capture()
    assert messages(history, "I7") == ["W-000001: 1250 captured, 0 authorised"]


def test_parcels_that_left_without_their_stock() -> None:
    history = History()
    history.order("A", 2).to_cash("LDS")
    facts = [fact for fact in history.facts if fact.kind != "stock.moved"]
    found = judge(facts, history.now_us)["I8"].violations
    assert [finding.message for finding in found] == [
        "LDS/A: 2 shipped, 0 moved out",
        "LDS/A: 2 reserved, open reservations keep 0",
    ]


def test_money_taken_and_never_invoiced() -> None:
    history = History()
    order = history.order("A", 1).erp().to_the_dock("LDS")
    order.shipments[0].total_minor = order.total_minor
    order.capture()
    assert messages(history, "I7", 6) == []
    late = messages(history, "I7", 7)
    assert late[0] == "W-000001: 1250 captured; by now 1250 captured, 0 invoiced"


def test_an_invoice_at_another_price_than_agreed() -> None:
    history = History()
    order = history.order("A", 2).erp().to_the_dock("LDS").ship()
    order.lines = [{**order.lines[0], "price_minor": 1251}]
    order.invoice()
    assert messages(history, "I7") == ["INV-000001 line 1 bills 1251 each, which was not agreed"]


def test_a_payment_booked_for_a_capture_that_never_was() -> None:
    history = History()
    order = history.order("A", 1).erp().to_the_dock("LDS").ship().issue().invoice()
    order.shipments[0].capture = "CAP-999999"
    order.pay()
    assert messages(history, "I7") == ["PAY-000001 books capture CAP-999999, which never was"]


def test_an_invoice_on_terms_that_is_paid_twice() -> None:
    history = History()
    order = history.order("A", 1, payment="account", customer="C-1").to_cash("LDS").remit()
    assert messages(history, "I7") == []
    order.remit()
    assert messages(history, "I7") == ["INV-000001: 2500 paid, more than it asks for"]


def test_a_cancellation_below_the_watermark_must_be_published() -> None:
    history = History()
    order = history.order("A", 3)
    history.adjust("LDS", "A", 1).publish()
    order.cancel()
    assert messages(history, "I9", 1) == []
    assert messages(history, "I9", 3) == ["the channel sells 38 of A, 41 can be promised"]
    history.publish()
    assert messages(history, "I9", 3) == []


def test_a_cancellation_beyond_the_watermark_needs_no_publication() -> None:
    history = History()
    history.order("A", 3).cancel()
    assert messages(history, "I9", 3) == []


def test_stock_of_a_cancelled_order_is_sellable_once_it_is_released() -> None:
    history = History()
    order = history.order("A", 3).erp().reserve("LDS").cancel()
    history.publish()
    assert messages(history, "I9", 3) == []
    assert messages(history, "I8", 7) == ["RES-LDS-000001 keeps stock for W-000001, which needs none"]
    order.unreserve()
    history.publish()
    assert messages(history, "I9", 3) == []
    assert messages(history, "I8", 7) == []


def test_an_order_is_stuck_only_when_it_has_stood_still_for_long() -> None:
    history = History()
    order = history.order("A", 1)
    history.wait(11 * 60)
    order.erp()
    on_its_way = judge(history.facts, START_US + 22 * HOUR_US)["I10"]
    assert (on_its_way.violations, on_its_way.excused) == ((), {})
    verdict = judge(history.facts, START_US + 24 * HOUR_US)["I10"]
    stuck = verdict.violations
    assert verdict.excused == {}
    assert [(finding.at_us - START_US) // HOUR_US for finding in stuck] == [23]
    assert stuck[0].message.endswith("the core has to release all of it to the warehouses")


def test_an_order_at_the_credit_desk_is_not_stuck() -> None:
    history = History()
    history.order("A", 1).erp("on_hold")
    assert messages(history, "I10", 48) == []


def test_a_parcel_that_waits_for_its_label_is_stuck_unless_somebody_was_told() -> None:
    history = History()
    order = history.order("A", 1).erp().reserve("LDS").release().pack()
    assert messages(history, "I10", 13) == [
        "W-000001 stands still and nobody was told: the core has to label a packed parcel"
    ]
    order.surface("carrier-unavailable")
    assert messages(history, "I10", 40) == []


def test_two_exceptions_about_one_order() -> None:
    history = History()
    order = history.order("A", 1).surface("no-stock")
    first = order.exception
    order.surface("customer-blocked")
    assert messages(history, "I10", 3) == ["2 exceptions are open about W-000001: EXC-000001, EXC-000002"]
    order.exception = first
    order.close()
    assert messages(history, "I10", 3) == []


def test_an_order_entered_for_another_customer() -> None:
    history = History()
    order = history.order("A", 1, payment="account", customer="C-1")
    order.customer = "C-2"
    order.erp()
    assert messages(history, "I13") == ["SO-000001 and W-000001 differ in the customer"]


def test_an_order_without_an_account_is_booked_on_the_cash_customer() -> None:
    history = History()
    order = history.order("A", 1)
    order.customer = "CASH"
    order.erp()
    assert messages(history, "I13") == ["SO-000001 and W-000001 differ in the customer"]
    assert messages(history, "I13", context=Context(cash_customer="CASH")) == []


def test_an_effect_with_the_trace_of_another_order() -> None:
    history = History()
    first, second = history.order("A", 1), history.order("B", 1)
    second.trace = first.trace
    second.erp()
    assert messages(history, "I19") == [
        "sales_order.created SO-000001 of W-000002 carries the trace of W-000001",
    ]
