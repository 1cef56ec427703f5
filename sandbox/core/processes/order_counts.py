"""How the orders of one incarnation stand, for whoever watches the core. Nothing in the core depends on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sandbox.core.processes.order_state import OrderState

_NO_MILESTONE = "received"


@dataclass(slots=True)
class OrderCounts:
    """Since the start: `accepted` orders that were written down, `ended` ones by outcome."""

    accepted: int = 0
    ended: dict[str, int] = field(default_factory=dict)

    def end(self, outcome: str) -> None:
        """An order has come to its end."""
        self.ended[outcome] = self.ended.get(outcome, 0) + 1


@dataclass(frozen=True, slots=True)
class Standing:
    """Orders under way `by_milestone` (the latest that the channel was told), and how many are `stuck`: in the
    exceptions queue, so that somebody has to see to them.
    """

    by_milestone: dict[str, int]
    stuck: int


def standing_of(states: Iterable[OrderState]) -> Standing:
    """How these stand."""
    by_milestone: dict[str, int] = {}
    stuck = 0
    for state in states:
        milestone = state.milestone or _NO_MILESTONE
        by_milestone[milestone] = by_milestone.get(milestone, 0) + 1
        stuck += state.exception is not None
    return Standing(by_milestone, stuck)


def waiting_for(sku: str, states: Iterable[OrderState]) -> int:
    """How many of these have a part of this item that has not left yet."""
    waiting = [state for state in states if not state.track_at_us]
    return sum(any(line.sku == sku for line in state.order.lines) for state in waiting)
