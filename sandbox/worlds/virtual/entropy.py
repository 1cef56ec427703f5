"""The guard: while a run is on, whatever reads a clock or a random source that the run does not control raises.

It stands before the wall clock, `random`'s module functions and unseeded generators, `uuid`, `secrets`, the operating
system's randomness, threads and sockets; also before such names that our own and the user's modules
imported earlier (`from time import time`). Libraries' own modules are left as they are.
"""

from __future__ import annotations

import contextlib
import random
import sys
import sysconfig
import threading
from collections.abc import Iterator
from pathlib import PurePath
from types import FrameType, ModuleType
from typing import Any, Final

from sandbox.worlds.virtual.errors import UncontrolledEntropy
from sandbox.worlds.virtual.sources import Replacement, replacements

_OURS: Final = frozenset(("sandbox", "mock_systems"))
_UNWATCHED: Final = frozenset(f"sandbox.worlds.virtual.{name}" for name in ("entropy", "sources", "ordered"))
# They watch a run from outside or stamp what they print; nothing in a run can depend on them.
_EXEMPT_CALLERS: Final = frozenset(("logging", "hypothesis", "coverage"))
_PASSES_ON: Final = frozenset(("random", "secrets", "uuid", "socket", "threading"))
_INSTALLED: Final = tuple(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))


class _State:
    """Whether a guard is on, in which thread, and how deep in exemptions."""

    on = False
    thread = 0
    exempt = 0


@contextlib.contextmanager
def forbidden() -> Iterator[None]:
    """Within the block, in this thread, uncontrolled entropy raises UncontrolledEntropy with its call site."""
    if _State.on:
        yield
        return
    swapped = _swap(replacements(_check))
    _State.on, _State.thread = True, threading.get_ident()
    before = random._inst.getstate()
    try:
        yield
        if random._inst.getstate() != before:
            raise UncontrolledEntropy(
                "the shared generator of `random` was drawn from during the run, by a library that imported its "
                "functions by name: draw from a named stream (`draws.of(purpose, entity)`)"
            )
    finally:
        _State.on = False
        for owner, name, original in reversed(swapped):
            setattr(owner, name, original)


@contextlib.contextmanager
def exempt() -> Iterator[None]:
    """Within the block the guard lets all pass: for listeners at the run's edge, such as a progress display."""
    state = random._inst.getstate() if _State.on else None
    _State.exempt += 1
    try:
        yield
    finally:
        _State.exempt -= 1
        if state is not None:
            random._inst.setstate(state)


@contextlib.contextmanager
def enforced() -> Iterator[None]:
    """Within the block the guard holds again, inside of an exemption."""
    before, _State.exempt = _State.exempt, 0
    try:
        yield
    finally:
        _State.exempt = before


def _swap(wanted: list[Replacement]) -> list[tuple[Any, str, Any]]:
    """Put the replacements in place; what was there before, in order."""
    by_id = {id(r.original): r.replacement for r in wanted if r.by_name}
    places = [(r.owner, r.name, r.original, r.replacement) for r in wanted]
    for module in list(sys.modules.values()):
        if _is_watched(module):
            found = [(name, value) for name, value in vars(module).items() if id(value) in by_id]
            places.extend((module, name, value, by_id[id(value)]) for name, value in found)
    for owner, name, _, replacement in places:
        setattr(owner, name, replacement)
    return [(owner, name, original) for owner, name, original, _ in places]


def _is_watched(module: object) -> bool:
    if not isinstance(module, ModuleType) or module.__name__ in _UNWATCHED:
        return False
    if module.__name__.partition(".")[0] in _OURS:
        return True
    file = getattr(module, "__file__", None)
    return file is not None and not file.startswith(_INSTALLED)


def _check(what: str, remedy: str) -> None:
    """Raise, unless the caller is exempt. Called by a replacement, which its caller called."""
    if _State.exempt or not _State.on or threading.get_ident() != _State.thread:
        return
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and frame.f_globals.get("__name__") in _PASSES_ON:
        frame = frame.f_back
    if frame is not None and str(frame.f_globals.get("__name__")).partition(".")[0] in _EXEMPT_CALLERS:
        return
    raise UncontrolledEntropy(f"{what} was called inside a run, at {_site(frame)}: {remedy}")


def _site(frame: FrameType | None) -> str:
    """The innermost place outside of libraries; with the library's own where one lies between."""
    caller = frame
    while caller is not None and caller.f_code.co_filename.startswith(_INSTALLED):
        caller = caller.f_back
    told = [_place(f) for f in ([frame] if caller is frame else [caller, frame]) if f is not None]
    return " by way of ".join(told) or "an unknown place"


def _place(frame: FrameType) -> str:
    path = PurePath(frame.f_code.co_filename)
    return f"{path.parent.name}/{path.name}:{frame.f_lineno} in {frame.f_code.co_qualname}"
