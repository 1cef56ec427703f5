"""What a trial came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from sandbox.oracle import verdict

Violation = verdict.Finding
"""One breach of an invariant, as the oracle tells it."""

Ended = Literal["end", "quiet", "failed"]
"""`quiet`: nothing was under way any more. `failed`: the core, or the world around it, raised."""

FAILED = "failed"
"""Stands in the place of an invariant where a run could not go on; its role is the exception's name."""


Place = tuple[str, str, str, str | None, int]
"""Where a site lies, whenever it is met: kind, where, name, order and step."""


class Site(NamedTuple):
    """One place where a fault could strike, as it was met in a run.

    `kind`: `call` (of `name` at `where`), `webhook` (of topic `name` from `where`), `commit` (`name`: the tables that
    it wrote) or `message` (on the bus, of topic `name`). `step` counts from 1 what has the same kind, place, name and
    order.
    """

    kind: str
    where: str
    name: str
    order: str | None
    step: int
    at_us: int

    @property
    def place(self) -> Place:
        """The site without its time."""
        return self[:5]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was seen. `violations` are the oracle's findings, by time; two are the same failure where they have the same
    invariant and role.

    `fired` counts the strikes of each atom; `orders` maps the demand's references to business orders; `marks` are the
    blocks of the core's code that ran (where they are watched), `sites` what was met (where that was asked for).
    `virtual_us` is how much time passed in the run, `wall_s` how long it took.
    """

    violations: tuple[Violation, ...]
    fingerprint: str
    ended: Ended
    fired: Mapping[str, int]
    orders: Mapping[str, str] = field(default_factory=dict)
    sites: tuple[Site, ...] = ()
    marks: frozenset[int] = frozenset()
    virtual_us: int = 0
    wall_s: float = 0.0

    @property
    def failures(self) -> tuple[tuple[str, str], ...]:
        """The kinds of failure, `(invariant, role)`, in the order in which they came about."""
        return tuple(dict.fromkeys((found.invariant, found.role) for found in self.violations))

    def first(self, invariant: str | None = None, role: str | None = None) -> Violation | None:
        """The first violation, of this invariant and role where they are given."""
        for found in self.violations:
            if invariant in (None, found.invariant) and role in (None, found.role):
                return found
        return None
