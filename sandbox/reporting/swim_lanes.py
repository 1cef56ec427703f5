"""Where a story's steps stand in a picture of lanes, one for each system; time is stretched where much happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log10

from sandbox.reporting.lives import Step
from sandbox.reporting.wording import SECOND_US, at_of

LANES = {
    "commerce": "Shop",
    "core": "Sync core",
    "erp": "ERP",
    "wms": "Warehouse",
    "carrier": "Carrier",
    "desk": "Ops desk",
}
WIDTH, LEFT, RIGHT = 1040, 92, 24
_TOP, _LANE_HEIGHT, _FOOT = 12, 40, 36
_LABEL_WIDTH = 84


@dataclass(frozen=True, slots=True)
class Lane:
    """A system's row; `y` is its middle."""

    name: str
    y: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A step in its lane; `look` is fact, note or fault."""

    step: Step
    x: float
    y: float
    look: str


@dataclass(frozen=True, slots=True)
class TimeLabel:
    """A moment below the lanes; `day` is empty unless it changed."""

    x: float
    clock: str
    day: str


@dataclass(frozen=True, slots=True)
class SwimLanes:
    """The picture, in units of its view box."""

    width: int
    height: int
    lanes: tuple[Lane, ...]
    marks: tuple[Mark, ...]
    times: tuple[TimeLabel, ...]
    radius: float

    @property
    def path(self) -> str:
        """The line that leads from step to step."""
        return " ".join(f"{mark.x:.1f},{mark.y:.1f}" for mark in self.marks)


def swim_lanes(steps: Sequence[Step]) -> SwimLanes:
    """Lay the steps out. Systems that have no part in the story have no lane."""
    used = {step.lane for step in steps}
    names = [name for name in LANES if name in used] + sorted(used.difference(LANES))
    lanes = tuple(Lane(LANES.get(name, name), _TOP + (row + 0.5) * _LANE_HEIGHT) for row, name in enumerate(names))
    height = {name: lane.y for name, lane in zip(names, lanes, strict=True)}
    places = _places(steps)
    marks = tuple(Mark(step, x, height[step.lane], _look(step)) for step, x in zip(steps, places, strict=True))
    radius = 8.5 if len(steps) <= 32 else 7.0
    return SwimLanes(WIDTH, _TOP + len(lanes) * _LANE_HEIGHT + _FOOT, lanes, marks, tuple(_times(marks)), radius)


def _look(step: Step) -> str:
    return "fault" if step.is_fault else "fact" if step.is_fact else "note"


def _places(steps: Sequence[Step]) -> list[float]:
    """Each step a little further; the longer the pause before it, the further."""
    gaps = [0.0]
    for before, step in pairwise(steps):
        pause_s = (step.at_us - before.at_us) / SECOND_US
        gaps.append(1.0 + 0.9 * log10(1 + max(pause_s, 0)))
    total = sum(gaps) or 1.0
    places, at = [], 0.0
    for gap in gaps[: len(steps)]:
        at += gap
        places.append(LEFT + 16 + at / total * (WIDTH - LEFT - RIGHT - 16))
    return places


def _times(marks: Sequence[Mark]) -> list[TimeLabel]:
    """As many moments as fit."""
    labels: list[TimeLabel] = []
    day = ""
    for mark in marks:
        if labels and mark.x - labels[-1].x < _LABEL_WIDTH:
            continue
        at = at_of(mark.step.at_us)
        today = f"{at.day} {at:%b}"
        labels.append(TimeLabel(mark.x, f"{at:%H:%M:%S}", today if today != day else ""))
        day = today
    return labels
