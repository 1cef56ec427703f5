"""The sixth stage: random plans without a random choice of fault kinds; what reached something new is changed.

What counts as new is code of the core that did not run before, and places that no run met.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Final

from mock_systems.kit.streams import Streams
from sandbox.faults.atoms import KINDS, Atom, SpikeAtom
from sandbox.faults.drawing import draw
from sandbox.hunt.stages.knowledge import Aimed, Knowledge, Tried
from sandbox.hunt.stages.rounds import ROUND
from sandbox.hunt.trial import Trial
from sandbox.runs.landscape import default_landscape

_ATOMS: Final = (2, 3, 4, 6, 8)
_ATOMS_MOST: Final = 12
_KEPT_MOST: Final = 256


class Swarm:
    """Goes on for ever: the hunt's budget ends it."""

    name = "swarm"

    def rounds(self, known: Knowledge) -> Iterator[list[Aimed]]:
        """Half of each round, from the second on, are plans that reached something new, changed at random."""
        streams = Streams(f"hunt-{known.seed}")
        reached: set[object] = set()
        kept: list[Trial] = []
        number = 0
        while True:
            wanted = []
            for place in range(ROUND):
                number += 1
                rng = streams.of("swarm", number)
                changed = kept and place % 2
                wanted.append(_changed(rng.choice(kept), rng, known) if changed else _drawn(number, rng, known))
            yield [Aimed(trial) for trial in wanted]
            for tried in known.of(self.name)[-ROUND:]:
                if _reaches(tried, known, reached):
                    kept = [*kept[-_KEPT_MOST:], tried.trial]


def _drawn(number: int, rng: Random, known: Knowledge) -> Trial:
    """A plan of faults anywhere in the day, on the orders of a day of its own."""
    count = rng.choice(_ATOMS)
    names = [f"F{place}" for place in range(1, count + 1)]
    atoms = draw(names, KINDS, default_landscape(), known.span_us, rng)
    return Trial(known.seed + number, tuple(atoms))


def _changed(trial: Trial, rng: Random, known: Knowledge) -> Trial:
    """One atom fewer, one more, or one in place of another."""
    atoms = list(trial.atoms)
    fresh: Atom = draw(["F0"], KINDS, default_landscape(), known.span_us, rng)[0]
    way = rng.choice(("fewer", "more", "other"))
    if way != "more" and len(atoms) > 1:
        atoms.pop(rng.randrange(len(atoms)))
    if way != "fewer" and len(atoms) < _ATOMS_MOST:
        atoms.append(fresh)
    named = [replace(atom, id=f"F{place}") for place, atom in enumerate(atoms or [fresh], 1)]
    return replace(trial, atoms=tuple(named))


def _reaches(tried: Tried, known: Knowledge, reached: set[object]) -> bool:
    """Whether a run met code or a place that no run of this stage met before it."""
    if any(isinstance(atom, SpikeAtom) for atom in tried.trial.atoms):
        return False  # more orders meet more of everything
    met: set[object] = {(site.kind, site.where, site.name) for site in tried.outcome.sites}
    met |= tried.outcome.marks
    fresh = met - reached
    reached |= met
    return bool(fresh)
