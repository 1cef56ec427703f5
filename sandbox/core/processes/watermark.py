"""The watermark: up to which of the channel's orders the core knows every one.

The shop holds back, from what we publish, the orders that we did not know of; so it must be told how far we know.
"""

from __future__ import annotations

from collections.abc import Iterable


class Watermark:
    """The highest sequence number below which nothing is missing. Webhooks leave gaps, polling closes them.

    While a gap is open, the shop holds an order beyond it back although we reckon with it, too; so its items have to be
    published once more when the gap closes.
    """

    def __init__(self, reached: int = 0) -> None:
        self.reached = reached
        self._beyond: dict[int, tuple[str, ...]] = {}

    def know(self, seq: int, skus: Iterable[str] = ()) -> list[str]:
        """One more order is known and reckoned with; the items that have to be published anew because a gap closed."""
        if seq == self.reached + 1:
            self.reached = seq
            return self._close_up()
        if seq > self.reached:
            self._beyond[seq] = tuple(skus)
        return []

    def know_through(self, seq: int) -> list[str]:
        """All orders up to this one are known, as an earlier incarnation wrote down; as for `know`."""
        self.reached = max(self.reached, seq)
        for passed in [known for known in self._beyond if known <= self.reached]:
            del self._beyond[passed]
        return self._close_up()

    def _close_up(self) -> list[str]:
        closed: list[str] = []
        while (skus := self._beyond.pop(self.reached + 1, None)) is not None:
            self.reached += 1
            closed.extend(skus)
        return closed

    def knows(self, seq: int) -> bool:
        """Whether that order is known."""
        return seq <= self.reached or seq in self._beyond
