"""The blast radius: what a run with the change lacks of the same run without it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sandbox.verification.rehearsal.progress_heard import NEVER, Course, ProgressHeard, Worth
from sandbox.verification.rehearsal.steps import ORDER, STEPS, Step

GRACE_US = 15 * 60_000_000
"""What a step may come later than in the run without the change before it counts: queues on the floors differ."""
_FEWEST = 5
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Orders:
    """Some orders, and their value by currency in minor units."""

    count: int
    value_minor: Mapping[str, int]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepImpact:
    """One step. `expected`: who had taken it by roll-back without the change; `behind`: who of them had not with it.

    `late` took it in the end, `lost` never did (or not all the way). For a step that is compared by volume, `expected`
    and `behind` count what happened while the change held.
    """

    step: Step
    expected: int
    behind: int
    late: int
    lost: int

    @property
    def breaks(self) -> bool:
        """Whether it was hit."""
        if self.step.by_volume:
            return self.expected >= _FEWEST and self.behind > self.expected * _HALF
        return bool(self.behind or self.late or self.lost)


@dataclass(frozen=True, slots=True)
class Blast:
    """All that was compared. `stuck` at roll-back, `late` and `lost` at the end; `extra_cancelled` of the lost.

    `caught_up_us` is when the last of the late had come as far as without the change; None where some never did.
    """

    steps: tuple[StepImpact, ...]
    stuck: Orders
    late: Orders
    lost: Orders
    extra_cancelled: Mapping[str, int]
    caught_up_us: int | None
    waiting_for: Mapping[str, int] = field(default_factory=dict)


def blast_of(base: ProgressHeard, run: ProgressHeard, at_us: int, until_us: int) -> Blast:
    """Compare a run in which a contract was another one from `at_us` to `until_us` with the one in which it was not."""
    impacts: list[StepImpact] = []
    stuck: dict[str, str] = {}
    late: dict[str, int] = {}
    lost: set[str] = set()
    for step in STEPS:
        theirs, ours = base.courses[step], run.courses[step]
        if step.by_volume:
            impacts.append(_volume(step, theirs, ours, at_us, until_us))
            continue
        slow = _Lagging(theirs, ours, until_us)
        impacts.append(StepImpact(step, slow.expected, len(slow.behind), len(slow.late), len(slow.lost)))
        if step.key == ORDER:
            for order in slow.behind:
                stuck.setdefault(order, step.name)
            for order, came_us in slow.late.items():
                late[order] = max(came_us, late.get(order, 0))
            lost |= slow.lost
    ends = [came_us for order, came_us in late.items() if order not in lost]
    gone = Counter(reason for order, reason in run.cancelled.items() if order not in base.cancelled)
    return Blast(
        steps=tuple(one for one in impacts if one.expected or one.breaks),
        stuck=_orders(stuck, base.worth),
        late=_orders([order for order in late if order not in lost], base.worth),
        lost=_orders(lost, base.worth),
        extra_cancelled=dict(gone.most_common()),
        caught_up_us=None if lost else max(ends, default=until_us),
        waiting_for=dict(Counter(stuck.values()).most_common()),
    )


class _Lagging:
    """Who took one step later than without the change, or never."""

    def __init__(self, theirs: Mapping[str, Course], ours: Mapping[str, Course], until_us: int) -> None:
        self.expected = 0
        self.behind: list[str] = []
        self.late: dict[str, int] = {}
        self.lost: set[str] = set()
        for key, course in theirs.items():
            mine = ours.get(key, NEVER)
            due = course.by(until_us)
            self.expected += due > 0
            if mine.by(until_us) < course.by(until_us - GRACE_US):
                self.behind.append(key)
            came_us, meant_us = mine.when(course.whole), course.when(course.whole)
            if came_us is None:
                self.lost.add(key)
            elif meant_us is not None and came_us > meant_us + GRACE_US:
                self.late[key] = came_us


def _volume(
    step: Step, theirs: Mapping[str, Course], ours: Mapping[str, Course], at_us: int, until_us: int
) -> StepImpact:
    counts = [sum(course.by(until_us) - course.by(at_us) for course in courses.values()) for courses in (theirs, ours)]
    return StepImpact(step, counts[0], max(0, counts[0] - counts[1]), 0, 0)


def _orders(orders: Iterable[str], worth: Mapping[str, Worth]) -> Orders:
    named = sorted(orders)
    value: Counter[str] = Counter()
    for order in named:
        if order in worth:
            value[worth[order].currency] += worth[order].total_minor
    return Orders(len(named), dict(sorted(value.items())), tuple(named[:5]))
