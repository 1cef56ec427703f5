"""Stock as the core knows it: what each site can still promise, and what the channel may sell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class SiteStock(NamedTuple):
    """A warehouse's own figures for one item at one site, in eaches.

    `sequence` counts the physical movements of that item there, so that a late message is known as late.
    """

    site: str
    sku: str
    on_hand: int
    reserved: int
    sequence: int
    blocked: int = 0

    @property
    def available(self) -> int:
        """What can still be reserved. Shipping doesn't change it: both figures fall together."""
        return self.on_hand - self.reserved - self.blocked


@dataclass(frozen=True, slots=True)
class Movement:
    """A physical stock movement: `quantity` is signed, `reason` is `ship`, `adjust` or `receipt`.

    `freed` eaches were reserved, or blocked by a count, and no longer are with the move: what is available keeps.
    """

    site: str
    sku: str
    quantity: int
    reason: str
    sequence: int
    freed: int = 0
