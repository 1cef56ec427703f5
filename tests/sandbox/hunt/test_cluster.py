"""The same trials on a Dask cluster: a real scheduler and two workers on loopback, one of which is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.hunt.crew import Alone, ClusterCrew
from tests.sandbox.hunt.small_targets import SMALL, some_trials

pytestmark = pytest.mark.campaign
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of the scheduler, and its workers, which have no nanny: one that dies stays dead."""
    file = tmp_path / "scheduler.json"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    words = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)]
    started = [_started(["dask_scheduler", *words], environment, tmp_path)]
    try:
        _until(file.exists)
        for number in range(2):
            own = ["--scheduler-file", str(file), "--nthreads", "1", "--no-dashboard", "--no-nanny"]
            folder = ["--local-directory", str(tmp_path / f"worker-{number}")]
            started.append(_started(["dask_worker", *own, *folder], environment, tmp_path))
        yield _address(file), started[1:]
    finally:
        for process in started:
            process.kill()
            process.wait()


def test_the_cluster_comes_to_the_same_and_outlives_a_worker(
    cluster: tuple[str, list[subprocess.Popen[bytes]]],
) -> None:
    address, workers = cluster
    trials = some_trials()
    expected = {place: outcome.fingerprint for place, outcome in Alone().outcomes(SMALL, trials, (), watch=False)}
    crew, done = ClusterCrew(address), {}
    try:
        crew.wait_for(2)
        for place, outcome in crew.outcomes(SMALL, trials, (), watch=False):
            if not done:
                os.kill(workers[0].pid, signal.SIGKILL)
            done[place] = outcome.fingerprint
    finally:
        crew.close()
    assert done == expected


def _started(words: list[str], environment: dict[str, str], folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.{words[0]}", *words[1:]]
    with (folder / f"{words[0]}.log").open("ab") as log:
        return subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)


def _address(file: Path) -> str:
    address: str = json.loads(file.read_text())["address"]
    return address


def _until(is_so: Callable[[], bool], for_s: float = 60.0) -> None:
    until = time.monotonic() + for_s
    while not is_so():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.1)
