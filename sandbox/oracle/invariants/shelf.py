"""Stock of one item at one site, as the warehouse's facts add up."""

from __future__ import annotations

from collections import Counter

from mock_systems.kit.ledger import Fact


class Shelf:
    """`moved_out` by moves, `shipped` by outbound orders; `moved` by reason, less what documents say of it.

    `short` is what pickers reported as missing and no move has taken out of its reservation yet.
    """

    __slots__ = ("last", "moved", "moved_out", "on_hand", "reserved", "sequence", "shipped", "short")

    def __init__(self) -> None:
        self.on_hand = self.reserved = self.sequence = self.moved_out = self.shipped = self.short = 0
        self.moved: Counter[str] = Counter()
        self.last: Fact | None = None

    def take_short(self) -> None:
        """What was missing and not on hand either has left its reservation without a move."""
        self.reserved -= self.short
        self.short = 0
