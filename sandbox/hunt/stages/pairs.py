"""The fourth stage: two faults. The second is met in the recovery from the first, or strikes the same order later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Final

from sandbox.faults.atoms import Atom
from sandbox.hunt.outcome import Site
from sandbox.hunt.stages.aiming import Aim
from sandbox.hunt.stages.knowledge import Aimed, Knowledge, Tried
from sandbox.hunt.stages.rounds import rounds_of
from sandbox.hunt.stages.shots import aim_of
from sandbox.hunt.trial import Trial

_NEW_SITES_MOST: Final = 6


class Pairs:
    """Sites at which a fault changed nothing are left out, and first faults that led to the same new sites are one."""

    name = "pairs"

    def rounds(self, known: Knowledge) -> Iterator[list[Aimed]]:
        """First the pairs whose second fault is met only in the recovery from the first."""
        firsts = [each for each in known.of("singles") if each.changed and len(each.trial.atoms) == 1]
        yield from rounds_of(self._in_recovery(known, firsts))
        yield from rounds_of(self._of_one_order(known, firsts))

    def _in_recovery(self, known: Knowledge, firsts: list[Tried]) -> Iterator[Aimed]:
        seen: set[tuple[object, ...]] = set()
        for first in firsts:
            fresh = _fresh(first.outcome.sites)
            key = (first.trial.atoms[0].kind, *((site.kind, site.where, site.name) for site in fresh))
            if key in seen:
                continue
            seen.add(key)
            sites = (*known.clean.sites, *first.outcome.sites)
            aim = Aim(sites, known.begins_us, known.span_us, known.timeouts_us)
            for site in fresh[:_NEW_SITES_MOST]:
                for atom in aim.gravest(site, "F2"):
                    yield Aimed(Trial(known.seed, (first.trial.atoms[0], atom)), (*first.struck, site))

    def _of_one_order(self, known: Knowledge, firsts: list[Tried]) -> Iterator[Aimed]:
        aim = aim_of(known)
        by_order: dict[str, dict[Site, None]] = {}
        for first in firsts:
            for site in first.struck:
                if site.order is not None:
                    by_order.setdefault(site.order, {})[site] = None
        for sites in by_order.values():
            in_time = sorted(sites, key=lambda site: site.at_us)
            for one, other in sorted(combinations(in_time, 2), key=lambda pair: pair[1].at_us - pair[0].at_us):
                for atoms in _both(aim, one, other):
                    yield Aimed(Trial(known.seed, atoms), (one, other))


def _both(aim: Aim, one: Site, other: Site) -> Iterator[tuple[Atom, ...]]:
    for first in aim.gravest(one, "F1"):
        for second in aim.gravest(other, "F2"):
            yield (first, replace(second, id="F2"))


def _fresh(sites: tuple[Site, ...]) -> list[Site]:
    """One site of each kind, place and name, in the order in which they were met."""
    found: dict[tuple[str, str, str], Site] = {}
    for site in sites:
        found.setdefault((site.kind, site.where, site.name), site)
    return list(found.values())
