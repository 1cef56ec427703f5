"""The in-process bus's log: a file that each change is appended to before it counts, read again at the next start.

What was written outlives the process, a `kill -9` included, for the operating system has it; it is not forced to the
disk, so a power failure of the machine may lose the last moments. Where that matters, use NATS.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from sandbox.worlds.live.bus.held import Entry, Held
from sandbox.worlds.live.bus.letters import BusUnavailable

_HEADER: Final = ["sandbox-bus", 1]
_SHORTENED_BYTES_MIN: Final = 16 << 20


class EventLog:
    """An append-only file of JSON lines, locked for one process, shortened when most of it is over and done with."""

    def __init__(self, path: Path, shortened_bytes_min: int = _SHORTENED_BYTES_MIN) -> None:
        self._path = path
        self._shortened_bytes_min = self._shorten_at_bytes = shortened_bytes_min
        self._lock = self._file = -1
        self._size = 0

    def open(self, held: Held) -> None:
        """Lock the file, bring `held` to where it ended, and shorten it. Raises BusUnavailable."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self._path.with_name(self._path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise BusUnavailable(f"{self._path}: the bus's log cannot be opened: {error.strerror}") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._read(held)
            self.shorten(held)
        except BlockingIOError as error:
            self.close()
            raise BusUnavailable(
                f"{self._path}: another process has the bus's log open; cores that share their work need a bus by URL,"
                " such as nats://127.0.0.1:4222"
            ) from error
        except OSError as error:
            self.close()
            raise BusUnavailable(f"{self._path}: the bus's log cannot be opened: {error.strerror}") from error
        except BusUnavailable:
            self.close()
            raise

    def append(self, entry: Entry) -> None:
        """Write a change. Raises OSError, and then the file is as it was before."""
        line = _line(entry)
        try:
            written = os.write(self._file, line)
            if written < len(line):
                raise OSError(f"only {written} of {len(line)} bytes were written")
        except OSError:
            os.ftruncate(self._file, self._size)
            raise
        self._size += len(line)

    @property
    def is_long(self) -> bool:
        """Whether it is time to shorten it."""
        return self._size >= self._shorten_at_bytes

    def shorten(self, held: Held) -> None:
        """Put what is still held in place of all that was ever written. Raises OSError; the old file stays then."""
        self._shorten_at_bytes = max(self._shortened_bytes_min, 2 * self._size)  # not at once again, should it fail
        fresh = self._path.with_name(self._path.name + ".new")
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        try:
            size = _write_all(file, (_line(entry) for entry in (_HEADER, *held.entries())))
            os.fsync(file)
            fresh.replace(self._path)
        except OSError:
            os.close(file)
            raise
        if self._file >= 0:
            os.close(self._file)
        self._file, self._size = file, size
        self._shorten_at_bytes = max(self._shortened_bytes_min, 2 * size)

    def close(self) -> None:
        """Let go of the file."""
        for descriptor in (self._file, self._lock):
            if descriptor >= 0:
                os.close(descriptor)
        self._lock = self._file = -1

    def _read(self, held: Held) -> None:
        """What the file says. A last line without its end was never acknowledged, and is left out."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.endswith(b"\n"):
                    self._take(held, line, number)

    def _take(self, held: Held, line: bytes, number: int) -> None:
        try:
            entry: Any = json.loads(line)
            if number > 1:
                held.apply(entry)
            elif entry != _HEADER:
                raise ValueError("it does not begin as a bus's log")
        except (ValueError, KeyError, TypeError) as error:
            raise BusUnavailable(
                f"{self._path}:{number}: not a bus's log, or damaged ({error!r}); move it away to begin without it"
            ) from error


def _line(entry: Entry) -> bytes:
    return json.dumps(entry, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def _write_all(file: int, lines: Iterable[bytes]) -> int:
    with os.fdopen(os.dup(file), "wb", buffering=1 << 20) as stream:
        return sum(stream.write(line) for line in lines)
