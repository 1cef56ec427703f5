"""The book of cycle counts: what counters found, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mock_systems.kit.listing import Changes
from mock_systems.wms.count_wire import CountState


@dataclass(slots=True)
class Count:
    """A count of one item at one site. `book` and the movement `as_of` were noted before the counting began."""

    count: str
    site: str
    sku: str
    book: int
    as_of: int
    traceparent: str
    counted: int = 0
    recorded_at_us: int = 0
    state: CountState = "recorded"
    approved: int | None = None

    @property
    def missing(self) -> int:
        """Eaches that the counter did not find; 0 where there were enough."""
        return max(0, self.book - self.counted)

    def view(self) -> dict[str, Any]:
        """The count as the API and the webhook show it now."""
        return {
            "count": self.count,
            "site": self.site,
            "sku": self.sku,
            "counted": self.counted,
            "book": self.book,
            "as_of": self.as_of,
            "state": self.state,
            "approved": self.approved,
            "recorded_at_us": self.recorded_at_us,
            "traceparent": self.traceparent,
        }


class CountBook:
    """All recorded counts, and the order in which they changed last.

    `pending` are the site and item pairs that are being counted, or whose count nobody has decided on: they are
    counted again only after that, else one difference would be booked twice. `again` are those to be counted anew.
    """

    def __init__(self) -> None:
        self.counts: dict[str, Count] = {}
        self.pending: dict[tuple[str, str], None] = {}
        self.again: dict[str, list[str]] = {}
        self.changes = Changes()
