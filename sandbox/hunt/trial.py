"""A trial: all that one run of a target differs in from another. Plain data: it is sent, written and shrunk."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from mock_systems.kit.streams import Streams
from sandbox.faults.atoms import Atom
from sandbox.faults.plan import FaultPlan, plan_of
from sandbox.faults.written import FaultEntry
from sandbox.faults.written_parts import Written
from sandbox.hunt.scheduling import FIFO, Scheduling, SchedulingBlock
from sandbox.runs.landscape import default_landscape


@dataclass(frozen=True, slots=True)
class Trial:
    """One run: its seed, its faults, the orders that are placed, how ties are broken, and luck.

    `orders` are the demand's own references, such as R-000003 (None: all of them). Fewer orders are numbered anew by
    the shop: `Outcome.orders` tells which reference became which business order. Another `luck` than 0, the seed's own,
    draws anew how long the network and the core's waits take, and each second one has a slow network; demand and
    systems stay as they are.
    """

    seed: int = 1
    atoms: tuple[Atom, ...] = ()
    orders: tuple[str, ...] | None = None
    scheduling: Scheduling = FIFO
    luck: int = 0

    @property
    def plan(self) -> FaultPlan:
        """Its faults as a plan."""
        return FaultPlan(self.atoms)

    @property
    def name(self) -> str:
        """Twelve hexadecimal digits that are the same for the same trial, and hardly for another."""
        return hashlib.sha256(json.dumps(self.as_written(), sort_keys=True).encode()).hexdigest()[:12]

    def as_written(self) -> dict[str, Any]:
        """As YAML or JSON values; `trial_of` reads them back, equal to the last field."""
        return {
            "seed": self.seed,
            "faults": self.plan.as_written(),
            "orders": None if self.orders is None else list(self.orders),
            "scheduling": self.scheduling.as_written(),
            **({"luck": self.luck} if self.luck else {}),
        }


class TrialBlock(Written):
    """A trial as a file has it."""

    seed: int = Field(1, ge=0)
    faults: tuple[FaultEntry, ...] = ()
    orders: tuple[str, ...] | None = None
    scheduling: SchedulingBlock = SchedulingBlock()
    luck: int = Field(0, ge=0)

    def trial(self, span_us: int) -> Trial:
        """The trial that is meant; `span_us` is how long its scenario has demand."""
        plan = plan_of(self.faults, span_us, default_landscape(), Streams(self.seed))
        return Trial(self.seed, plan.atoms, self.orders, self.scheduling.scheduling(), self.luck)
