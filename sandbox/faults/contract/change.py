"""A contract change at work: when it holds, which edits an operation gets, and what it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from mock_systems.kit.faults import FOREVER_US
from mock_systems.kit.streams import Streams
from sandbox.faults.contract.edit import EVERYWHERE, Side, WireEdit

ALL: Final = "*"
# Hears (now_us, system, operation or topic, order, change) of each call or webhook that a change struck.
Struck = Callable[[int, str, str, "str | None", "ContractChange"], None]


@dataclass(slots=True)
class ContractChange:
    """One change of a system's contract, from `from_us` until before `until_us` (microseconds since 1970).

    `met` counts the calls and webhooks of operations that it is about, `applied` those that it struck; `done` the same
    by operation and what was done: `refused`, `rewritten` (the answer), `altered` (the request), `lost` (a webhook).
    """

    id: str
    system: str
    edits: tuple[WireEdit, ...]
    from_us: int
    until_us: int = FOREVER_US
    met: int = 0
    applied: int = 0
    done: Counter[tuple[str, str]] = field(default_factory=Counter)
    _by_operation: dict[tuple[Side, str], tuple[WireEdit, ...]] = field(default_factory=dict)

    def holds(self, now_us: int) -> bool:
        """Whether it is in force."""
        return self.from_us <= now_us < self.until_us

    def edits_of(self, side: Side, operation: str) -> tuple[WireEdit, ...]:
        """Its edits of one side of an operation."""
        key = (side, operation)
        found = self._by_operation.get(key)
        if found is None:
            found = tuple(one for one in self.edits if one.side == side and one.operation in (operation, ALL))
            self._by_operation[key] = found
        return found

    def is_about(self, operation: str, *sides: Side) -> bool:
        """Whether it has edits of one of these sides of an operation."""
        return any(self.edits_of(side, operation) for side in sides)

    def count(self, operation: str, what: str) -> None:
        """It did this to a call of that operation."""
        self.applied += 1
        self.done[operation, what] += 1


@dataclass(frozen=True, slots=True)
class Draws:
    """Which places are chosen, where an edit is done at a share of them: by what they are about, in any order."""

    streams: Streams
    system: str
    subject: str

    def __call__(self, edit: WireEdit, place: str) -> bool:
        """Whether this place is."""
        if edit.share >= EVERYWHERE:
            return True
        drawn = self.streams.fraction("contract", self.system, edit.operation, edit.path, edit.do, self.subject, place)
        return drawn < edit.share


def in_force(changes: Sequence[ContractChange], now_us: int) -> list[ContractChange]:
    """The changes that hold now."""
    return [change for change in changes if change.holds(now_us)]
