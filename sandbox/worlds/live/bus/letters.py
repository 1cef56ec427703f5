"""What a live bus offers beside the core's port: dead letters, its backlog, and an orderly end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sandbox.core.ports import Bus
from sandbox.errors import SandboxError
from sandbox.worlds.live.bus.config import BusCounts


class BusUnavailable(SandboxError):
    """The bus cannot be opened: the message says where it was looked for, why it failed, and the remedy."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that one consumer was given up on, after `attempts`, for `cause`.

    `event` is its JSON value, or its text where it was no JSON object.
    """

    letter: str
    consumer: str
    topic: str
    event: Any
    attempts: int
    cause: str


class LiveBus(Bus, Protocol):
    """A bus of the live world."""

    counts: BusCounts

    async def backlog(self) -> int:
        """Messages that are waiting or being handled, over all consumers; dead letters are none."""

    async def dead_letters(self) -> Sequence[DeadLetter]:
        """The dead letters, the oldest first."""

    async def replay(self, letter: str) -> None:
        """Give a dead letter to its consumer again, from attempt 1. Raises KeyError when there is none."""

    async def close(self, grace_us: int = 5_000_000) -> None:
        """Take no more messages, wait so long for handlers, and leave what they have not finished to the next."""
