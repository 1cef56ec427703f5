"""The second stage: every single fault at every call site, each class of sites once before any of them again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, zip_longest
from typing import Final

from sandbox.hunt.outcome import Site
from sandbox.hunt.stages.aiming import Aim
from sandbox.hunt.stages.knowledge import Aimed, Knowledge
from sandbox.hunt.stages.rounds import rounds_of
from sandbox.hunt.stages.suiting import TURNS, site_for
from sandbox.hunt.trial import Trial

_STEPS_APART: Final = 12

SiteClass = tuple[str, str, str, int, bool]
"""Kind, where, name, which of its kind for the order, and whether it is about an order at all."""


class Singles:
    """Of each class three sites are tried in turn, all classes before any of them again.

    In a turn all classes are struck by their gravest fault, then all by the next; classes that are met later in the
    life of an order, at a place that it has been at before, come after the others.
    """

    name = "singles"

    def rounds(self, known: Knowledge) -> Iterator[list[Aimed]]:
        """In rounds of a size."""
        yield from rounds_of(self._aimed(known))

    def _aimed(self, known: Knowledge) -> Iterator[Aimed]:
        aim = aim_of(known)
        ends_us = known.begins_us + known.span_us
        classes = classes_of([site for site in known.clean.sites if site.at_us < ends_us])
        first = [sites for name, sites in classes.items() if name[3] <= 1]
        later = [sites for name, sites in classes.items() if name[3] > 1]
        for turn in range(TURNS):
            for some in (first, later):
                yield from _by_gravity([_aimed_at(aim, sites, turn, known.seed) for sites in some])


def _by_gravity(aimed: Sequence[Iterable[Aimed]]) -> Iterator[Aimed]:
    """The first of each, then the second of each, and so on."""
    for each in zip_longest(*aimed):
        yield from (one for one in each if one is not None)


def _aimed_at(aim: Aim, sites: Sequence[Site], turn: int, seed: int) -> Iterator[Aimed]:
    """The faults of a class in one turn, the gravest first, each at the site that suits it then."""
    for place, atom in enumerate(aim.atoms(sites[0])):
        chosen = site_for(atom, sites, turn)
        if chosen is not None:
            at_site = next(islice(aim.atoms(chosen), place, None))
            yield Aimed(Trial(seed, (at_site,)), (chosen,))


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
    step = min(site.step, _STEPS_APART) if site.order is not None else 0
    return site.kind, site.where, site.name, step, site.order is not None
