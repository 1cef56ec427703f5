"""Samples of real processes: a busy one, its child, and one that is gone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from sandbox.load.process_sampling import MACHINE, ProcessSampler

_BUSY = "while True: pass"
_PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {_BUSY!r}])"


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[bytes]]]:
    running: list[subprocess.Popen[bytes]] = []
    yield running
    for process in running:
        os.killpg(process.pid, 9)
        process.wait()


def start(running: list[subprocess.Popen[bytes]], code: str) -> int:
    running.append(subprocess.Popen([sys.executable, "-c", code], start_new_session=True))
    return running[-1].pid


def test_a_process_counts_with_its_children(started: list[subprocess.Popen[bytes]]) -> None:
    pids: dict[str, int | None] = {
        "idle": start(started, "import time; time.sleep(60)"),
        "busy": start(started, _PARENT),
        "absent": None,
        "us": os.getpid(),
    }
    sampler = ProcessSampler(lambda: pids)
    time.sleep(0.4)  # until the child is there
    began_s = time.time()
    assert sampler.sample(began_s) == []
    time.sleep(1.0)
    pids["gone"] = 2**22  # Linux has no such process
    told = {sample.name: sample for sample in sampler.sample(time.time())}
    assert sorted(told) == ["busy", "idle", MACHINE, "us"]
    assert told["busy"].processes == 2
    assert told["busy"].cpu > 0.1
    assert told["idle"].cpu < 0.1
    assert told["us"].processes == 1
    assert told[MACHINE].cpu >= told["busy"].cpu * 0.8
    assert told["idle"].memory_bytes > 1_000_000


def test_memory_is_what_a_process_has_written(started: list[subprocess.Popen[bytes]]) -> None:
    written = "import time; kept = bytearray(b'x') * 50_000_000; time.sleep(60)"
    mapped = (
        "import mmap, tempfile, time; file = tempfile.TemporaryFile(); file.write(bytes(50_000_000)); file.flush();"
        "seen = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ); sum(seen[::4096]); time.sleep(60)"
    )
    names = {"written": written, "mapped": mapped, "plain": "import time; time.sleep(60)"}
    pids: dict[str, int | None] = {name: start(started, code) for name, code in names.items()}
    sampler = ProcessSampler(lambda: pids)
    sampler.sample(time.time())
    time.sleep(1.5)
    told = {sample.name: sample.memory_bytes for sample in sampler.sample(time.time())}
    assert told["written"] > told["plain"] + 49_000_000
    assert told["mapped"] < told["plain"] + 5_000_000
