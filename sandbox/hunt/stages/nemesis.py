"""The first stage: whole systems and the core's whole platform fail, as under the nemesis of a Jepsen test.

Few trials, each of which strikes many orders: what a single fault at the right order would show, one of a hundred
struck orders mostly shows, too. Which of them it needed is for the shrinker to say.
"""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.hunt.stages.disturbances import Disturbances
from sandbox.hunt.stages.knowledge import Aimed, Knowledge
from sandbox.hunt.stages.rounds import FEW, rounds_of
from sandbox.hunt.trial import Trial


class Nemesis:
    """Each disturbance once, at the busiest time of the run without faults."""

    name = "nemesis"

    def rounds(self, known: Knowledge) -> Iterator[list[Aimed]]:
        """In rounds, the gravest first."""
        drawn = Disturbances(known).each()
        yield from rounds_of((Aimed(Trial(known.seed, atoms)) for atoms in drawn), FEW)
