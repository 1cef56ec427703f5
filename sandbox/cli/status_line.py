"""One line on stderr that says how far a command is."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.status import Status
from rich.text import Text

from sandbox.cli.console import err


class StatusLine:
    """Shows the latest word. Says nothing when `quiet` or not at a terminal."""

    def __init__(self, quiet: bool) -> None:
        self._status = None if quiet or not err.is_terminal else Status(Text("starting"), console=err)

    def say(self, text: str) -> None:
        """Show this from now on."""
        if self._status is not None:
            self._status.update(Text(text))

    def __enter__(self) -> Self:
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status is not None:
            self._status.stop()
