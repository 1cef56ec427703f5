"""The processes of a loaded landscape by name: their ids, and how to kill one."""

from __future__ import annotations

import os
from itertools import cycle
from typing import Final

from sandbox.load.locust_process import LocustProcess
from sandbox.runs.judged_landscape import JudgedLandscape
from sandbox.runs.live_core import CORE
from sandbox.runs.live_landscape import LiveLandscape
from sandbox.worlds.live.supervisor import Supervisor

GENERATOR: Final = "load generator"
JUDGE: Final = "sandbox load"


def part_names(landscape: LiveLandscape) -> tuple[str, ...]:
    """Servers, systems and core. `core` is there in any case: of several workers it means one after the other."""
    return tuple(dict.fromkeys([*(part.name for part in (*landscape.server_parts(), *landscape.parts())), CORE]))


class PartsUp:
    """Of a landscape that is up, and of what loads and judges it."""

    def __init__(self, up: JudgedLandscape) -> None:
        self.locust: LocustProcess | None = None
        landscape = up.landscape
        self._keepers: dict[str, Supervisor] = {
            **{part.name: up.servers for part in landscape.server_parts()},
            **{part.name: up.systems for part in landscape.system_parts()},
            **{part.name: up.core for part in landscape.core_parts()},
        }
        self._workers = cycle([part.name for part in landscape.core_parts()])

    def pids(self) -> dict[str, int | None]:
        """Each process by its name; None for one that does not run just now."""
        pids = {name: keeper.pid(name) if keeper.is_running(name) else None for name, keeper in self._keepers.items()}
        return {**pids, GENERATOR: None if self.locust is None else self.locust.pid, JUDGE: os.getpid()}

    def kill(self, name: str, down_for_s: float) -> str | None:
        """As `kill -9`, to be started again so many seconds later; which process it was, None where it does not run."""
        part = next(self._workers) if name == CORE else name
        return part if self._keepers[part].crash(part, down_for_s) else None
