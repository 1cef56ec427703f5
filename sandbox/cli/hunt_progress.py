"""How a hunt goes on, on stderr: a line that changes where somebody watches, a line now and then elsewhere."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, Self

from rich.status import Status

from sandbox.cli.console import err

if TYPE_CHECKING:
    from sandbox.hunt.request import HuntResult

_LINE_EVERY_S: Final = 30.0
_REDRAW_EVERY_S: Final = 0.5


class HuntProgress:
    """Use it as a context manager; `update` after each run."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._status: Status | None = None
        self._next_s = 0.0

    def update(self, result: HuntResult) -> None:
        """Tell how it stands, not more often than somebody can read."""
        now_s = time.monotonic()
        if self._quiet or now_s < self._next_s:
            return
        if self._status is not None:
            self._status.update(in_one_line(result))
        else:
            err.print(in_one_line(result))
        self._next_s = now_s + (_LINE_EVERY_S if self._status is None else _REDRAW_EVERY_S)

    def __enter__(self) -> Self:
        if err.is_terminal and not self._quiet:
            self._status = err.status("hunting")
            self._status.start()
        return self

    def __exit__(self, *raised: object) -> None:
        if self._status is not None:
            self._status.stop()


def in_one_line(result: HuntResult) -> str:
    """Stage, runs, runs a second, call sites struck, code reached, findings."""
    rate = result.runs / result.seconds if result.seconds else 0.0
    sites = ""
    if result.coverage is not None:
        sites = f", {len(result.coverage.struck)}/{len(result.coverage.possible)} faults at call sites"
    found = f", {len(result.findings)} found" if result.findings else ""
    return f"{result.stage}: {result.runs:,} runs, {rate:.1f} a second{sites}, {len(result.marks)} blocks{found}"
