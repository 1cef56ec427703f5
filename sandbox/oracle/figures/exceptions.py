"""Exceptions: how many reached the desk, why, and how old they grew."""

from __future__ import annotations

from collections import Counter

from mock_systems.kit.ledger import Fact
from sandbox.oracle.dispatch import Watcher, on
from sandbox.oracle.figures.figure import HOUR_US, Figure, spread


class ExceptionFigures(Watcher):
    """Counts exceptions. `open` are those that nobody has closed, with the time at which they were opened."""

    def __init__(self) -> None:
        self.open: dict[str, int] = {}
        self._opened = 0
        self._causes: Counter[str] = Counter()
        self._ages_us: list[int] = []

    @on("desk exception.opened")
    def _surface(self, fact: Fact) -> None:
        self._opened += 1
        self._causes[fact.data["cause"]] += 1
        self.open.setdefault(fact.entity, fact.at_us)

    @on("desk exception.closed")
    def _close(self, fact: Fact) -> None:
        since_us = self.open.pop(fact.entity, None)
        if since_us is not None:
            self._ages_us.append(fact.at_us - since_us)

    def figures(self, now_us: int) -> list[Figure]:
        """What the desk saw; the age of an open one is counted until now."""
        ages_us = [*self._ages_us, *(now_us - since_us for since_us in self.open.values())]
        return [
            Figure("exceptions", self._opened, "exceptions", "surfaced at the operations desk"),
            Figure("exceptions open", len(self.open), "exceptions", "still open at the end"),
            *spread("exception age", ages_us, "h", HOUR_US, "until closed, or until now", (50, 95, 100)),
            *(
                Figure(f"exceptions: {cause}", count, "exceptions", f"surfaced with the cause {cause}")
                for cause, count in sorted(self._causes.items())
            ),
        ]
