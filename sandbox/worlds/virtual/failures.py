"""Failures that nobody retrieved: an event loop that lets none of them pass unseen."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterable
from typing import Any

from sandbox.worlds.virtual.errors import UnhandledError
from sandbox.worlds.virtual.ordered import OrderedTask
from sandbox.worlds.virtual.refusals import ClosedLoop
from sandbox.worlds.virtual.waiting import describe

Handler = Callable[[asyncio.AbstractEventLoop, dict[str, Any]], object]


class FailureKeeping(ClosedLoop):
    """Keeps failures until they are raised. A `dead` loop has none: what its remains complain of is no news."""

    def __init__(self) -> None:
        self.dead = False
        self._failures: list[dict[str, Any]] = []
        self._handler: Handler | None = None

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Keep a failure that nobody retrieved; the drain raises it."""
        if self.dead:
            return
        if self._handler is not None:
            self._handler(self, context)
        else:
            self._failures.append(context)

    def default_exception_handler(self, context: dict[str, Any]) -> None:
        """What happens without a handler of one's own."""
        self._failures.append(context)

    def set_exception_handler(self, handler: Handler | None) -> None:
        """Have failures told to `handler` instead of ending the run."""
        self._handler = handler

    def get_exception_handler(self) -> Handler | None:
        """What was set, or None."""
        return self._handler

    def raise_failures(self) -> None:
        """Raise the first failure that nobody retrieved, if there is one."""
        failures, self._failures = self._failures, []
        if failures:
            raise _error(failures[0]["message"], failures[0].get("exception"))

    def unretrieved(self) -> UnhandledError | None:
        """What failed and was not told of yet: at the end of a run, also where something still holds the task."""
        if self._failures:
            return _error(self._failures[0]["message"], self._failures[0].get("exception"))
        failed = [t for t in _tasks() if type(t) is OrderedTask and t.get_loop() is self and t._log_traceback]
        if not failed:
            return None
        first = min(failed, key=lambda task: task.number)
        return _error(f"nobody retrieved the exception of {describe([first])}", first.exception())


def _tasks() -> Iterable[object]:
    """All tasks that something still holds. asyncio keeps count of them, if under a private name; else look at all."""
    known = getattr(asyncio.tasks, "_all_tasks", None)
    return list(known) if known is not None else gc.get_objects()


def _error(what: str, exception: BaseException | None) -> UnhandledError:
    error = UnhandledError(f"{what} ({exception!r})" if exception is not None else what)
    error.__cause__ = exception
    return error
