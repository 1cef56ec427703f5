"""A progress bar of virtual time, on stderr."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from sandbox.cli.console import err
from sandbox.records.order_story import told_time
from sandbox.runs.request import Progress as RunProgress
from sandbox.worlds.virtual.entropy import exempt

_PHASES = {"demand": "orders come in", "settle": "orders settle", "judge": "the books are judged"}


class ProgressBar:
    """Shows how far a run is; `update` is the run's listener. Says nothing when `quiet` or not at a terminal."""

    def __init__(self, title: str, quiet: bool) -> None:
        # A refresh thread and a wall clock are forbidden inside a run: it is drawn only when the run reports.
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[clock]}  {task.fields[orders]}"),
            TimeElapsedColumn(),
            console=err,
            auto_refresh=False,
            transient=True,
            disable=quiet or not err.is_terminal,
        )
        self._about = ""
        self._task = self._bar.add_task(title, total=1, clock="", orders="")

    def update(self, progress: RunProgress) -> None:
        """Draw the bar anew."""
        with exempt():
            self._bar.update(
                self._task,
                total=progress.end_us - progress.start_us,
                completed=progress.at_us - progress.start_us,
                description=f"{self._about}{_PHASES[progress.phase]}",
                clock=told_time(progress.at_us)[:16],
                orders=f"{progress.orders_accepted:,} orders, {progress.orders_open:,} open",
                refresh=True,
            )

    def begin(self, what: str) -> None:
        """Another run begins, of several: its name stands before what is told of it."""
        self._about = f"{what}: "

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()
