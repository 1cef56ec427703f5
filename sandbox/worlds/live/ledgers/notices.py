"""What was noticed in a live world, beside the facts: at the doors, by the core in its log, by who looks after both."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sandbox.worlds.live.ledgers.source import Reading
from sandbox.worlds.virtual.notes import Note

_NETWORK: Final = ("call.timed-out", "call.refused", "call.broken")
_WORLD: Final = ("core.started", "core.stopped")
# What a line of the core's log says of every notice; what libraries say, and what calls and webhooks come to as a rule.
_COMMON: Final = ("at", "wall", "level", "kind", "entity", "process", "order")
_UNTOLD: Final = ("log.written", "request.answered", "webhook.answered")
_BYTES_MOST: Final = 4 * 1024 * 1024

Now = Callable[[], int]


class CoreLog:
    """A source of notes: the log of a core's process, read as it grows. `now` is the landscape's clock."""

    system = "core"

    def __init__(self, path: Path, now: Now) -> None:
        self._path = path
        self._now = now
        self._read_to = 0
        self._count = 0

    async def read(self) -> Reading:
        """The lines that are new and whole."""
        now_us = self._now()
        try:
            with self._path.open("rb") as log:
                log.seek(self._read_to)
                raw = log.read(_BYTES_MOST)
        except OSError:
            return Reading([], [], now_us)
        whole = raw[: raw.rfind(b"\n") + 1]
        self._read_to += len(whole)
        notes = [note for line in whole.splitlines() if (note := _of_line(line)) is not None]
        full = len(raw) == _BYTES_MOST and bool(whole)
        return Reading([], [], notes[-1].at_us if full and notes else now_us, full, notes)


class WorldNotes:
    """A source of notes that are made here: what was done to processes, and became of them."""

    system = "world"

    def __init__(self, now: Now) -> None:
        self._now = now
        self._notes: list[Note] = []

    def note(self, source: str, kind: str, entity: str, order: str | None, detail: Mapping[str, Any]) -> None:
        """Something was noticed just now."""
        self._notes.append(Note(self._now(), source, kind, entity, order, detail))

    async def read(self) -> Reading:
        """What is new."""
        notes, self._notes = self._notes, []
        return Reading([], [], self._now(), notes=notes)


def _of_line(line: bytes) -> Note | None:
    try:
        told = json.loads(line)
        at_us, kind, entity = _moment_us(told["at"]), told["kind"], str(told["entity"])
    except (ValueError, KeyError, TypeError):
        return None  # what an interpreter or a library says on its way out
    if kind in _UNTOLD:
        return None
    source = "network" if kind in _NETWORK else "world" if kind in _WORLD else "core"
    return Note(at_us, source, kind, entity, told.get("order"), {k: v for k, v in told.items() if k not in _COMMON})


def _moment_us(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1_000_000)
