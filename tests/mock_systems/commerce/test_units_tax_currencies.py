"""Cases, taxes, currencies and the catalogue at the shop."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import simpy

from mock_systems.commerce.system import build_commerce
from mock_systems.kit.door import DoorConfig
from mock_systems.kit.ledger import Fact
from mock_systems.kit.opening import ExchangeRate, TaxRate
from mock_systems.kit.streams import Streams
from tests.mock_systems.shop import START_US, Shop, basket, opening


class Trader(Shop):
    """A shop that sells cases of six, taxes, and takes euros."""

    def __init__(self) -> None:
        super().__init__()
        plain = opening({"CUP": 100, "LAMP": 5, "TIN": 0})
        items = tuple(replace(item, pack=1 if item.sku == "LAMP" else 6) for item in plain.items)
        rates = (TaxRate("GB", "standard", 2000), TaxRate("FR", "standard", 2500))
        traded = replace(plain, items=items, tax_rates=rates, exchange_rates=(ExchangeRate("EUR", 860_000),))
        self.env = simpy.Environment(initial_time=START_US)
        self.system = build_commerce(traded, Streams(1), DoorConfig(service_ms=0))
        self.system.start(self.env)

    def order(self, reference: str, *lines: dict[str, Any], **changed: Any) -> Any:
        """A shopper's order of these lines."""
        body = {**basket(reference), "lines": list(lines), **changed}
        return self.call("POST", "/orders", body, token="shopper-commerce")

    def last(self, kind: str) -> Fact:
        """The latest fact of that kind."""
        return [fact for fact in self.system.ledger.facts if fact.kind == kind][-1]


CASES = {"sku": "CUP", "quantity": 2, "price_minor": 2801, "uom": "CS"}


def test_the_shop_shows_cases_and_books_eaches() -> None:
    shop = Trader()
    placed = shop.order("R-1", CASES).body
    shown = {"line": 1, "sku": "CUP", "quantity": 2, "price_minor": 2801, "uom": "CS", "pack": 6, "tax_minor": 1120}
    assert placed["lines"] == [shown]
    assert shop.last("order.accepted").data["lines"] == [{**shown, "quantity": 12}]
    assert placed["total_minor"] == shop.last("payment.authorised").data["amount_minor"] == 5602 + 1120
    assert shop.call("GET", "/stock").body["items"][0]["available"] == 88


def test_an_edit_counts_in_the_lines_own_unit_and_is_taxed_anew() -> None:
    shop = Trader()
    number = shop.order("R-1", CASES).body["order"]
    asked = {"lines": [{"line": 1, "quantity": 1}]}
    request = shop.call("POST", f"/orders/{number}/edits", asked, token="shopper-commerce").body
    assert (request["lines"][0]["quantity"], request["total_minor"]) == (1, 2801 + 560)
    shop.call("POST", f"/orders/{number}/edits/{request['request']}/acceptance")
    edited = shop.last("order.edited").data
    assert (edited["lines"][0]["quantity"], edited["lines"][0]["tax_minor"]) == (6, 560)
    assert shop.last("payment.reduced").data["amount_minor"] == 5602 + 1120 - 3361


def test_a_card_is_not_asked_for_more_when_the_goods_go_where_they_are_taxed_more() -> None:
    shop = Trader()
    number = shop.order("R-1", CASES).body["order"]
    asked = {"ship_to": {"name": "Ada", "country": "FR", "postcode": "75001"}}
    reply = shop.call("POST", f"/orders/{number}/edits", asked, token="shopper-commerce")
    assert (reply.status, reply.body["type"]) == (422, "urn:problem:costs-more")


def test_a_case_is_not_broken_and_not_made_up() -> None:
    shop = Trader()
    number = shop.order("R-1", CASES, substitutes=True).body["order"]
    broken = shop.call("POST", f"/orders/{number}/substitutions", {"line": 1, "quantity": 4, "substitute": "LAMP"})
    assert broken.body["type"] == "urn:problem:broken-case"
    lamps = shop.order("R-2", {**CASES, "sku": "LAMP"})
    assert lamps.body["type"] == "urn:problem:not-sold-by-case"


def test_an_order_in_euros_says_what_it_is_worth_to_the_shop() -> None:
    shop = Trader()
    placed = shop.order("R-1", CASES, currency="EUR").body
    assert (placed["currency"], placed["total_minor"]) == ("EUR", 6722)
    assert placed["shop_money"] == {"currency": "GBP", "total_minor": 5781}
    assert "shop_money" not in shop.order("R-2", CASES).body
    assert shop.order("R-3", CASES, currency="SEK").body["type"] == "urn:problem:unknown-currency"
    shop.call("POST", f"/orders/{placed['order']}/captures", {"amount_minor": 6722, "reference": "INV-1"})
    assert shop.last("payment.captured").data == {"amount_minor": 6722, "reference": "INV-1", "base_minor": 5781}


def test_a_late_version_never_wins_and_what_is_not_listed_is_not_sold() -> None:
    shop = Trader()
    told = {"version": 2, "name": "Cup, blue", "price_minor": 550, "pack": 4, "listed": True}
    assert shop.call("PUT", "/catalogue/CUP", told).body["status"] == "ok"
    late = {**told, "version": 1, "price_minor": 1}
    assert [shop.call("PUT", "/catalogue/CUP", again).body["status"] for again in (told, late)] == ["stale"] * 2
    assert shop.call("GET", "/catalogue/CUP").body == {"sku": "CUP", "currency": "GBP", **told}
    assert shop.order("R-1", CASES).body["lines"][0]["pack"] == 4
    shop.call("PUT", "/catalogue/CUP", {**told, "version": 3, "listed": False})
    refused = shop.order("R-2", CASES)
    assert (refused.status, shop.last("order.refused").data["reason"]) == (422, "not-listed")
    new = shop.call("PUT", "/catalogue/VASE", {**told, "version": 1})
    assert new.body["status"] == "ok"
    assert [item["sku"] for item in shop.call("GET", "/catalogue").body["items"]] == ["CUP", "LAMP", "TIN", "VASE"]
    assert shop.order("R-3", {**CASES, "sku": "VASE"}).body["type"] == "urn:problem:sold-out"
