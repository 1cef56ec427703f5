"""Swizzled outages: systems go away one after another in a drawn order, and come back in another one."""

from __future__ import annotations

from random import Random

from pydantic import Field

from sandbox.faults.atoms import Atom, CallAtom, Window
from sandbox.faults.written_parts import Timed


class Swizzle(Timed):
    """The systems go away one after another in a drawn order, and come back in another drawn order."""

    kind = "swizzle"
    window_required = True
    systems: list[str] = Field(min_length=2, description="who goes away")

    def atoms(self, name: str, span_us: int, rng: Random) -> list[Atom]:
        """One outage for each system: all begin in the first half of the window, and end in the second half."""
        window = self.window(span_us)
        half_us = (window.until_us - window.from_us) // 2
        middle_us = window.from_us + half_us
        count = len(self.systems)
        gone, back = rng.sample(range(count), count), rng.sample(range(count), count)
        return [
            CallAtom(
                id=f"{name}-{system}",
                kind="outage",
                system=system,
                window=Window(
                    window.from_us + half_us * gone[place] // count,
                    window.until_us - (window.until_us - middle_us) * back[place] // count,
                ),
            )
            for place, system in enumerate(self.systems)
        ]
