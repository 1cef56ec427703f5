"""Baskets made up from the shop's catalogue, for whoever loads a landscape without a book of orders."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

_LINES_MOST: Final = 4
_UNITS_MOST: Final = 3
_REFERENCE_BITS: Final = 64


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The items that the shop lists: sku, price in minor units, currency."""

    items: tuple[tuple[str, int, str], ...]

    @classmethod
    def read(cls, get: Callable[[str], Any]) -> Catalogue:
        """All of it, page by page; `get` gives the JSON of a path."""
        items: list[tuple[str, int, str]] = []
        cursor: str | None = ""
        while cursor is not None:
            page = get(f"/catalogue?limit=500{cursor and '&cursor=' + cursor}")
            items += [(it["sku"], it["price_minor"], it["currency"]) for it in page["items"] if it["listed"]]
            cursor = page["next_cursor"]
        return cls(tuple(items))

    def basket(self, draw: random.Random) -> dict[str, Any]:
        """A guest's basket of up to four items, with a reference that no other has."""
        chosen = draw.sample(self.items, min(draw.randint(1, _LINES_MOST), len(self.items)))
        return {
            "reference": f"L-{draw.getrandbits(_REFERENCE_BITS):016x}",
            "customer": None,
            "payment": "card",
            "currency": chosen[0][2],
            "ship_to": {"name": "Load", "country": "GB", "postcode": "LS1 1AA"},
            "lines": [
                {"sku": sku, "quantity": draw.randint(1, _UNITS_MOST), "price_minor": price} for sku, price, _ in chosen
            ],
        }
