"""Trials in rounds: what came of a round is known before the next begins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from sandbox.hunt.stages.knowledge import Aimed

ROUND: Final = 48
FEW: Final = 16
"""A round of trials that strike much: a hunt ends with the round of its first finding, which is soon there."""


def rounds_of(wanted: Iterable[Aimed], size: int = ROUND) -> Iterator[list[Aimed]]:
    """The trials in rounds of a size. No more of them are made than the rounds that are asked for need."""
    waiting = iter(wanted)
    while batch := list(islice(waiting, size)):
        yield batch
