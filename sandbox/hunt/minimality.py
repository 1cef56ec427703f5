"""What shrinking came to: how much was left out, and that nothing more can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pydantic import Field

from sandbox.faults.written_parts import Written

PASSES: Final = "passes"
NOT_NEEDED: Final = "fails in the same way"
NEEDS_LUCK: Final = "fails in the same way, with luck"


@dataclass(frozen=True, slots=True)
class Removal:
    """The trial without one part of it: a fault by its id, an order by its reference, or `drawn ties`.

    `text` tells the part in words. `verdict` is `passes`, or tells of what failed; `fails in the same way, with luck`
    where it is up to the network's delays.
    """

    without: str
    text: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Minimality:
    """How a trial was shrunk, in so many `runs`, from so many faults and orders.

    It is 1-minimal where `complete`: without any single part, as `removals` show, it does not fail in this way. Where
    not, the budget was spent, or somebody stopped it.
    """

    complete: bool
    runs: int
    atoms_before: int
    orders_before: int
    removals: tuple[Removal, ...] = ()

    def as_written(self) -> dict[str, Any]:
        """As YAML or JSON values."""
        return {
            "complete": self.complete,
            "runs": self.runs,
            "before": {"faults": self.atoms_before, "orders": self.orders_before},
            "removals": [
                {"without": removal.without, "text": removal.text, "verdict": removal.verdict}
                for removal in self.removals
            ],
        }


class _Before(Written):
    faults: int = Field(ge=0)
    orders: int = Field(ge=0)


class _RemovalBlock(Written):
    without: str
    text: str
    verdict: str


class MinimalityBlock(Written):
    """What a finding's file says of its shrinking."""

    complete: bool
    runs: int = Field(ge=0)
    before: _Before
    removals: tuple[_RemovalBlock, ...] = ()

    def minimality(self) -> Minimality:
        """As it is used."""
        removals = tuple(Removal(row.without, row.text, row.verdict) for row in self.removals)
        return Minimality(self.complete, self.runs, self.before.faults, self.before.orders, removals)
