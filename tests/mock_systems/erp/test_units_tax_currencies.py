"""Cases, taxes and currencies in the ERP: what it converts and refuses, and books that balance in each currency."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import simpy
from hypothesis import given
from hypothesis import strategies as st

from mock_systems.erp.system import build_erp
from mock_systems.kit.opening import ExchangeRate, TaxRate
from mock_systems.kit.streams import Streams
from tests.mock_systems.erp.caller import MONDAY_9_US, OPENING, SHIP_TO, Caller, line

RATES = (TaxRate("GB", "standard", 2000), TaxRate("GB", "reduced", 500))
CASE = {"unit": "CA", "pack": 12}


class Trader(Caller):
    """A caller of an ERP that taxes, and that trades in euros as well."""

    def __init__(self) -> None:
        super().__init__()
        opening = replace(OPENING, tax_rates=RATES, exchange_rates=(ExchangeRate("EUR", 860_000),))
        self.erp = build_erp(opening, Streams(7))
        self.env = simpy.Environment(initial_time=MONDAY_9_US)
        self.erp.start(self.env)

    def enter(self, *lines: dict[str, Any], currency: str = "GBP", customer: str | None = None) -> dict[str, Any]:
        """A sales order."""
        body = {
            "external_ref": "W-000001",
            "customer": customer,
            "currency": currency,
            "ship_to": SHIP_TO,
            "lines": list(lines),
        }
        order: dict[str, Any] = self.post("/sales-orders", body)
        return order

    def bill(self, order: dict[str, Any], quantity: int, sku: str = "MUG") -> dict[str, Any]:
        """An invoice for so many eaches of line 1."""
        body = {"sales_order": order["sales_order"], "shipment": "S-1", "lines": [line(1, sku, quantity)]}
        invoice: dict[str, Any] = self.post("/invoices", body)
        return invoice


def test_cases_come_in_by_the_case_and_are_kept_in_eaches() -> None:
    erp = Trader()
    ordered = {**line(1, "MUG", 2, 5500), **CASE, "tax_minor": 2200}
    order = erp.enter(ordered)
    assert order["lines"] == [ordered]
    assert order["total_minor"] == 13_200
    (created,) = erp.facts("sales_order.created")
    assert created.data["lines"] == [{**line(1, "MUG", 24, 5500), "uom": "CS", "pack": 12, "tax_minor": 2200}]


@given(st.lists(st.integers(1, 20), min_size=1, max_size=6))
def test_invoices_of_parts_sum_to_the_order_and_the_ledger_balances(parts: list[int]) -> None:
    erp = Trader()
    cases = -(-sum(parts) // 12)
    parts = [*parts, cases * 12 - sum(parts)] if cases * 12 > sum(parts) else parts
    net_minor = cases * 5501
    order = erp.enter({**line(1, "MUG", cases, 5501), **CASE, "tax_minor": (net_minor * 2000 + 5000) // 10_000})
    invoices = [erp.bill(order, quantity) for quantity in parts]
    assert sum(invoice["total_minor"] for invoice in invoices) == order["total_minor"]
    assert sum(invoice["net_minor"] for invoice in invoices) == net_minor
    assert all(i["net_minor"] + i["tax_minor"] == i["total_minor"] for i in invoices)
    balances = {a["account"]: a["debit_minor"] - a["credit_minor"] for a in erp.get("/trial-balance")["accounts"]}
    assert balances["accounts_receivable"] == order["total_minor"]
    assert balances["revenue"] == -net_minor
    assert balances["tax_payable"] == net_minor - order["total_minor"]
    assert erp.get(f"/sales-orders/{order['sales_order']}")["status"] == "invoiced"


@pytest.mark.parametrize("told", [0, 19, 21])
def test_a_tax_that_is_rounded_otherwise_is_refused(told: int) -> None:
    erp = Trader()
    lines = [{**line(number, "MUG", 1, 102), "tax_minor": 20} for number in (1, 2, 3)]
    assert erp.enter(*lines)["total_minor"] == 366
    lines[2]["tax_minor"] = told
    body = {"external_ref": "W-2", "customer": None, "currency": "GBP", "ship_to": SHIP_TO, "lines": lines}
    reply = erp.call("POST", "/sales-orders", body)
    assert (reply.status, reply.body["type"]) == (422, "urn:problem:tax-mismatch")


def test_documents_keep_their_currency_and_credit_is_reckoned_in_the_base() -> None:
    erp = Trader()
    order = erp.enter({**line(1, "MUG", 10, 1000), "tax_minor": 2000}, currency="EUR", customer="C-ACC")
    assert erp.exposure("C-ACC") == 12_000 * 86 // 100
    invoice = erp.bill(order, 10)
    assert (invoice["currency"], invoice["total_minor"]) == ("EUR", 12_000)
    assert erp.exposure("C-ACC") == 10_320
    erp.post("/payments", {"invoice": invoice["invoice"], "amount_minor": 12_000, "reference": "CAP-1"})
    assert erp.exposure("C-ACC") == 0
    totals = {total["currency"]: total for total in erp.get("/trial-balance")["totals"]}
    assert sorted(totals) == ["EUR", "GBP"]
    assert all(total["debit_minor"] == total["credit_minor"] for total in totals.values())
    assert [fact.data["currency"] for fact in erp.facts("gl.posted")] == ["GBP", "EUR", "EUR"]


def test_quotes_are_for_the_unit_and_in_the_currency_that_is_asked_for() -> None:
    erp = Trader()
    asked = {"customer": None, "currency": "EUR", "lines": [{"sku": "MUG", "quantity": 2, **CASE}]}
    (quoted,) = erp.post("/price-quotes", asked)["lines"]
    assert (quoted["price_minor"], quoted["floor_minor"]) == (round(6000 / 0.86), int(4800 / 0.86))
    unknown = erp.call("POST", "/price-quotes", {**asked, "currency": "USD"})
    assert unknown.body["type"] == "urn:problem:wrong-currency"


@pytest.mark.parametrize("units", [{"unit": "CA"}, {"pack": 12}, {"unit": "EA", "pack": 12}])
def test_a_pack_is_given_with_cases_and_with_nothing_else(units: dict[str, Any]) -> None:
    asked = {"customer": None, "lines": [{"sku": "MUG", "quantity": 2, **units}]}
    assert Trader().call("POST", "/price-quotes", asked).body["type"] == "urn:problem:unit-and-pack"
