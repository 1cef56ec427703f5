"""What comes in and what is counted, as the core knows it."""

from __future__ import annotations

from dataclasses import dataclass

SupplyLine = tuple[int, str, int]
"""The purchase order's line number, the item, eaches."""


@dataclass(frozen=True, slots=True)
class ShipNotice:
    """A supplier's advance ship notice. With `more_to_follow` another one will bring what the order lacks then."""

    asn: str
    purchase_order: str
    site: str
    lines: tuple[SupplyLine, ...]
    arrives_at_us: int
    more_to_follow: bool
    traceparent: str | None


@dataclass(frozen=True, slots=True)
class Inbound:
    """A warehouse's inbound order. `received` are the good pieces that were put on the shelf, None before that."""

    inbound_order: str
    asn: str
    received: tuple[SupplyLine, ...] | None


@dataclass(frozen=True, slots=True)
class Count:
    """A cycle count that waits for approval: `counted` against the `book` at the movement `as_of`."""

    count: str
    site: str
    sku: str
    counted: int
    book: int
    as_of: int
    traceparent: str | None

    @property
    def difference(self) -> int:
        """By how much the shelf differs, signed. What moved after `as_of` is no difference."""
        return self.counted - self.book
