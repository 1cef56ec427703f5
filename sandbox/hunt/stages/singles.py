"""The third stage: every single fault at every call site, each class of sites once before any of them again."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.hunt.stages.knowledge import Aimed, Knowledge
from sandbox.hunt.stages.rounds import rounds_of
from sandbox.hunt.stages.shots import shots_of
from sandbox.hunt.stages.suiting import TURNS
from sandbox.hunt.trial import Trial


class Singles:
    """Of each class three sites are tried in turn, the gravest fault of all classes first in each."""

    name = "singles"

    def rounds(self, known: Knowledge) -> Iterator[list[Aimed]]:
        """In rounds of a size."""
        yield from rounds_of(_aimed(known))


def _aimed(known: Knowledge) -> Iterator[Aimed]:
    for turn in range(TURNS):
        for shot in shots_of(known):
            site = shot.site(turn)
            if site is not None:
                yield Aimed(Trial(known.seed, (shot.at(site),)), (site,))
