"""The fifth stage: three faults along the lineage of one order that went well, the nearest sites first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Final

from sandbox.hunt.outcome import Site
from sandbox.hunt.stages.knowledge import Aimed, Knowledge
from sandbox.hunt.stages.rounds import rounds_of
from sandbox.hunt.stages.shots import aim_of
from sandbox.hunt.trial import Trial

_APART_MOST: Final = 6


class Triples:
    """Of the order that met the most sites: its calls, webhooks, commits and messages as they followed each other."""

    name = "triples"

    def rounds(self, known: Knowledge) -> Iterator[list[Aimed]]:
        """Triples of neighbours first, then of sites that lie further apart."""
        yield from rounds_of(self._triples(known))

    def _triples(self, known: Knowledge) -> Iterator[Aimed]:
        aim = aim_of(known)
        lineage = lineage_of(known)
        for apart in range(2, _APART_MOST + 1):
            for first in range(len(lineage) - apart):
                for middle in range(first + 1, first + apart):
                    sites = (lineage[first], lineage[middle], lineage[first + apart])
                    chosen = [list(aim.gravest(site, f"F{n}")) for n, site in enumerate(sites, 1)]
                    for atoms in product(*chosen):
                        yield Aimed(Trial(known.seed, atoms), sites)


def lineage_of(known: Knowledge) -> list[Site]:
    """The sites of the order that met the most of them, in time; of several the last."""
    ends_us = known.begins_us + known.span_us
    sites = [site for site in known.clean.sites if site.order is not None and site.at_us < ends_us]
    counts = Counter(site.order for site in sites)
    if not counts:
        return []
    longest = max(counts, key=lambda order: (counts[order], order))
    return [site for site in sites if site.order == longest]
