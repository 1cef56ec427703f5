"""The catalogue's books: which version of each item the channel shows, what waits for approval, and who approved it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.core.journal.tables import CATALOGUE, CATALOGUE_AUDIT
from sandbox.core.model.item import Item, ListedItem
from sandbox.core.ports import Row, Transaction

_PRICES_KEPT = 20


@dataclass(slots=True)
class CatalogueEntry:
    """What is known of one item.

    `seen` is the highest version that came in, `shown` what the channel shows, `waiting` the version that waits for a
    decision on `exception`. `before` are the prices that were shown earlier: until when, and how much.
    """

    sku: str
    seen: int = 0
    shown: ListedItem | None = None
    waiting: Item | None = None
    exception: str | None = None
    before: list[tuple[int, int]] = field(default_factory=list)

    def show(self, item: Item, now_us: int) -> None:
        """The channel shows this version from now on."""
        if self.shown is not None and self.shown.price_minor != item.price_minor:
            self.before = [*self.before[1 - _PRICES_KEPT :], (now_us, self.shown.price_minor)]
        self.shown = ListedItem.of(item)

    def prices_since(self, moment_us: int) -> list[int]:
        """The prices that the channel showed at that moment or later."""
        shown = [self.shown.price_minor] if self.shown is not None else []
        return shown + [price_minor for until_us, price_minor in self.before if until_us >= moment_us]


class Catalogue:
    """Entries by item, and the audit: one row for each version, with what became of it and by whom."""

    async def get(self, tx: Transaction, sku: str) -> CatalogueEntry | None:
        """The entry of an item, None before its first change."""
        row = await tx.get(CATALOGUE, sku)
        if row is None:
            return None
        return CatalogueEntry(
            sku,
            row["seen"],
            ListedItem.from_row(row["shown"]),
            Item(**row["waiting"]) if row["waiting"] is not None else None,
            row["exception"],
            [(until_us, price_minor) for until_us, price_minor in row["before"]],
        )

    async def put(self, tx: Transaction, entry: CatalogueEntry) -> None:
        """Keep the entry."""
        row: dict[str, Any] = {
            "seen": entry.seen,
            "shown": entry.shown.to_row() if entry.shown is not None else None,
            "waiting": entry.waiting.to_row() if entry.waiting is not None else None,
            "exception": entry.exception,
            "before": [list(price) for price in entry.before],
        }
        await tx.put(CATALOGUE, entry.sku, row)

    async def audit(self, tx: Transaction, item: Item, outcome: str, by: str, at_us: int) -> None:
        """Write down what became of a version: `shown`, `invalid`, `waiting` or `rejected`, and who said so."""
        row: Row = {"item": item.to_row(), "outcome": outcome, "by": by, "at_us": at_us}
        await tx.put(CATALOGUE_AUDIT, f"{item.sku}|{item.version:08d}|{outcome}", row)
