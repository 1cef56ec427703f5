"""Baskets: what a shopper asks for, as lines with the shop's own case sizes and taxes."""

from __future__ import annotations

from mock_systems.commerce.books import Books
from mock_systems.commerce.order_line import PricedLine
from mock_systems.commerce.wire import BasketLine
from mock_systems.kit.wire import Refusal


def numbered(lines: list[BasketLine]) -> list[PricedLine]:
    """The lines as they came, under numbers from 1."""
    return [{"line": number, **line} for number, line in enumerate(lines, 1)]  # type: ignore[typeddict-item]


def priced(books: Books, lines: list[BasketLine], country: str) -> list[PricedLine]:
    """The lines in eaches, with their tax. All items are listed. Raises Refusal for a case of what has none."""
    plain = [_line(books, number, line) for number, line in enumerate(lines, 1)]
    return books.taxed(plain, country)


def _line(books: Books, number: int, line: BasketLine) -> PricedLine:
    sku, quantity, price_minor = line["sku"], line["quantity"], line["price_minor"]
    if line.get("uom", "EA") == "EA":
        return {"line": number, "sku": sku, "quantity": quantity, "price_minor": price_minor}
    pack = books.items[sku].pack
    if pack == 1:
        raise Refusal(422, "not-sold-by-case", f"{sku} is not sold by the case", sku=sku)
    return {
        "line": number,
        "sku": sku,
        "quantity": quantity * pack,
        "price_minor": price_minor,
        "uom": "CS",
        "pack": pack,
    }
