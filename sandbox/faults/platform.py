"""What happens to the core's own store and bus: a fault at work there, and how often it struck."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mock_systems.kit.streams import Streams

# Hears (fault, what it struck) each time.
Struck = Callable[["PlatformFault", str], None]
Subject = Callable[[], "tuple[str, str | None]"]
"""Tells what a fault may strike: the tables of a commit or the topic of a message, and the business order."""

CRASH_BEFORE, CRASH_AFTER = "crash_before", "crash_after"
"""Kinds beside those of atoms: the core loses its power before or after a commit is decided."""


def nameless() -> tuple[str, str | None]:
    """What has no name and no order."""
    return "", None


@dataclass(slots=True, eq=False)
class PlatformFault:
    """One fault of the store or the bus, on from `from_us` until before `until_us` (since 1970).

    `share` takes that fraction of the commits or messages, None all; `only`, `order` and `occurrence` narrow it to
    those of a name, about an order, and to the n-th of them. `applied` counts how often it was carried out. `act` is
    called with the time at which a struck commit is decided.
    """

    id: str
    kind: str
    from_us: int
    until_us: int
    share: float | None = None
    delay_us: int = 0
    only: str | None = None
    order: str | None = None
    occurrence: int | None = None
    happened: bool | None = None
    act: Callable[[int], None] | None = None
    seen: int = 0
    applied: int = 0

    def is_on(self, now_us: int) -> bool:
        """Whether it may strike now."""
        return self.from_us <= now_us < self.until_us

    def strikes(self, now_us: int, streams: Streams, subject: Subject) -> bool:
        """Whether it strikes this one; each question is about the next commit or message."""
        if not self.is_on(now_us) or not self._means(subject):
            return False
        self.seen += 1
        if self.occurrence is not None and self.seen != self.occurrence:
            return False
        if self.share is not None and streams.fraction("platform-fault", self.id, self.seen) >= self.share:
            return False
        self.applied += 1
        return True

    def _means(self, subject: Subject) -> bool:
        if self.only is None and self.order is None:
            return True
        name, order = subject()
        return self.only in (None, name) and self.order in (None, order)


class PlatformFaults:
    """The faults of one part of the platform; `struck` hears of each strike."""

    def __init__(self, faults: Sequence[PlatformFault], streams: Streams, struck: Struck) -> None:
        self._faults = tuple(faults)
        self._streams = streams
        self._struck = struck

    def strike(self, kind: str, now_us: int, subject: Subject = nameless) -> PlatformFault | None:
        """The fault of this kind that strikes now, or None. `subject` is asked only by faults that are narrowed."""
        for fault in self._faults:
            if fault.kind == kind and fault.strikes(now_us, self._streams, subject):
                self._struck(fault, kind)
                return fault
        return None

    def part(self, name: str, fault: PlatformFault) -> float:
        """A draw for the strike that was told last: in [0, 1)."""
        return self._streams.fraction("platform-fault", name, fault.id, fault.seen)
