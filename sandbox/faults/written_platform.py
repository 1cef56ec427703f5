"""Faults of the core's own store and bus as people write them."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from sandbox.faults.atoms import Atom, PlatformAtom
from sandbox.faults.moments import Duration, Length, Share
from sandbox.faults.written_parts import Timed


class _OfPlatform(Timed):
    """What a fault of the store or the bus has in common with the others."""

    def atom(self, name: str, span_us: int) -> Atom:
        """The atom that is meant, under the id `name`."""
        return PlatformAtom(id=name, kind=self.kind, window=self.window(span_us), **self.parameters())

    def parameters(self) -> dict[str, Any]:
        """What the kind adds."""
        return {}


class StoreOutage(_OfPlatform):
    """The core's database does not answer."""

    kind = "store_outage"
    window_required = True


class _Shared(_OfPlatform):
    share: Share | None = Field(None, description="only this share of them, such as 5%")
    only: str | None = Field(None, description="only commits that write just these tables, or messages of this topic")
    order: str | None = Field(None, description="only those about this order, such as W-000003")
    occurrence: int | None = Field(None, ge=1, description="only the n-th such one, counted from 1")

    def parameters(self) -> dict[str, Any]:
        """What the kind adds."""
        return {"share": self.share, "only": self.only, "order": self.order, "occurrence": self.occurrence}


class _Delayed(_Shared):
    by: Length

    def parameters(self) -> dict[str, Any]:
        """What the kind adds."""
        return {**super().parameters(), "delay_us": self.by}


class StoreSlow(_Delayed):
    """Commits of the core's database take `by` longer."""

    kind = "store_slow"


class StoreConflicts(_Shared):
    """The core's database lets transactions fail that have to be done again (serialization failures)."""

    kind = "store_conflicts"


class StoreUnknown(_Shared):
    """The connection breaks during commits: half of them happened, and the core is not told which."""

    kind = "store_unknown"
    happened: bool | None = Field(None, description="whether they happened; left out: half of them")

    def parameters(self) -> dict[str, Any]:
        """What the kind adds."""
        return {**super().parameters(), "happened": self.happened}


class BusOutage(StoreOutage):
    """The core's bus takes no events."""

    kind = "bus_outage"


class BusDoubled(_Shared):
    """The core's bus delivers messages twice, the second time `after` the first."""

    kind = "bus_doubled"
    after: Duration = 0

    def parameters(self) -> dict[str, Any]:
        """What the kind adds."""
        return {**super().parameters(), "delay_us": self.after}


class BusDelayed(_Delayed):
    """The core's bus delivers messages `by` later."""

    kind = "bus_delayed"


class BusReordered(_Shared):
    """The core's bus holds messages back by a time drawn up to `within`, so that later ones overtake them."""

    kind = "bus_reordered"
    within: Length

    def parameters(self) -> dict[str, Any]:
        """What the kind adds."""
        return {**super().parameters(), "delay_us": self.within}
