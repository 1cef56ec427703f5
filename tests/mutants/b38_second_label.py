"""B38: a label is bought again where nobody knows whether it was bought.

The carrier honours no key, so a repeated request buys a second label, and nobody looks for the first.
Minimal: one reply is lost.
"""

from __future__ import annotations

from sandbox.core.hub import Hub
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B38",
    source="openlinker#1917: a dispatch that was tried again bought a second paid label",
    invariants=("I4", "I7"),
)
MINIMAL = {"faults": [{"lost_reply": {"system": "carrier", "operation": "buyLabel", "occurrence": 3}}]}


@planted
def core(hub: Hub) -> None:
    """No look at what was bought."""
    plant(hub.order_to_cash, "_fulfilment._look_first", lambda _: False)
    plant(hub.order_to_cash, "_fulfilment._may_sell_twice", lambda _: False)
