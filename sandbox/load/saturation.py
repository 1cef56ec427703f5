"""Which resource was full first: a process's core, the machine, or what a system grants at its door."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sandbox.load.process_sampling import MACHINE, Sample

FULL_FROM: Final = 0.9
"""A resource is full from this share on, in so many samples one after the other:"""
_IN_A_ROW: Final = 3
_REFUSED_FROM: Final = 0.01
_ONE_CORE: Final = 1.0


@dataclass(frozen=True, slots=True)
class DoorSample:
    """One system's door at one moment: calls that had arrived, and those that a limit turned away, since its start."""

    at_s: float
    system: str
    calls: int
    refused: int


@dataclass(frozen=True, slots=True)
class Resource:
    """How far one was used. `peak_share` is the most that it kept up in three samples in a row; 1.0 is all of it.

    `full_at_s` is since when it was full for the first time; None: never.
    """

    name: str
    peak_share: float
    full_at_s: float | None


def resources(
    samples: Iterable[Sample], doors: Iterable[DoorSample], cores: int, several: Mapping[str, int]
) -> list[Resource]:
    """All resources: those that were full first come first, then the most used.

    A process of Python has one core at most, `several` tells for which names there are more.
    """
    series: dict[str, list[tuple[float, float]]] = {}
    for one in samples:
        limit = cores if one.name == MACHINE else min(several.get(one.name, _ONE_CORE), cores)
        name = f"{one.name}: all {cores} cores" if one.name == MACHINE else f"{one.name}: processor"
        series.setdefault(name, []).append((one.at_s, one.cpu / limit))
    found = [_resource(name, points) for name, points in series.items()]
    found += _door_resources(doors)
    return sorted(found, key=lambda r: (r.full_at_s is None, r.full_at_s or 0.0, -r.peak_share))


def _resource(name: str, points: Sequence[tuple[float, float]]) -> Resource:
    recent: deque[tuple[float, float]] = deque(maxlen=_IN_A_ROW)
    peak, full_at_s = 0.0, None
    for point in points:
        recent.append(point)
        if len(recent) == _IN_A_ROW:
            kept_up = min(share for _, share in recent)
            peak = max(peak, kept_up)
            if full_at_s is None and kept_up >= FULL_FROM:
                full_at_s = recent[0][0]
    return Resource(name, round(peak, 3), full_at_s)


def _door_resources(doors: Iterable[DoorSample]) -> list[Resource]:
    """A door is full where it turns away one call in a hundred, between two samples."""
    last: dict[str, DoorSample] = {}
    found: dict[str, Resource] = {}
    for now in doors:
        before = last.get(now.system)
        last[now.system] = now
        if before is None or now.calls <= before.calls:  # the first, or a process that has started anew
            continue
        share = (now.refused - before.refused) / (now.calls - before.calls)
        name = f"{now.system}: calls that its door grants"
        known = found.get(now.system, Resource(name, 0.0, None))
        full_at_s = now.at_s if known.full_at_s is None and share >= _REFUSED_FROM else known.full_at_s
        found[now.system] = Resource(name, max(known.peak_share, round(share, 3)), full_at_s)
    return [resource for resource in found.values() if resource.full_at_s is not None]
