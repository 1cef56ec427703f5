"""The watermark: up to which of the channel's orders the core knows every one.

The shop holds back, from what we publish, the orders that we did not know of; so it must be told how far we know.
"""

from __future__ import annotations


class Watermark:
    """The highest sequence number below which nothing is missing. Webhooks leave gaps, polling closes them."""

    def __init__(self, reached: int = 0) -> None:
        self.reached = reached
        self._beyond: set[int] = set()

    def know(self, seq: int) -> None:
        """One more order is known, and reckoned with."""
        if seq > self.reached:
            self._beyond.add(seq)
            self._close_up()

    def know_through(self, seq: int) -> None:
        """All orders up to this one are known, as an earlier incarnation wrote down."""
        self.reached = max(self.reached, seq)
        self._close_up()

    def _close_up(self) -> None:
        while self.reached + 1 in self._beyond:
            self.reached += 1
            self._beyond.discard(self.reached)

    def knows(self, seq: int) -> bool:
        """Whether that order is known."""
        return seq <= self.reached or seq in self._beyond
