"""Jobs that mostly wait for the wall's clock, several at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

Answer = TypeVar("Answer")


async def side_by_side(
    jobs: Sequence[Callable[[], Awaitable[Answer]]], at_once: int, hear: Callable[[int, Answer], None]
) -> None:
    """Do all jobs, at most `at_once` at a time; `hear` gets each one's place and answer. Raises what one raises."""
    turn = asyncio.Semaphore(at_once)

    async def one(place: int) -> None:
        async with turn:
            hear(place, await jobs[place]())

    await asyncio.gather(*map(one, range(len(jobs))))
