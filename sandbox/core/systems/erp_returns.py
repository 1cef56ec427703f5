"""The ERP's system API about returns: goods back into stock, credit notes, refunds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.core.model.errand import Errand
from sandbox.core.model.returned import Receipt, by_line
from sandbox.core.systems.client import SystemClient


@dataclass(frozen=True, slots=True)
class CreditNote:
    """A posted credit note and what it comes to, in the order's currency."""

    credit_note: str
    total_minor: int


class ErpReturnsApi:
    """What the core asks of the ERP about what customers give back."""

    def __init__(self, client: SystemClient) -> None:
        self.client = client

    async def post_goods_return(self, sales_order: str, receipt: Receipt, key: str, errand: Errand) -> str:
        """Book what came back into the financial stock, or off it; the goods return's id."""
        lines: Sequence[Mapping[str, Any]] = [
            {"line": line, "sku": sku, "quantity": quantity, "disposition": disposition}
            for line, sku, quantity, disposition in receipt.lines
        ]
        body = {"sales_order": sales_order, "return": receipt.rma, "site": receipt.site, "lines": lines}
        return str((await self.client.write("POST", "/goods-returns", errand, body, key=key))["goods_return"])

    async def goods_return_of(self, receipt: Receipt, errand: Errand) -> str | None:
        """The goods return that was posted for what a site received."""
        page = await self.client.read("/goods-returns", errand, {"return": receipt.rma})
        return next((str(x["goods_return"]) for x in page["items"] if x["site"] == receipt.site), None)

    async def post_credit_note(self, sales_order: str, receipt: Receipt, key: str, errand: Errand) -> CreditNote:
        """Credit what came back, and no more."""
        body = {"sales_order": sales_order, "return": receipt.rma, "lines": by_line(receipt.lines)}
        reply = await self.client.write("POST", "/credit-notes", errand, body, key=key)
        return CreditNote(str(reply["credit_note"]), int(reply["total_minor"]))

    async def credit_note_of(self, receipt: Receipt, others: Collection[str], errand: Errand) -> CreditNote | None:
        """The credit note that was posted for what came back; `others` are known to be for the return's other parcels.

        A credit note names no site: among the rest it is the one with the same lines.
        """
        page = await self.client.read("/credit-notes", errand, {"return": receipt.rma})
        lines = by_line(receipt.lines)
        for x in page["items"]:
            named = [{name: line[name] for name in ("line", "sku", "quantity")} for line in x["lines"]]
            if x["credit_note"] not in others and named == lines:
                return CreditNote(str(x["credit_note"]), int(x["total_minor"]))
        return None

    async def post_refund(self, credit_note: str, amount_minor: int, reference: str, key: str, errand: Errand) -> str:
        """Book money that the channel gave back for a credit note; the posting's id."""
        body = {"credit_note": credit_note, "amount_minor": amount_minor, "reference": reference}
        reply = await self.client.write("POST", "/refund-postings", errand, body, key=key)
        return str(reply["refund_posting"])

    async def refund_of(self, reference: str, errand: Errand) -> str | None:
        """The posting that was made for the channel's refund."""
        page = await self.client.read("/refund-postings", errand, {"reference": reference})
        return next((str(x["refund_posting"]) for x in page["items"]), None)
