"""Tasks and futures whose place in a set is the same in every process.

`asyncio.wait`, `as_completed` and `TaskGroup` keep tasks in sets. An ordinary task hashes by its address, so that
the order in which such a set is walked differs from process to process; these hash by a number of their loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine, Generator, Iterable, Iterator
from contextvars import Context
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from sandbox.worlds.virtual.loop import VirtualLoop

T = TypeVar("T")


class OrderedTask(asyncio.Task[T]):
    """A task; `number` counts the tasks of its loop from 1."""

    number: int

    def __init__(
        self,
        coro: Coroutine[Any, Any, T] | Generator[Any, Any, T],
        *,
        loop: VirtualLoop,
        name: str | None = None,
        context: Context | None = None,
    ) -> None:
        self.number = next(loop.numbers)  # asyncio puts the task into a set as it is made
        super().__init__(coro, loop=loop, name=name, context=context)

    def __hash__(self) -> int:
        return self.number


class OrderedFuture(asyncio.Future[T]):
    """A future; it takes its number when it is first hashed, which few are."""

    number: int

    def __hash__(self) -> int:
        try:
            return self.number
        except AttributeError:
            self.number = next(self.get_loop().numbers)  # type: ignore[attr-defined]
            return self.number


_as_completed = asyncio.as_completed


def as_completed(fs: Iterable[Awaitable[T]], *, timeout: float | None = None) -> Iterator[asyncio.Future[T]]:
    """`asyncio.as_completed` that starts coroutines in the order given, where asyncio takes them from a set."""
    return _as_completed([asyncio.ensure_future(f) for f in fs], timeout=timeout)
