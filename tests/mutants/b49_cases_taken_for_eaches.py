"""B49: a number of cases is read as a number of eaches.

Nobody multiplies by the size of the case. Minimal: an order by the case.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from sandbox.core.hub import Hub
from sandbox.core.model.order import Order
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B49",
    source="erpnext#40885: a quantity was converted twice between units; openboxes#1027",
    invariants=("I17", "I8"),
    overrides={"demand": {"units": {"case_share": "20%", "pack": 4}}},
)
MINIMAL: dict[str, Any] = {"faults": []}

Admit = Callable[[Order], Awaitable[None]]


def _by_number(admit: Admit) -> Admit:
    async def admit_misread(order: Order) -> None:
        lines = [replace(line, quantity=line.quantity // line.pack, uom="EA", pack=1) for line in order.lines]
        await admit(replace(order, lines=tuple(lines)))

    return admit_misread


@planted
def core(hub: Hub) -> None:
    """The unit of a line is overlooked."""
    plant(hub, "_intake._admit", _by_number)
