"""Books held against each other: a run's agree; take away or change one fact, and the right comparison says so."""

from __future__ import annotations

import pytest

from mock_systems.kit.ledger import Fact
from sandbox.oracle.book_comparison import Comparison, compared_books
from sandbox.runs.virtual_run import VirtualRun
from tests.sandbox.runs.small_runs import books, run, small_scenario

CASES = {
    "goods_issue.posted": "stock: ERP and warehouse, by site and item",
    "sales_order.created": "orders: open at the shop and in the ERP",
    "invoice.posted": "units: shipped and invoiced",
    "payment.posted": "money: captured and booked",
    "payment.captured": "money: captured and booked",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> VirtualRun:
    return run(small_scenario(tmp_path_factory.mktemp("books")))


def compared(made: VirtualRun, without: Fact | None = None, *more: Fact) -> dict[str, Comparison]:
    """The comparisons by name, with one fact taken away and others added."""
    ledgers = [[fact for fact in facts if fact is not without] for facts in books(made).values()]
    return {found.name: found for found in compared_books([*ledgers, more], made.oracle.cases.availability)}


def test_the_books_of_a_normal_run_agree(made: VirtualRun) -> None:
    found = compared(made)
    assert [name for name, each in found.items() if each.differences] == []
    assert all(each.compared for name, each in found.items() if "refunded" not in name)


def test_what_customers_pay_on_terms_stands_in_the_erp_alone(made: VirtualRun) -> None:
    invoice = next(fact for fact in books(made)["erp"] if fact.kind == "invoice.posted")
    data = {"invoice": invoice.entity, "amount_minor": 1, "reference": invoice.entity}
    booked = Fact(1, invoice.at_us, "erp", "payment.posted", "PAY-X", invoice.order, data, None, None)
    paid = booked._replace(data={**data, "customer": "CUST-0001"})
    assert compared(made, None, paid)["money: captured and booked"].differences == 0
    assert compared(made, None, booked)["money: captured and booked"].unexplained == 1


@pytest.mark.parametrize(("kind", "name"), CASES.items())
def test_a_fact_that_is_missing_is_a_difference_without_a_reason(made: VirtualRun, kind: str, name: str) -> None:
    missing = next(fact for facts in books(made).values() for fact in facts if fact.kind == kind)
    found = compared(made, missing)[name]
    assert found.unexplained >= 1
    assert found.examples


def test_a_difference_of_stock_says_which_side_has_more(made: VirtualRun) -> None:
    issue = next(fact for fact in books(made)["erp"] if fact.kind == "goods_issue.posted")
    line, name = issue.data["lines"][0], "stock: ERP and warehouse, by site and item"
    shelf, quantity = f"{issue.data['site']}/{line['sku']}", line["quantity"]
    missing = f"{shelf}: ERP +{quantity} (shipped, no goods issue)"
    twice = f"{shelf}: ERP -{quantity} (goods issue, not shipped)"
    assert missing in compared(made, issue)[name].examples
    assert twice in compared(made, None, issue._replace(entity="GI-X"))[name].examples


def test_an_open_exception_is_a_reason(made: VirtualRun) -> None:
    missing = next(fact for fact in books(made)["erp"] if fact.kind == "invoice.posted")
    data = {"cause": "erp-unavailable", "subject": missing.order, "message": "waits"}
    told = Fact(1, missing.at_us, "desk", "exception.opened", "EXC-1", missing.order, data, None, None)
    found = compared(made, missing, told)["units: shipped and invoiced"]
    assert (found.differences, found.unexplained) == (1, 0)
    assert found.explained == {"an exception is open: erp-unavailable": 1}


def stock_after_a_delivery(made: VirtualRun, posted: int, *more: Fact) -> Comparison:
    """Five came for a shelf, and so many of them were posted; the comparison of stock then."""
    shelf = next(fact for fact in books(made)["wms"] if fact.kind == "stock.opened")
    site, sku = shelf.data["site"], shelf.data["sku"]

    def fact(system: str, kind: str, quantity: int, **data: object) -> Fact:
        lines = [{"line": 1, "sku": sku, "quantity": quantity}]
        told = {"asn": "ASN-1", "site": site, "sku": sku, "quantity": quantity, "lines": lines, **data}
        return Fact(1, shelf.at_us, system, kind, "X", None, told, None, None)

    came = [fact("wms", "inbound.received", 5), fact("wms", "stock.moved", 5, reason="receipt")]
    receipt = fact("erp", "goods_receipt.posted", posted)
    return compared(made, None, *came, receipt, *more)["stock: ERP and warehouse, by site and item"]


def test_what_an_exception_keeps_back_of_a_delivery_is_a_reason_and_nothing_else_is(made: VirtualRun) -> None:
    data = {"cause": "over-receipt", "subject": "ASN-1", "message": "more came"}
    opened = Fact(1, made.end_us, "desk", "exception.opened", "EXC-1", None, data, None, None)
    closed = opened._replace(kind="exception.closed", data={"resolution": "went on"})
    adjusted = Fact(1, made.end_us, "erp", "stock_adjustment.posted", "SA-1", None, {}, None, None)
    assert stock_after_a_delivery(made, 3).unexplained == 1
    kept_back = stock_after_a_delivery(made, 3, opened)
    assert (kept_back.unexplained, kept_back.explained) == (0, {"an exception is open: over-receipt": 1})
    assert stock_after_a_delivery(made, 3, opened, closed).unexplained == 1
    shelf = next(fact for fact in books(made)["wms"] if fact.kind == "stock.opened").data
    off = adjusted._replace(data={"site": shelf["site"], "sku": shelf["sku"], "quantity": 1})
    assert stock_after_a_delivery(made, 3, opened, off).unexplained == 1, "another difference comes on top"


def test_a_ledger_out_of_balance_is_seen(made: VirtualRun) -> None:
    entry = next(fact for fact in books(made)["erp"] if fact.kind == "gl.posted")
    legs = [{"account": "bank", "debit_minor": 1, "credit_minor": 0}]
    found = compared(made, None, entry._replace(data={**entry.data, "entries": legs}))
    assert found["general ledger: debits and credits"].unexplained == 1
