"""Faults of the core itself, and of demand, as people write them."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from sandbox.faults.atoms import Atom, CrashAtom, SpikeAtom, Window
from sandbox.faults.moments import Length, Moment
from sandbox.faults.written_parts import Timed, Written


class CoreCrash(Written):
    """The core loses its power `at` a moment, or right after the n-th call of an operation had its effect."""

    kind: ClassVar[str] = "core_crash"
    at: Moment | None = None
    down_for: Length
    system: str | None = None
    operation: str | None = None
    order: str | None = None
    occurrence: int | None = Field(None, ge=1)

    def atom(self, name: str, span_us: int) -> Atom:
        """The atom that is meant, under the id `name`."""
        by_call = None if self.at is not None else self.occurrence or 1
        return CrashAtom(
            id=name,
            down_for_us=self.down_for,
            window=Window(0, span_us),
            at_us=self.at,
            system=self.system,
            operation=self.operation,
            order=self.order,
            occurrence=by_call,
        )


class DemandSpike(Timed):
    """Orders come `factor` times as fast."""

    kind = "demand_spike"
    window_required = True
    factor: float = Field(gt=1)

    def atom(self, name: str, span_us: int) -> Atom:
        """The atom that is meant, under the id `name`."""
        return SpikeAtom(id=name, window=self.window(span_us), factor=self.factor)
