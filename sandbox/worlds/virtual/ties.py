"""Ties: in which order the tasks that are ready at one instant take their step.

Choice 0 is always the first in line, so that a recorded list of zeros, or an empty one, is the FIFO of asyncio.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from mock_systems.kit.streams import Streams


class Ties(Protocol):
    """Breaks ties."""

    def choose(self, ready: int) -> int:
        """Which of `ready` (2 or more) tasks goes next, 0 being the one that has waited longest."""


class DrawnTies:
    """Drawn from the scheduler's own stream; `share` of the choices may differ from FIFO. Keeps its `choices`."""

    def __init__(self, streams: Streams, epoch: int = 1, share: float = 1.0) -> None:
        self._stream = streams.of("ties", epoch)
        self._share = share
        self.choices: list[int] = []

    def choose(self, ready: int) -> int:
        """A choice, and note it."""
        draw = self._stream.random()
        choice = int(draw / self._share * ready) if draw < self._share else 0
        self.choices.append(choice)
        return choice


class RecordedTies:
    """Repeats recorded choices, and is FIFO after the last of them."""

    def __init__(self, choices: Sequence[int]) -> None:
        self._choices = iter(tuple(choices))

    def choose(self, ready: int) -> int:
        """The next recorded choice, bounded by what is ready."""
        return min(next(self._choices, 0), ready - 1)


def reorder(batch: list[asyncio.Handle], ties: Ties) -> list[asyncio.Handle]:
    """The batch with its task steps in drawn order; plain callbacks stay in place, asyncio relies on their order."""
    steps = [place for place, handle in enumerate(batch) if _is_task_step(handle)]
    if len(steps) < 2:
        return batch
    waiting = [batch[place] for place in steps]
    for place in steps:
        batch[place] = waiting.pop(ties.choose(len(waiting)) if len(waiting) > 1 else 0)
    return batch


def _is_task_step(handle: asyncio.Handle) -> bool:
    if handle._cancelled:
        return False
    return isinstance(getattr(handle._callback, "__self__", None), asyncio.Task)  # type: ignore[attr-defined]
