"""What a power cut leaves behind, and how to let go of it without running any of it.

A suspended coroutine that is merely dropped gets a GeneratorExit, so that its `finally` blocks run: not what happens
to a machine that lost its power. CPython skips that for an object whose finalizer has already run, which the garbage
collector notes in one bit of the object's header. `dispose` sets this bit, where a trial shows that it works;
elsewhere the remains are kept as long as the process lives.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import sys
from collections import deque
from collections.abc import Generator, Iterable
from functools import cache
from types import AsyncGeneratorType, CoroutineType, GeneratorType, MethodType
from typing import TYPE_CHECKING, Any, Final, NoReturn

from sandbox.worlds.virtual.errors import IncarnationDead

if TYPE_CHECKING:
    from sandbox.worlds.virtual.loop import VirtualLoop

_FINALIZED: Final = 1
_HEADER_WORD: Final = ctypes.sizeof(ctypes.c_size_t)
_SUSPENDABLE: Final = (CoroutineType, GeneratorType, AsyncGeneratorType)
_HOLDERS: Final = (
    *_SUSPENDABLE,
    *(tuple, list, dict, deque, MethodType),
    *(contextlib._GeneratorContextManager, contextlib._AsyncGeneratorContextManager),
    *(contextlib.ExitStack, contextlib.AsyncExitStack),
)
# Wrappers that CPython gives no name to in `types`, but which hold what is awaited.
_WRAPPERS: Final = frozenset(("coroutine_wrapper", "async_generator_asend", "async_generator_athrow"))
_kept_for_ever: list[Any] = []


def refuse_dead(loop: VirtualLoop) -> NoReturn:
    """What each port says to a dead incarnation's epoch."""
    raise IncarnationDead(f"the power of incarnation {loop.epoch} was cut: its ports are closed for good")


class Remains:
    """The references of a dead incarnation."""

    def __init__(self, kept: list[Any]) -> None:
        self._kept = kept

    def dispose(self) -> None:
        """Let go of them. No core code runs; the dead loop hears that pending tasks are destroyed, and is silent."""
        tasks = [task for kept in self._kept if isinstance(kept, set) for task in kept]
        if can_skip_finalizers():
            for suspended in _suspended(task.get_coro() for task in tasks):
                _skip_finalizer(suspended)
        else:
            _kept_for_ever.extend(tasks)
        self._kept = []


@cache
def can_skip_finalizers() -> bool:
    """Whether this interpreter lets a suspended generator go without resuming it: tried once."""
    if sys.implementation.name != "cpython" or not (3, 11) <= sys.version_info[:2] <= (3, 13):
        return False
    if not getattr(sys, "_is_gil_enabled", lambda: True)() or hasattr(sys, "getobjects"):
        return False
    ran = []

    def probe() -> Generator[None, None, None]:
        try:
            yield
        finally:
            ran.append(True)

    suspended = probe()
    next(suspended)
    _skip_finalizer(suspended)
    del suspended
    return not ran


def _skip_finalizer(suspended: object) -> None:
    ctypes.c_size_t.from_address(id(suspended) - _HEADER_WORD).value |= _FINALIZED


def _suspended(roots: Iterable[Any]) -> list[Any]:
    """The coroutines and generators that these stand on, through awaits, `with` blocks and plain containers."""
    found: list[Any] = []
    seen: set[int] = set()
    stack: list[Any] = list(roots)
    while stack:
        thing = stack.pop()
        if id(thing) in seen or isinstance(thing, asyncio.Future):
            continue
        seen.add(id(thing))
        if isinstance(thing, _SUSPENDABLE):
            found.append(thing)
        if isinstance(thing, _HOLDERS) or type(thing).__name__ in _WRAPPERS:
            stack.extend(r for r in gc.get_referents(thing) if gc.is_tracked(r))
    return found
