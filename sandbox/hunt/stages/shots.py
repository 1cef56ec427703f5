"""Classes of sites, and the faults at them in the order in which they are worth trying."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import Final

from sandbox.faults.atoms import Atom
from sandbox.hunt.outcome import Site
from sandbox.hunt.stages.aiming import Aim, reads
from sandbox.hunt.stages.knowledge import Knowledge
from sandbox.hunt.stages.suiting import site_for

_STEPS_APART: Final = 12
_READS_APART: Final = 2

SiteClass = tuple[str, str, str, int, bool]
"""Kind, where, name, which of its kind for the order, and whether it is about an order at all."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One fault at one class: `sites` are those of the class, `example` is what it is at the first of them.

    `place` counts the faults of the class from the gravest on, which is 0.
    """

    sites: Sequence[Site]
    place: int
    example: Atom
    aim: Aim

    def at(self, site: Site) -> Atom:
        """The same fault at another site of the class."""
        return next(islice(self.aim.atoms(site), self.place, None))

    def site(self, turn: int) -> Site | None:
        """The site for this turn, from 0; None where it was tried at all sites that suit it."""
        return site_for(self.example, self.sites, turn)


def shots_of(known: Knowledge) -> Iterator[Shot]:
    """All classes with their gravest fault, then all with the next.

    Each time, classes that are met later in the life of an order, at a place that it has been at before, come last.
    """
    aim = aim_of(known)
    ends_us = known.begins_us + known.span_us
    classes = classes_of([site for site in known.clean.sites if site.at_us < ends_us])
    in_order = sorted(classes, key=lambda name: name[3] > 1)
    shots = [_shots_at(aim, classes[name]) for name in in_order]
    for each in zip_longest(*shots):
        yield from (shot for shot in each if shot is not None)


def _shots_at(aim: Aim, sites: Sequence[Site]) -> Iterator[Shot]:
    for place, atom in enumerate(aim.atoms(sites[0])):
        yield Shot(sites, place, atom, aim)


def aim_of(known: Knowledge) -> Aim:
    """Aims at the sites of the run without faults."""
    return Aim(known.clean.sites, known.begins_us, known.span_us, known.timeouts_us)


def classes_of(sites: Sequence[Site]) -> dict[SiteClass, list[Site]]:
    """The sites by class: first those of orders, as they were met, then what comes round, such as polls.

    What comes round is one class, however often it comes.
    """
    found: dict[SiteClass, list[Site]] = {}
    for site in sorted(sites, key=lambda site: site.order is None):
        found.setdefault(class_of(site), []).append(site)
    return found


def class_of(site: Site) -> SiteClass:
    """The class of a site."""
    apart = _READS_APART if site.kind == "call" and reads(site.name) else _STEPS_APART
    step = min(site.step, apart) if site.order is not None else 0
    return site.kind, site.where, site.name, step, site.order is not None
