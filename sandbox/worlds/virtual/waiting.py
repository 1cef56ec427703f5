"""Who waits where: what a deadlock or livelock error tells."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any, Final

_MOST_NAMED: Final = 12


def describe(tasks: Iterable[asyncio.Task[Any]]) -> str:
    """The tasks, oldest first: name of the coroutine, and where it stands."""
    named = sorted(tasks, key=lambda task: getattr(task, "number", 0))
    lines = [_one(task) for task in named[:_MOST_NAMED]]
    if len(named) > _MOST_NAMED:
        lines.append(f"and {len(named) - _MOST_NAMED} more")
    return "; ".join(lines) or "no task"


def _one(task: asyncio.Task[Any]) -> str:
    coroutine: Any = task.get_coro()
    name = getattr(coroutine, "__qualname__", repr(coroutine))
    frame = None
    while (inner := getattr(coroutine, "cr_frame", None)) is not None:
        frame, coroutine = inner, coroutine.cr_await
    if frame is None:
        return str(name)
    return f"{name} at {PurePath(frame.f_code.co_filename).name}:{frame.f_lineno}"
