"""The second stage: single faults in groups, each at an order of its own, as blood samples are tested in pools.

A trial strikes a dozen orders or more, each by one fault. Where nothing breaks, a dozen trials are saved; where
something does, the shrinker finds the one that did it. What one fault hides of another is left to the single ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from sandbox.faults.atoms import Atom, CrashAtom
from sandbox.hunt.outcome import Site
from sandbox.hunt.stages.knowledge import Aimed, Knowledge
from sandbox.hunt.stages.rounds import FEW, rounds_of
from sandbox.hunt.stages.shots import Shot, shots_of
from sandbox.hunt.stages.suiting import TURNS
from sandbox.hunt.trial import Trial

_FAULTS_MOST: Final = 16
_OPEN_MOST: Final = 4
_CRASHES_APART_US: Final = 1_800_000_000


class Groups:
    """All faults of the single ones' first turn, in their order, as many together as there are orders for."""

    name = "groups"

    def rounds(self, known: Knowledge) -> Iterator[list[Aimed]]:
        """In rounds of a size."""
        yield from rounds_of(_grouped(shots_of(known), known.seed), FEW)


@dataclass(slots=True)
class _Group:
    """Faults that leave each other alone: an order is struck once, and crashes are half an hour apart."""

    shots: list[tuple[Atom, Site]] = field(default_factory=list)
    orders: set[str] = field(default_factory=set)

    def take(self, shot: Shot) -> bool:
        """Take a fault in at the first site of its class that suits; False where none does."""
        suited = [site for turn in range(TURNS) if (site := shot.site(turn)) is not None]
        for site in dict.fromkeys((*suited, *shot.sites)):
            if self._has_room_for(shot.example, site):
                self.shots.append((replace(shot.at(site), id=f"F{len(self.shots) + 1}"), site))
                self.orders.add(_whose(site))
                return True
        return False

    def aimed(self, seed: int) -> Aimed:
        """The trial."""
        return Aimed(Trial(seed, tuple(atom for atom, _ in self.shots)), tuple(site for _, site in self.shots))

    def _has_room_for(self, atom: Atom, site: Site) -> bool:
        if _whose(site) in self.orders:
            return False
        crashes = [other.at_us for struck, other in self.shots if isinstance(struck, CrashAtom)]
        return not isinstance(atom, CrashAtom) or all(abs(site.at_us - at_us) >= _CRASHES_APART_US for at_us in crashes)


def _whose(site: Site) -> str:
    """The order, or, where it is about none, what comes round."""
    return site.order or f"{site.kind} {site.name} of {site.where}"


def _grouped(shots: Iterable[Shot], seed: int) -> Iterator[Aimed]:
    """Each fault into the first open group that has room for it."""
    groups: list[_Group] = []
    for shot in shots:
        taken = next((group for group in groups if group.take(shot)), None)
        if taken is None:
            taken = _Group()
            if not taken.take(shot):
                continue
            groups.append(taken)
        if len(taken.shots) == _FAULTS_MOST or len(groups) > _OPEN_MOST:
            full = taken if len(taken.shots) == _FAULTS_MOST else groups[0]
            groups.remove(full)
            yield full.aimed(seed)
    yield from (group.aimed(seed) for group in groups)
