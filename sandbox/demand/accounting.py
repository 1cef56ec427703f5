"""The account of a demand: what became of every line of its source, and what was derived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Example:
    """A line of the source, to look at: `line` counts from 1 with the header, `text` is what stood there."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How many lines of one kind there were, with their units and their value (quantity x price)."""

    name: str
    meaning: str
    lines: int
    units: int
    value_minor: int
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Accounting:
    """What became of a source's `rows`. Nothing is dropped without standing here.

    Each row is in exactly one of `taken` (it is in the demand) and `set_aside` (it is not), so that their
    lines sum to `rows`. `traits` count what was noticed besides; a row may have none or several of them.
    `orders_seen` are the orders that the source names, `orders` those that came to have a line in the demand;
    `attribution` is whom the data come from.
    """

    source: str
    currency: str
    rows: int
    orders_seen: int
    orders: int
    taken: tuple[Tally, ...]
    set_aside: tuple[Tally, ...] = ()
    traits: tuple[Tally, ...] = ()
    derived: tuple[str, ...] = ()
    attribution: str = ""

    @property
    def lines_taken(self) -> int:
        """Rows that are in the demand."""
        return lines_of(self.taken)

    @property
    def is_balanced(self) -> bool:
        """Whether every row stands in exactly one category."""
        return lines_of(self.taken) + lines_of(self.set_aside) == self.rows

    def lines(self, name: str) -> int:
        """How many lines the category or trait of this name counts; 0 where there were none."""
        return sum(tally.lines for tally in (*self.taken, *self.set_aside, *self.traits) if tally.name == name)

    def as_dict(self) -> dict[str, Any]:
        """The account as JSON values."""
        return asdict(self)


def lines_of(tallies: Sequence[Tally]) -> int:
    """The sum of their lines."""
    return sum(tally.lines for tally in tallies)
