"""Ties: in which order the tasks that are ready at one instant take their step.

Choice 0 is always the first in line, so that a recorded list of zeros, or an empty one, is the FIFO of asyncio.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from mock_systems.kit.streams import Streams

_CHOICES_EXPECTED: Final = 4_000


class Ties(Protocol):
    """Breaks ties."""

    def choose(self, ready: Sequence[asyncio.Handle]) -> int:
        """Which of the `ready` (2 or more) steps of tasks goes next, 0 being the one that has waited longest."""


TiesOf = Callable[[int], Ties]
"""The ties of one incarnation of the core, by its epoch."""


class DrawnTies:
    """Drawn from the scheduler's own stream; `share` of the choices may differ from FIFO. Keeps its `choices`."""

    def __init__(self, streams: Streams, epoch: int = 1, share: float = 1.0) -> None:
        self._stream = streams.of("ties", epoch)
        self._share = share
        self.choices: list[int] = []

    def choose(self, ready: Sequence[asyncio.Handle]) -> int:
        """A choice, and note it."""
        draw = self._stream.random()
        choice = int(draw / self._share * len(ready)) if draw < self._share else 0
        self.choices.append(choice)
        return choice


class RecordedTies:
    """Repeats recorded choices, and is FIFO after the last of them."""

    def __init__(self, choices: Sequence[int]) -> None:
        self._choices = iter(tuple(choices))

    def choose(self, ready: Sequence[asyncio.Handle]) -> int:
        """The next recorded choice, bounded by what is ready."""
        return min(next(self._choices, 0), len(ready) - 1)


class PriorityTies:
    """Probabilistic concurrency testing (PCT, Burckhardt and others, 2010): each task has a drawn priority.

    The ready task with the highest goes first; at each of `depth` drawn choices among the first `expected`, the task
    that was to go falls behind all others for good. A bug that needs d orderings to be hit is so with a probability
    that does not shrink with the length of the run, but for its number of tasks.
    """

    def __init__(self, streams: Streams, epoch: int, depth: int, expected: int = _CHOICES_EXPECTED) -> None:
        draw = streams.of("pct-changes", epoch)
        self._changes = frozenset(draw.randint(1, expected) for _ in range(depth))
        self._priority = streams.branch("pct-priority", epoch).fraction
        self._fallen: dict[int, int] = {}
        self._made = 0

    def choose(self, ready: Sequence[asyncio.Handle]) -> int:
        """The place of the ready task with the highest priority."""
        self._made += 1
        chosen = max(range(len(ready)), key=lambda place: (self._rank(ready[place]), -place))
        if self._made in self._changes:
            self._fallen[_number_of(ready[chosen])] = -self._made
            chosen = max(range(len(ready)), key=lambda place: (self._rank(ready[place]), -place))
        return chosen

    def _rank(self, handle: asyncio.Handle) -> float:
        number = _number_of(handle)
        fallen = self._fallen.get(number)
        return self._priority(str(number)) if fallen is None else fallen


def reorder(batch: list[asyncio.Handle], ties: Ties) -> list[asyncio.Handle]:
    """The batch with its task steps in drawn order; plain callbacks stay in place, asyncio relies on their order."""
    steps = [place for place, handle in enumerate(batch) if _is_task_step(handle)]
    if len(steps) < 2:
        return batch
    waiting = [batch[place] for place in steps]
    for place in steps:
        batch[place] = waiting.pop(ties.choose(waiting) if len(waiting) > 1 else 0)
    return batch


def _is_task_step(handle: asyncio.Handle) -> bool:
    if handle._cancelled:
        return False
    return isinstance(getattr(handle._callback, "__self__", None), asyncio.Task)  # type: ignore[attr-defined]


def _number_of(handle: asyncio.Handle) -> int:
    """The task's number in its loop; tasks of an own factory have none, and share one priority."""
    task = handle._callback.__self__  # type: ignore[attr-defined]
    number: int = getattr(task, "number", 0)
    return number
