"""A part of a live landscape: one process, how it is started, and how one sees that it is ready."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from sandbox.errors import SandboxError

_TOLD_LINES: Final = 3

What = Literal["started", "ready", "silent", "died", "crashed", "replaced", "given-up", "stopped", "killed"]
Hear = Callable[[str, What, str], None]


def unheard(name: str, what: What, detail: str) -> None:
    """For processes whom nobody listens to; their logs tell it."""


class PartFailed(SandboxError):
    """A process that did not come up; the message holds the end of its log."""


@dataclass(frozen=True, slots=True)
class Part:
    """One process: its command and environment, where its log goes, and the URL that answers 200 when it is ready.

    An exit code in `over_with` says that its work is somebody else's now: it is not started again. `answers` is asked
    instead where a part speaks no HTTP, and `ready_url` is where it is then. Its standard input is a
    pipe that ends with the supervisor, so that a part may notice.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    log: Path
    ready_url: str
    stops_within_s: float = 8.0
    over_with: tuple[int, ...] = ()
    answers: Callable[[], Awaitable[bool]] | None = None

    def last_words(self) -> str:
        """The end of its log."""
        try:
            lines = self.log.read_text(errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(_in_words(line) for line in lines[-_TOLD_LINES:])


def _in_words(line: str) -> str:
    """What a line of a log says, without when and by whom where it is a JSON object."""
    try:
        told = json.loads(line)
    except ValueError:
        return line
    if not isinstance(told, dict) or "message" not in told:
        return line
    return f"{told['message']}: {told['reason']}" if "reason" in told else str(told["message"])
