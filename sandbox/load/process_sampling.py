"""What processes take of the machine while a run is on: processor time and memory, each with its children."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import psutil

MACHINE: Final = "machine"
_WRITTEN: Final = re.compile(r"^Pss_(?:Anon|Shmem):\s+(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sample:
    """One process at one moment. `cpu` is in cores since the sample before; `memory_bytes` with what it shares.

    Memory is what the process has written, not the files that it maps: how much of these it answers for depends on
    who else maps them. What several processes share is divided among them. So where Linux tells (Pss_Anon and
    Pss_Shmem of smaps_rollup); elsewhere it is all that is resident. `processes`: with its children. Of the machine,
    `cpu` counts all cores, everybody's work.
    """

    at_s: float
    name: str
    cpu: float
    memory_bytes: int
    processes: int

    def as_json(self) -> dict[str, Any]:
        """One row."""
        return asdict(self)


class ProcessSampler:
    """Looks at named processes; `pids` tells their ids now, None for one that does not run.

    Each counts with its children; this process itself counts alone, since the others are its children.
    """

    def __init__(self, pids: Callable[[], Mapping[str, int | None]]) -> None:
        self._pids = pids
        self._own = os.getpid()
        self._known: dict[int, psutil.Process] = {}
        self._spent_s: dict[int, float] = {}
        self._last_s: float | None = None
        self._machine_s = 0.0

    def sample(self, at_s: float) -> list[Sample]:
        """All that run, and the machine. The first time there is nothing to compare with: only the second tells."""
        last_s, self._last_s = self._last_s, at_s
        machine_s, before_s = _machine_seconds(), self._machine_s
        self._machine_s = machine_s
        samples = [self._one(at_s, last_s, name, pid) for name, pid in self._pids().items() if pid is not None]
        if last_s is None:
            return []
        total = psutil.virtual_memory()
        over_s = max(at_s - last_s, 1e-6)
        machine = Sample(at_s, MACHINE, (machine_s - before_s) / over_s, total.total - total.available, 0)
        return [machine, *(found for found in samples if found is not None)]

    def _one(self, at_s: float, last_s: float | None, name: str, pid: int) -> Sample | None:
        spent_s, memory, count = 0.0, 0, 0
        for process in self._family(pid):
            try:
                times = process.cpu_times()
                memory += _memory(process)
            except psutil.Error:
                continue  # it ended just now
            total_s = times.user + times.system
            spent_s += total_s - self._spent_s.get(process.pid, 0.0 if last_s is not None else total_s)
            self._spent_s[process.pid] = total_s
            count += 1
        if not count:
            return None
        over_s = at_s - (at_s - 1.0 if last_s is None else last_s)
        return Sample(at_s, name, max(spent_s, 0.0) / max(over_s, 1e-6), memory, count)

    def _family(self, pid: int) -> Iterator[psutil.Process]:
        """The process and its children, those of before as the same objects."""
        try:
            first = self._known.setdefault(pid, psutil.Process(pid))
            if not first.is_running():  # another one has its number now
                self._forget(pid)
                first = self._known[pid] = psutil.Process(pid)
            children = [] if pid == self._own else first.children(recursive=True)
        except psutil.Error:
            self._forget(pid)
            return
        yield first
        yield from children

    def _forget(self, pid: int) -> None:
        self._known.pop(pid, None)
        self._spent_s.pop(pid, None)


def _memory(process: psutil.Process) -> int:
    try:
        rolled_up = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return int(process.memory_info().rss)
    return 1024 * sum(int(kilobytes) for kilobytes in _WRITTEN.findall(rolled_up))


def _machine_seconds() -> float:
    """Processor time that anybody has spent since the machine started."""
    times = psutil.cpu_times()
    idle = times.idle + getattr(times, "iowait", 0.0) + getattr(times, "steal", 0.0)
    guest = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)  # counted in user and nice already
    return float(sum(times) - idle - guest)


def cores() -> int:
    """How many the machine has."""
    return psutil.cpu_count() or 1
