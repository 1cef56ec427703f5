"""Customers on account pay what is open on their invoices, around the due date, and their credit is free again."""

from __future__ import annotations

from dataclasses import replace
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_systems.erp.receivables import PaymentBehaviour
from mock_systems.kit.opening import ExchangeRate
from mock_systems.kit.physics import DAY, HOUR
from tests.mock_systems.erp.caller import MONDAY_9_US, OPENING, SHIP_TO, TRACE, Caller, line
from tests.mock_systems.erp.test_order_to_cash import balances

ON_TIME = PaymentBehaviour(early=0, late=0)
MONDAY_US = MONDAY_9_US - 9 * HOUR


def invoiced(erp: Caller, *quantities: int, ref: str = "W-000001", customer: str | None = "C-ACC") -> str:
    """An order of mugs at 5.00 for this customer, billed in parts of so many; the sales order's number."""
    order = erp.order(line(1, "MUG", sum(quantities), 500), ref=ref, customer=customer)["sales_order"]
    for part, quantity in enumerate(quantities):
        bill(erp, order, quantity, f"{ref}-{part}")
    return str(order)


def bill(erp: Caller, order: str, quantity: int, shipment: str) -> None:
    erp.post("/invoices", {"sales_order": order, "shipment": shipment, "lines": [line(1, "MUG", quantity)]})


def credit(erp: Caller, order: str, quantity: int, rma: str = "RMA-1") -> None:
    erp.post("/credit-notes", {"sales_order": order, "return": rma, "lines": [line(1, "MUG", quantity)]})


def paid(erp: Caller) -> list[int]:
    return [fact.data["amount_minor"] for fact in erp.facts("payment.posted")]


def day_paid(erp: Caller) -> list[int]:
    """Days after the invoice on which the bank's statement was booked, by payment."""
    return [(fact.at_us - MONDAY_US) // DAY for fact in erp.facts("payment.posted")]


def test_an_invoice_is_paid_when_it_is_due_and_booked_from_the_next_mornings_statement() -> None:
    erp = Caller(customers_pay=ON_TIME)
    invoiced(erp, 10)
    erp.wait(30 * DAY)
    assert paid(erp) == []
    assert erp.exposure("C-ACC") == 5000
    erp.wait(DAY)
    (fact,) = erp.facts("payment.posted")
    expected = {"invoice": "INV-000001", "amount_minor": 5000, "reference": "INV-000001", "customer": "C-ACC"}
    assert (fact.entity, fact.order, fact.data) == ("PAY-000001", "W-000001", expected)
    assert (fact.trace, fact.fence) == (TRACE, None)
    assert 31 * DAY + 7 * HOUR <= fact.at_us - MONDAY_US < 31 * DAY + 8 * HOUR
    assert erp.exposure("C-ACC") == 0
    assert erp.notices == [], "nobody is told by a webhook"


def test_it_is_booked_as_any_payment_is() -> None:
    erp = Caller(customers_pay=ON_TIME)
    invoiced(erp, 10)
    before = balances(erp)
    erp.wait(40 * DAY)
    after = balances(erp)
    assert (before["accounts_receivable"], after["accounts_receivable"], after["bank"]) == (5000, 0, 5000)
    assert erp.facts("gl.posted")[-1].data["document"] == "PAY-000001"
    shown = erp.get("/payments/PAY-000001")
    assert shown == {
        "payment": "PAY-000001", "invoice": "INV-000001", "amount_minor": 5000, "reference": "INV-000001"
    }  # fmt: skip
    assert erp.get("/payments", reference="INV-000001")["items"] == [shown]


def test_an_order_is_taken_again_when_the_one_before_is_paid() -> None:
    erp = Caller(customers_pay=ON_TIME)
    invoiced(erp, 200)
    assert erp.order(line(1, "MUG", 51, 500), ref="W-2", customer="C-ACC")["status"] == "on_hold"
    erp.wait(31 * DAY)
    assert erp.get("/sales-orders/SO-000002")["status"] == "rejected"
    assert erp.order(line(1, "MUG", 200, 500), ref="W-3", customer="C-ACC")["status"] == "open"


@pytest.mark.parametrize("customer", [None, "C-CARD"])
def test_who_pays_by_card_does_not_pay_here(customer: str | None) -> None:
    erp = Caller(customers_pay=ON_TIME)
    invoiced(erp, 10, customer=customer)
    erp.wait(100 * DAY)
    assert paid(erp) == []


def test_the_early_pay_in_the_second_half_of_the_terms() -> None:
    erp = Caller(customers_pay=PaymentBehaviour(early=1, late=0))
    for n in range(100):
        invoiced(erp, 1, ref=f"W-{n}")
    erp.wait(31 * DAY)
    days = day_paid(erp)
    assert len(days) == 100
    assert (min(days), max(days)) == (16, 30), "a day later than the money left"


def test_the_late_pay_lognormal_days_after_the_due_date() -> None:
    erp = Caller(customers_pay=PaymentBehaviour(early=0, late=1, late_days=7, sigma=1))
    for n in range(100):
        invoiced(erp, 1, ref=f"W-{n}")
    erp.wait(365 * DAY)
    late = [days - 31 for days in day_paid(erp)]
    assert len(late) == 100
    assert min(late) >= 0
    assert 5 <= median(late) <= 9
    assert max(late) > 30


def test_by_default_most_pay_by_the_due_date() -> None:
    erp = Caller()
    for n in range(200):
        invoiced(erp, 1, ref=f"W-{n}")
    erp.wait(365 * DAY)
    days = day_paid(erp)
    assert len(days) == 200, "each once"
    assert 0.1 < sum(day < 30 for day in days) / 200 < 0.2
    assert 0.3 < sum(day > 31 for day in days) / 200 < 0.5


def test_when_it_is_paid_depends_on_the_order_alone() -> None:
    def paid_at(refs: list[str]) -> dict[str | None, int]:
        erp = Caller()
        for ref in refs:
            invoiced(erp, 1, ref=ref)
        erp.wait(365 * DAY)
        return {fact.order: fact.at_us for fact in erp.facts("payment.posted")}

    assert paid_at(["W-1", "W-2", "W-3"]) == paid_at(["W-3", "W-1", "W-2"])


def test_what_was_credited_is_not_paid() -> None:
    erp = Caller(customers_pay=ON_TIME)
    credit(erp, invoiced(erp, 10), 4)
    credit(erp, invoiced(erp, 2, ref="W-2"), 2, "RMA-2")
    erp.wait(31 * DAY)
    assert paid(erp) == [3000], "and nothing is booked for the second"
    assert erp.exposure("C-ACC") == 0
    assert balances(erp)["accounts_receivable"] == 0


def test_a_credit_is_set_off_once_against_what_is_due_next_of_its_order() -> None:
    erp = Caller(customers_pay=ON_TIME)
    order = erp.order(line(1, "MUG", 30, 500), customer="C-ACC")["sales_order"]
    for part in range(3):
        bill(erp, order, 10, f"S-{part}")
        erp.wait(DAY)
    erp.wait(28 * DAY)
    assert paid(erp) == [5000]
    credit(erp, order, 13)
    erp.wait(3 * DAY)
    assert paid(erp) == [5000, 3500], "the second is covered, and 1500 of the third"
    assert erp.exposure("C-ACC") == 0
    assert balances(erp)["accounts_receivable"] == 0


@given(st.lists(st.tuples(st.sampled_from(["bill", "credit", "wait"]), st.integers(1, 20)), max_size=12))
def test_in_the_end_all_is_paid_and_never_more_than_is_open(steps: list[tuple[str, int]]) -> None:
    erp = Caller()
    order = erp.order(line(1, "MUG", 60, 50), customer="C-ACC")["sales_order"]
    for n, (what, quantity) in enumerate(steps):
        lines = {"sales_order": order, "lines": [line(1, "MUG", quantity)]}
        match what:
            case "bill":
                erp.post("/invoices", {**lines, "shipment": f"S-{n}"})
            case "credit":
                erp.call("POST", "/credit-notes", {**lines, "return": f"RMA-{n}"})  # more than was billed is refused
            case "wait":
                erp.wait(quantity * DAY)
    erp.wait(2000 * DAY)
    owed_minor = 0
    for fact in erp.facts("invoice.posted", "credit_note.posted", "payment.posted"):
        match fact.kind:
            case "invoice.posted":
                owed_minor += fact.data["total_minor"]
            case "credit_note.posted":
                owed_minor -= fact.data["total_minor"]
            case "payment.posted":
                owed_minor -= fact.data["amount_minor"]
                assert owed_minor >= 0, "what was credited is not paid"
    assert owed_minor <= 0, "but all the rest is"
    assert balances(erp).get("accounts_receivable", 0) == owed_minor


def test_what_was_refunded_is_not_set_off_as_well() -> None:
    erp = Caller(customers_pay=ON_TIME)
    credit(erp, invoiced(erp, 10), 4)
    erp.post("/refund-postings", {"credit_note": "CN-000001", "amount_minor": 2000, "reference": "REF-1"})
    erp.wait(31 * DAY)
    assert paid(erp) == [5000]
    assert erp.exposure("C-ACC") == 0


@pytest.mark.parametrize(("earlier", "rest"), [(1500, [3500]), (5000, []), (6000, [])])
def test_only_what_is_open_is_paid(earlier: int, rest: list[int]) -> None:
    erp = Caller(customers_pay=ON_TIME)
    invoiced(erp, 10)
    erp.post("/payments", {"invoice": "INV-000001", "amount_minor": earlier, "reference": "CHQ-1"})
    erp.wait(31 * DAY)
    assert paid(erp) == [earlier, *rest]
    assert "customer" not in erp.facts("payment.posted")[0].data
    assert erp.exposure("C-ACC") == 0


def test_some_customers_never_pay() -> None:
    customers = tuple(replace(OPENING.customers[0], customer=f"C-{n:03d}") for n in range(100))
    erp = Caller(
        customers_pay=PaymentBehaviour(never=0.2),
        opening=replace(OPENING, customers=(*OPENING.customers, *customers)),
    )
    for n in range(200):
        invoiced(erp, 1, ref=f"W-{n}", customer=customers[n % 100].customer)
    erp.wait(1000 * DAY)
    payments = [fact.data["customer"] for fact in erp.facts("payment.posted")]
    assert 10 <= 100 - len(set(payments)) <= 30
    assert all(payments.count(customer) == 2 for customer in payments), "who pays, pays all"
    owing = [each.customer for each in customers if each.customer not in payments]
    assert all(erp.exposure(customer) == 1000 for customer in owing)


def test_an_invoice_in_another_currency_is_paid_in_it() -> None:
    opening = replace(OPENING, exchange_rates=(ExchangeRate("EUR", 860_000),))
    erp = Caller(customers_pay=ON_TIME, opening=opening)
    body = {"external_ref": "W-1", "customer": "C-ACC", "currency": "EUR", "ship_to": SHIP_TO}
    erp.post("/sales-orders", {**body, "lines": [line(1, "MUG", 3, 333)]})
    bill(erp, "SO-000001", 2, "S-1")
    bill(erp, "SO-000001", 1, "S-2")
    credit(erp, "SO-000001", 1)
    erp.wait(31 * DAY)
    (fact,) = [fact for fact in erp.facts("payment.posted") if fact.data["invoice"] == "INV-000001"]
    assert fact.data["base_minor"] == round(fact.data["amount_minor"] * 0.86)
    assert sum(paid(erp)) == 666
    assert abs(erp.exposure("C-ACC")) <= 1, "each part is rounded by itself"
    totals = erp.get("/trial-balance")["totals"]
    assert all(total["debit_minor"] == total["credit_minor"] for total in totals)


@pytest.mark.parametrize(
    "wrong", [{"early": -0.1}, {"late": 1.1}, {"never": 2}, {"late_days": 0}, {"sigma": 6}, {"early": 0.7, "late": 0.4}]
)
def test_behaviour_that_cannot_be_meant(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        PaymentBehaviour(**wrong)
