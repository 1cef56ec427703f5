"""The seventh stage: drawn scheduling, without faults and with those that changed something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from mock_systems.kit.streams import Streams
from sandbox.hunt.scheduling import Scheduling
from sandbox.hunt.stages.knowledge import Aimed, Knowledge
from sandbox.hunt.stages.rounds import ROUND
from sandbox.hunt.trial import Trial

_DEPTHS: Final = (1, 2, 3)


class Orderings:
    """Priorities that change at one to three drawn points (PCT), and ties that are drawn; goes on for ever."""

    name = "scheduling"

    def rounds(self, known: Knowledge) -> Iterator[list[Aimed]]:
        """A third of each round without faults, the others with a trial of before that changed something."""
        streams = Streams(f"hunt-{known.seed}")
        changed = [each.trial for each in known.tried if each.changed and each.trial.atoms] or [Trial(known.seed)]
        number = 0
        while True:
            wanted = []
            for place in range(ROUND):
                number += 1
                rng = streams.of("scheduling", number)
                trial = Trial(known.seed) if place % 3 == 0 else rng.choice(changed)
                depth = rng.choice(_DEPTHS)
                share = rng.choice((0.1, 1.0))
                pct = Scheduling("pct", number, depth=depth)
                wanted.append(replace(trial, scheduling=pct if place % 2 else Scheduling("drawn", number, share)))
            yield [Aimed(trial) for trial in wanted]
