"""The inputs of a live system, kept in a file: from them its books can be made again, to the last fact.

A system is a pure machine: seed, opening balances and timed inputs give the same books each time. So the inputs are
its backup: a process that died takes up its work from them, and a snapshot is a copy of them. The first line is the
beginning, each other one `[at_us, kind, ...]`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from mock_systems.kit.opening import Opening
from mock_systems.kit.routes import RouteTable
from mock_systems.kit.wire import Request

CALL: Final = "call"  # a write that was handled: [method, path, query, headers, body]
ANSWERED: Final = "answered"  # a webhook's attempt: [which, status or null]
FAULTS: Final = "faults"  # what was armed: [calls, webhooks]
ARRIVED: Final = "arrived"  # goods from another system: [id, kind, data]
HANDED: Final = "handed"  # goods that another system has taken: [which]
FORGOTTEN: Final = "forgotten"  # all subscriptions were deleted: []
CLOCK: Final = "clock"  # the clock was set: [wall_us, now_us, speed]

# All that a system reads of a call, once it is past the door. The token is not among it: no secret is kept.
_HEADERS: Final = ("idempotency-key", "traceparent", "x-fencing-token")

Entry = list[Any]
_encoded: Final = json.JSONEncoder(separators=(",", ":")).encode


class Beginning(BaseModel):
    """What a system begins with. `generation` counts resets and restores: facts are numbered anew in each."""

    seed: int
    start_us: int
    opening: Opening
    generation: int = 1


class InputLog:
    """The file of one system. Each entry is with the operating system before `write` returns."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    def begin(self, beginning: Beginning) -> None:
        """Begin anew: nothing of what was kept before remains."""
        self.close()
        whole = self.path.with_suffix(".new")
        whole.write_text(beginning.model_dump_json() + "\n")
        whole.replace(self.path)
        self.open()

    def open(self) -> None:
        """Go on writing at the end."""
        self.close()
        self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND)

    def write(self, *entry: Any) -> None:
        """Keep one input: its time, its kind and what belongs to it."""
        assert self._file is not None, f"{self.path}: begin or open comes before the first input"
        os.write(self._file, _encoded(entry).encode() + b"\n")

    def close(self) -> None:
        """Write no more."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def read(self) -> tuple[Beginning, Iterator[Entry]]:
        """The beginning, and the inputs in their order. A last line that broke off was never acted upon elsewhere."""
        with self.path.open("rb") as file:
            beginning = Beginning.model_validate_json(file.readline())
        return beginning, self._entries()

    def copy_to(self, path: Path, generation: int | None = None) -> None:
        """Copy it whole, or not at all; with `generation` as the beginning of that one."""
        whole = path.with_suffix(".new")
        with self.path.open("rb") as old, whole.open("wb") as new:
            first = old.readline()
            if generation is not None:
                beginning = Beginning.model_validate_json(first).model_copy(update={"generation": generation})
                first = beginning.model_dump_json().encode() + b"\n"
            new.write(first)
            while part := old.read(1 << 20):
                new.write(part)
        whole.replace(path)

    def mend(self) -> None:
        """Cut off a last line that broke off, so that the next one stands by itself."""
        with self.path.open("rb+") as file:
            end = file.seek(0, os.SEEK_END)
            at = end
            while at > 0:
                at -= 1
                file.seek(at)
                if file.read(1) == b"\n":
                    file.truncate(at + 1)
                    return

    def _entries(self) -> Iterator[Entry]:
        with self.path.open("rb") as file:
            file.readline()
            for line in file:
                if line.endswith(b"\n"):
                    yield json.loads(line)


def kept_call(request: Request) -> Entry:
    """What is kept of a call."""
    headers = {name: value for name in _HEADERS if (value := request.headers.get(name)) is not None}
    return [request.method, request.path, request.query, headers, request.body]


def called_again(kept: Entry, routes: RouteTable) -> tuple[Request, Any, dict[str, str]]:
    """A kept call with its route and its path's values. Raises ValueError where the system has no such route now."""
    request = Request(*kept)
    found = routes.find(request)
    if found is None:
        raise ValueError(f"{request.method} {request.path} was kept, and there is no such operation")
    return request, *found
