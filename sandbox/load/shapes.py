"""How load goes over the time of a run: a share of its peak, for users and for planned arrivals alike."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sandbox.errors import InputError, did_you_mean


@dataclass(frozen=True, slots=True)
class Shape:
    """`corners` are (share of the time, share of the peak), both from 0 to 1; between two of them it goes straight.

    Two corners at one time are a jump: from there on the second one holds.
    """

    name: str
    about: str
    corners: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        times = [at for at, _ in self.corners]
        if times != sorted(times) or (times[0], times[-1]) != (0.0, 1.0):
            raise ValueError(f"{self.name}: corners go from 0 to 1 in time (got {times})")
        if not all(0 <= share <= 1 for _, share in self.corners) or self.mean <= 0:
            raise ValueError(f"{self.name}: shares of the peak lie from 0 to 1, and not all at 0")

    def share_at(self, time_share: float) -> float:
        """The share of the peak at a share of the time."""
        place = bisect_right(self.corners, time_share, key=lambda corner: corner[0])
        if place == len(self.corners):
            return self.corners[-1][1]
        (from_at, low), (until_at, high) = self.corners[max(place - 1, 0)], self.corners[max(place, 1)]
        if until_at == from_at:
            return high
        return low + (high - low) * (max(time_share, 0.0) - from_at) / (until_at - from_at)

    @property
    def mean(self) -> float:
        """Its mean over the whole time."""
        pairs = zip(self.corners, self.corners[1:], strict=False)
        return sum((until - start) * (low + high) / 2 for (start, low), (until, high) in pairs)


def _all() -> tuple[Shape, ...]:
    calm = 0.2
    return (
        Shape("steady", "the peak from start to end", ((0, 1), (1, 1))),
        Shape("ramp", "from nothing to the peak: where does it bend?", ((0, 0), (1, 1))),
        Shape(
            "steps",
            "a quarter of the peak, a half, three quarters, all of it",
            ((0, 0.25), (0.25, 0.25), (0.25, 0.5), (0.5, 0.5), (0.5, 0.75), (0.75, 0.75), (0.75, 1), (1, 1)),
        ),
        Shape(
            "spike",
            "a fifth of the peak, and five times as much at once for a fifth of the time: does it come back?",
            ((0, calm), (0.4, calm), (0.4, 1), (0.6, 1), (0.6, calm), (1, calm)),
        ),
        Shape(
            "spikes",
            "three short spikes with calm between them",
            (
                *((0, calm), (0.2, calm), (0.2, 1), (0.3, 1), (0.3, calm), (0.5, calm), (0.5, 1), (0.6, 1)),
                *((0.6, calm), (0.8, calm), (0.8, 1), (0.9, 1), (0.9, calm), (1, calm)),
            ),
        ),
    )


SHAPES: Final[Mapping[str, Shape]] = {shape.name: shape for shape in _all()}


def find_shape(name: str) -> Shape:
    """A shape by name. Raises InputError."""
    if not name:
        raise InputError("which shape?", field="SHAPE", remedy=did_you_mean("", SHAPES))
    if name not in SHAPES:
        raise InputError(f"there is no shape {name!r}", field="SHAPE", remedy=did_you_mean(name, SHAPES))
    return SHAPES[name]
