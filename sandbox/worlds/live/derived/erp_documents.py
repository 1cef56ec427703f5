"""What the mock ERP has posted: each document of its journal, as the fact that it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Protocol

from mock_systems.kit.money import Currencies
from mock_systems.kit.opening import Opening
from sandbox.worlds.live.derived.adapter import Derived, NotRead, SystemApi


class _Kind(NamedTuple):
    """Of documents whose numbers begin alike: where they are read, the fact, and what of them is in it."""

    path: str
    fact: str
    fields: tuple[str, ...]


_POSTED_LINES: Final = ("sales_order", "return", "currency", "lines", "net_minor", "tax_minor", "total_minor")
_KINDS: Final[Mapping[str, _Kind]] = {
    "GI": _Kind("/goods-issues", "goods_issue.posted", ("sales_order", "site", "shipment", "lines", "cost_minor")),
    "INV": _Kind("/invoices", "invoice.posted", ("sales_order", "shipment", *_POSTED_LINES[2:])),
    "PAY": _Kind("/payments", "payment.posted", ("invoice", "amount_minor", "reference")),
    "GRT": _Kind(
        "/goods-returns",
        "goods_return.posted",
        ("sales_order", "return", "site", "lines", "cost_minor", "scrapped_minor"),
    ),
    "CN": _Kind("/credit-notes", "credit_note.posted", _POSTED_LINES),
    "RP": _Kind("/refund-postings", "refund.posted", ("credit_note", "amount_minor", "reference")),
    "GR": _Kind(
        "/goods-receipts",
        "goods_receipt.posted",
        ("purchase_order", "asn", "receipt", "site", "lines", "cost_minor"),
    ),
    "SA": _Kind(
        "/stock-adjustments",
        "stock_adjustment.posted",
        ("site", "sku", "quantity", "reason", "reference", "cost_minor"),
    ),
}


class Orders(Protocol):
    """Who knows the sales orders."""

    async def of(self, api: SystemApi, sales_order: str) -> Mapping[str, Any]:
        """A sales order as the API shows it."""


class Postings:
    """Reads documents; those that others refer to are kept."""

    def __init__(self, opening: Opening) -> None:
        self._currencies = Currencies(opening.currency, opening.exchange_rates)
        self._documents: dict[str, Mapping[str, Any]] = {}

    async def read(self, api: SystemApi, orders: Orders, number: str, at_us: int) -> Derived:
        """The document of that number, as a fact."""
        kind = _KINDS.get(number.partition("-")[0])
        if kind is None:
            raise NotRead(f"a journal entry is of {number}, and there is no such document")
        shown = await self._shown(api, kind, number)
        order = await self._order_of(api, orders, shown)
        data = {name: shown[name] for name in kind.fields}
        self._add_base(kind, data, order)
        ref = order.get("external_ref")
        if kind.fact == "payment.posted" and shown["reference"] == shown["invoice"]:
            # Paid on terms: nobody but the customer has made it, so it belongs to the order's own cause.
            data["customer"] = order["customer"]
            return Derived(kind.fact, number, ref, data, at_us, caused=order["sales_order"])
        return Derived(kind.fact, number, ref, data, at_us, made=number)

    async def _shown(self, api: SystemApi, kind: _Kind, number: str) -> Mapping[str, Any]:
        known = self._documents.get(number)
        if known is not None:
            return known
        shown = await api.get(f"{kind.path}/{number}")
        if shown is None:
            raise NotRead(f"the journal has {number}, and {kind.path} has not")
        if kind.fact in ("invoice.posted", "credit_note.posted"):
            self._documents[number] = shown
        return dict(shown)

    async def _order_of(self, api: SystemApi, orders: Orders, shown: Mapping[str, Any]) -> Mapping[str, Any]:
        """The sales order that a document is about, itself or through another; an empty one where there is none."""
        for name in ("invoice", "credit_note"):
            other = shown.get(name)
            if other is not None and "sales_order" not in shown:
                shown = await self._shown(api, _KINDS[other.partition("-")[0]], other)
        number = shown.get("sales_order")
        return {} if number is None else await orders.of(api, number)

    def _add_base(self, kind: _Kind, data: dict[str, Any], order: Mapping[str, Any]) -> None:
        """Invoices and payments in another currency also tell their amount in the base currency."""
        currency = order.get("currency", self._currencies.base)
        amount = {"invoice.posted": "total_minor", "payment.posted": "amount_minor"}.get(kind.fact)
        if amount is not None and currency != self._currencies.base:
            data["base_minor"] = self._currencies.in_base(data[amount], currency)
