"""Customers on account through the whole estate: they pay, their credit is free again, and all books agree."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from mock_systems.kit.physics import DAY
from sandbox.oracle.book_comparison import compared_books
from sandbox.runs.virtual_run import VirtualRun
from tests.sandbox.runs.small_runs import books, run, small_scenario, violated

DAYS = 70
BLOCKS: dict[str, Any] = {
    "world": {"start": "2011-11-14", "days": DAYS},
    # Limits are two orders and a month's: without payments they are used up in the second month.
    "demand": {
        "orders_per_day": 5,
        "skus": 5,
        "customers": 3,
        "account_share": 0.9,
        "opening": {"tight_credit_share": 0},
        "returns": {"share": "10%", "after": "10d"},
    },
    "design": "daily_snapshots",
    "phases": {"settle": "3d"},
}


def replayed(folder: Path, **customers_pay: str) -> VirtualRun:
    """Ten weeks in which customers pay as is told; what must hold however they do, is checked."""
    made = run(small_scenario(folder, **BLOCKS, systems={"erp": {"customers_pay": customers_pay}}))
    assert violated(made) == []
    compared = compared_books(books(made).values(), made.oracle.cases.availability)
    assert [found.name for found in compared if found.differences] == []
    return made


def rejected_late(made: VirtualRun) -> Counter[str]:
    """Orders that the credit desk rejected in the last four weeks, by customer."""
    facts = books(made)["erp"]
    customer = {fact.entity: fact.data["customer"] for fact in facts if fact.kind == "sales_order.created"}
    since_us = facts[0].at_us + (DAYS - 28) * DAY
    return Counter(customer[f.entity] for f in facts if f.kind == "sales_order.rejected" and f.at_us >= since_us)


def test_orders_are_taken_again_once_earlier_ones_are_paid(tmp_path: Path) -> None:
    paying = replayed(tmp_path)
    accounts = paying.estate["erp"].books.accounts.values()
    prompt = {account.customer.customer for account in accounts if account.customer.terms_days in (14, 30)}
    unpaid = rejected_late(replayed(tmp_path, never="100%"))
    paid = rejected_late(paying)
    assert prompt
    assert sum(unpaid[customer] for customer in prompt) >= 10
    assert sum(paid[customer] for customer in prompt) == 0
    on_terms = [f for f in books(paying)["erp"] if f.kind == "payment.posted" and "customer" in f.data]
    assert len(on_terms) > 50
    assert {fact.order for fact in on_terms}.isdisjoint(
        fact.order for fact in books(paying)["commerce"] if fact.kind == "payment.captured"
    )
    assert all(account.exposure_minor >= 0 for account in accounts)


def test_invoices_that_fall_due_after_the_run_stay_open(tmp_path: Path) -> None:
    made = run(small_scenario(tmp_path))
    assert violated(made) == []
    facts = books(made)["erp"]
    assert not [fact for fact in facts if fact.kind == "payment.posted" and "customer" in fact.data]
    invoiced: Counter[str] = Counter()
    customer = {fact.entity: fact.data["customer"] for fact in facts if fact.kind == "sales_order.created"}
    for fact in facts:
        if fact.kind == "invoice.posted":
            invoiced[customer[fact.data["sales_order"]]] += fact.data["total_minor"]
    accounts = made.estate["erp"].books.accounts.values()
    on_account = [account for account in accounts if account.customer.payment == "account"]
    assert sum(account.unpaid_minor for account in on_account) == sum(
        invoiced[account.customer.customer] for account in on_account
    )
