"""The first stage: every single fault at every call site, each class of sites once before any of them again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sandbox.hunt.outcome import Site
from sandbox.hunt.stages.aiming import Aim
from sandbox.hunt.stages.knowledge import Aimed, Knowledge
from sandbox.hunt.trial import Trial

ROUND: Final = 48
_TURNS: Final = 3
_STEPS_APART: Final = 12

SiteClass = tuple[str, str, str, int, bool]
"""Kind, where, name, which of its kind for the order, and whether it is about an order at all."""


class Singles:
    """Of each class three sites are tried: of the last order that met it, of the first, and of one in the middle.

    The last one comes first: until a fault strikes, trials share one run, so a late fault costs the least.
    """

    name = "singles"

    def rounds(self, known: Knowledge) -> Iterator[list[Aimed]]:
        """A round for every so many trials; a new turn begins with a new round."""
        aim = aim_of(known)
        ends_us = known.begins_us + known.span_us
        classes = classes_of([site for site in known.clean.sites if site.at_us < ends_us])
        for turn in range(_TURNS):
            chosen = [_turned(sites, turn) for sites in classes.values()]
            wanted = [
                Aimed(Trial(known.seed, (atom,)), (site,))
                for site in chosen
                if site is not None
                for atom in aim.atoms(site)
            ]
            yield from rounds_of(wanted)


def aim_of(known: Knowledge) -> Aim:
    """Aims at the sites of the run without faults."""
    return Aim(known.clean.sites, known.begins_us, known.span_us, known.timeouts_us)


def rounds_of(wanted: Sequence[Aimed], size: int = ROUND) -> Iterator[list[Aimed]]:
    """The trials in rounds of a size."""
    for first in range(0, len(wanted), size):
        yield list(wanted[first : first + size])


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


def _turned(sites: list[Site], turn: int) -> Site | None:
    """The site of a class that is tried in this turn; None where all of them were.

    What comes round has most to find in the middle of the day.
    """
    last, middle = len(sites) - 1, len(sites) // 2
    places = dict.fromkeys((last, 0, middle) if sites[0].order is not None else (middle, last, 0))
    return sites[list(places)[turn]] if turn < len(places) else None
