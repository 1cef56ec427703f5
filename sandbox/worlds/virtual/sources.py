"""Where uncontrolled entropy comes from, and what stands in for each source while a run is on."""

from __future__ import annotations

import _thread
import asyncio
import datetime
import os
import random
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, Final, NamedTuple

from sandbox.worlds.virtual import ordered

Check = Callable[[str, str], None]

_CLOCK: Final = "ask the Clock port (`clock.now_us()`) or `asyncio.get_running_loop().time()`"
_SLEEP: Final = "await asyncio.sleep, which takes virtual time"
_RANDOM: Final = "draw from a named stream (`draws.of(purpose, entity)`)"
_IDS: Final = "ask the Ids port (`ids.new(prefix)`)"
_THREAD: Final = "start a task; a run has one thread"
_SOCKET: Final = "use the Http and Bus ports"

_TIME: Final = ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns")
_TIME_WITHOUT_ARGUMENTS: Final = ("gmtime", "localtime", "ctime")


class Replacement(NamedTuple):
    """`original` stands as `owner.name`; `by_name` when modules may have imported it under a name of their own."""

    owner: Any
    name: str
    original: Any
    replacement: Any
    by_name: bool


def replacements(check: Check) -> list[Replacement]:
    """A stand-in for each source, which calls `check(what, remedy)` first and the source if that returns."""
    return [*_functions(check), *_classes(check), *_methods(check), *_orderly()]


def _functions(check: Check) -> Iterator[Replacement]:
    listed = [(time, name, _CLOCK) for name in _TIME]
    listed.append((time, "sleep", _SLEEP))
    listed += [(random, name, _RANDOM) for name in random.__all__ if name[0].islower()]
    listed += [(uuid, "uuid1", _IDS), (uuid, "uuid4", _IDS)]
    listed += [(os, "urandom", _RANDOM), (os, "getrandom", _RANDOM), (random, "_urandom", _RANDOM)]
    listed.append((_thread, "start_new_thread", _THREAD))
    for owner, name, remedy in listed:
        original = getattr(owner, name, None)
        if original is not None:
            yield Replacement(
                owner, name, original, _refusing(f"{owner.__name__}.{name}", original, remedy, check), True
            )
    for name in _TIME_WITHOUT_ARGUMENTS:
        original = getattr(time, name)
        yield Replacement(time, name, original, _refusing_bare(f"time.{name}", original, check), True)


def _refusing(what: str, original: Callable[..., Any], remedy: str, check: Check) -> Callable[..., Any]:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        check(what, remedy)
        return original(*args, **kwargs)

    return refuse


def _refusing_bare(what: str, original: Callable[..., Any], check: Check) -> Callable[..., Any]:
    """For functions that read the clock only when they are given no time."""

    def refuse(*args: Any) -> Any:
        if not args or args[0] is None:
            check(what, _CLOCK)
        return original(*args)

    return refuse


def _classes(check: Check) -> Iterator[Replacement]:
    for original, names in ((datetime.datetime, ("now", "utcnow", "today")), (datetime.date, ("today",))):
        guarded = _guarded(original, names, check)
        yield Replacement(datetime, original.__name__, original, guarded, True)


def _guarded(original: Any, names: tuple[str, ...], check: Check) -> Any:
    """A subclass that makes and recognises the original's instances, and refuses to read the clock."""

    class Meta(type):
        """Lets the stand-in pass for the original wherever it is called or compared."""

        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            return original(*args, **kwargs)

        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, original)

        def __subclasscheck__(cls, subclass: type) -> bool:
            return issubclass(subclass, original)

    stand_ins = {
        name: staticmethod(_refusing(f"{original.__name__}.{name}", getattr(original, name), _CLOCK, check))
        for name in names
    }
    return Meta(original.__name__, (original,), {"__module__": "datetime", "__slots__": (), **stand_ins})


def _methods(check: Check) -> Iterator[Replacement]:
    seed, start, open_socket = random.Random.seed, threading.Thread.start, socket.socket.__init__

    @wraps(seed)
    def seed_or_refuse(self: random.Random, a: Any = None, version: int = 2) -> None:
        if a is None:
            check("random.Random() without a seed", _RANDOM)
        seed(self, a, version)

    @wraps(start)
    def start_or_refuse(self: threading.Thread) -> None:
        check("threading.Thread.start", _THREAD)
        start(self)

    @wraps(open_socket)
    def open_or_refuse(self: socket.socket, *args: Any, **kwargs: Any) -> None:
        check("socket.socket", _SOCKET)
        open_socket(self, *args, **kwargs)

    yield Replacement(random.Random, "seed", seed, seed_or_refuse, False)
    yield Replacement(threading.Thread, "start", start, start_or_refuse, False)
    yield Replacement(socket.socket, "__init__", open_socket, open_or_refuse, False)


def _orderly() -> Iterator[Replacement]:
    """Not a source of entropy by itself, but it takes coroutines from a set, in the order of their addresses."""
    original = asyncio.as_completed
    for owner in (asyncio, asyncio.tasks):
        yield Replacement(owner, "as_completed", original, ordered.as_completed, True)
