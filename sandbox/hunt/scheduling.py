"""Who goes first among tasks that are ready at the same instant: in turn, drawn, or by drawn priorities (PCT)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from mock_systems.kit.streams import Streams
from sandbox.faults.written_parts import Written
from sandbox.worlds.virtual.ties import DrawnTies, PriorityTies, TiesOf

Kind = Literal["fifo", "drawn", "pct"]


@dataclass(frozen=True, slots=True)
class Scheduling:
    """`fifo`: first come, first served. `drawn`: this `share` of the choices from `seed`. `pct`: drawn priorities, of
    which `depth` change at drawn points.
    """

    kind: Kind = "fifo"
    seed: int = 0
    share: float = 1.0
    depth: int = 0

    def ties(self) -> TiesOf | None:
        """What a world asks at each tie."""
        streams = Streams(f"scheduling-{self.seed}")
        if self.kind == "drawn":
            return lambda epoch: DrawnTies(streams, epoch, self.share)
        if self.kind == "pct":
            return lambda epoch: PriorityTies(streams, epoch, self.depth)
        return None

    def as_written(self) -> dict[str, Any]:
        """As YAML or JSON values, without what does not matter to its kind."""
        if self.kind == "fifo":
            return {"kind": "fifo"}
        more = {"share": self.share} if self.kind == "drawn" else {"depth": self.depth}
        return {"kind": self.kind, "seed": self.seed, **more}


FIFO = Scheduling()


class SchedulingBlock(Written):
    """Scheduling as a file has it."""

    kind: Kind = "fifo"
    seed: int = 0
    share: float = Field(1.0, gt=0, le=1)
    depth: int = Field(0, ge=0)

    def scheduling(self) -> Scheduling:
        """What is meant."""
        return Scheduling(self.kind, self.seed, self.share, self.depth)
