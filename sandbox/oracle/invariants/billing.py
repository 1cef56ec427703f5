"""What invoices ask for, against what was agreed: by line, in parts that sum exactly to the whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.oracle.case import Case, Line


class Billing:
    """Units billed so far, by order and line; each part takes what its cumulative share has grown by."""

    def __init__(self) -> None:
        self._billed: dict[tuple[str, int], int] = {}

    def wrong(self, invoice: Mapping[str, Any], case: Case) -> list[tuple[str, str]]:
        """What is wrong with an invoice: the role that breaks, and a sentence without its subject."""
        wrong: list[tuple[str, str]] = []
        net_minor = tax_minor = 0
        for line in invoice["lines"]:
            net_minor += line["amount_minor"]
            tax_minor += line.get("tax_minor", 0)
            wrong += self._line(line, case)
        total_minor = invoice["total_minor"]
        if net_minor + tax_minor != total_minor:
            wrong.append(("amounts", f"totals {total_minor}, its lines add up to {net_minor + tax_minor}"))
        if case.accepted is not None and invoice["currency"] != case.accepted.data["currency"]:
            wrong.append(("prices", f"is in {invoice['currency']}, not as ordered"))
        return wrong

    def _line(self, line: Line, case: Case) -> list[tuple[str, str]]:
        number, quantity, price_minor = line["line"], line["quantity"], line["price_minor"]
        agreed = case.agreed.get(number)
        key = (case.order, number)
        before = self._billed.get(key, 0)
        self._billed[key] = before + quantity
        wrong = []
        if line["amount_minor"] != _part(line, agreed, before):
            wrong.append(("amounts", f"line {number}: {line['amount_minor']} is not {quantity} x {price_minor}"))
        if agreed is None or agreed["price_minor"] != price_minor or agreed.get("pack") != line.get("pack"):
            wrong.append(("prices", f"line {number} bills {price_minor} each, which was not agreed"))
        elif not case.revision and line.get("tax_minor", 0) != _tax(agreed, before, quantity):
            # After an edit a line has another tax, and what was billed before had its share of the old one.
            wrong.append(("amounts", f"line {number} is taxed {line.get('tax_minor', 0)}, which is not its share"))
        return wrong


def share(amount_minor: int, done: int, ordered: int) -> int:
    """What falls to the first `done` of `ordered` eaches, rounded down."""
    return amount_minor * done // ordered


def _part(line: Line, agreed: Line | None, before: int) -> int:
    quantity, price_minor, pack = line["quantity"], line["price_minor"], line.get("pack", 1)
    if pack == 1 or agreed is None:
        return int(quantity * price_minor // pack)
    ordered = agreed["quantity"]
    net_minor = ordered // pack * price_minor
    return share(net_minor, before + quantity, ordered) - share(net_minor, before, ordered)


def _tax(agreed: Line, before: int, quantity: int) -> int:
    tax_minor, ordered = agreed.get("tax_minor", 0), agreed["quantity"]
    return share(tax_minor, before + quantity, ordered) - share(tax_minor, before, ordered) if tax_minor else 0
