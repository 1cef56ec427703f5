"""Faults of the core itself, and of demand, as people write them."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from sandbox.faults.atoms import Atom, ClockAtom, CrashAtom, PauseAtom, SpikeAtom, Window
from sandbox.faults.moments import Length, Moment
from sandbox.faults.written_parts import Timed, Written


class CoreCrash(Written):
    """The core loses its power `at` a moment, or at the n-th call of an operation, or at the n-th commit of its own."""

    kind: ClassVar[str] = "core_crash"
    at: Moment | None = None
    down_for: Length
    system: str | None = None
    operation: str | None = None
    order: str | None = None
    occurrence: int | None = Field(None, ge=1)
    commit: str | None = Field(None, description="the tables that the commit writes, no others: sagas+outbox")
    moment: Literal["before", "after"] = Field("after", description="before or after the call or commit has its effect")
    from_: Moment | None = Field(None, alias="from", description="calls and commits are counted from then on")
    to: Moment | None = Field(None, description="and no longer than until then")

    def atom(self, name: str, span_us: int) -> Atom:
        """The atom that is meant, under the id `name`."""
        by_call = None if self.at is not None else self.occurrence or 1
        return CrashAtom(
            id=name,
            down_for_us=self.down_for,
            window=Window(self.from_ or 0, span_us if self.to is None else self.to),
            at_us=self.at,
            system=self.system,
            operation=self.operation,
            order=self.order,
            occurrence=by_call,
            commit=self.commit,
            moment=self.moment,
        )


class CorePause(Written):
    """The core is frozen `at` a moment `for` so long, and then goes on; meanwhile a standby is started."""

    kind: ClassVar[str] = "core_pause"
    at: Moment
    for_: Length = Field(alias="for", description="how long it is frozen")
    standby_after: Length = Field(30_000_000, description="how soon a standby is started")

    def atom(self, name: str, span_us: int) -> Atom:
        """The atom that is meant, under the id `name`."""
        window = Window(0, span_us)
        return PauseAtom(id=name, at_us=self.at, for_us=self.for_, window=window, standby_after_us=self.standby_after)


class CoreClock(Timed):
    """The core's clock is `ahead` or `behind`, and `gains` or `loses` so much a day."""

    kind = "core_clock"
    ahead: Length | None = None
    behind: Length | None = None
    gains: Length | None = Field(None, description="in a day")
    loses: Length | None = Field(None, description="in a day")

    def atom(self, name: str, span_us: int) -> Atom:
        """The atom that is meant, under the id `name`."""
        offset_us, drift_us = (self.ahead or 0) - (self.behind or 0), (self.gains or 0) - (self.loses or 0)
        return ClockAtom(id=name, window=self.window(span_us), offset_us=offset_us, drift_us=drift_us)


class DemandSpike(Timed):
    """Orders come `factor` times as fast."""

    kind = "demand_spike"
    window_required = True
    factor: float = Field(gt=1)

    def atom(self, name: str, span_us: int) -> Atom:
        """The atom that is meant, under the id `name`."""
        return SpikeAtom(id=name, window=self.window(span_us), factor=self.factor)
