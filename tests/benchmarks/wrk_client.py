"""Load from `wrk`: so many connections, each with the next request as soon as it has its answer."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from tests.benchmarks.missing import Missing
from tests.benchmarks.server_process import ServerProcess

CONNECTIONS = 32
SCRIPT = Path(__file__).with_name("orders.lua")


def needs_wrk() -> str:
    """Its path. Raises Missing."""
    found = shutil.which("wrk")
    if found is None:
        raise Missing("wrk is not here: `apt-get install wrk` or `brew install wrk`")
    return found


def a_core(server: ServerProcess, url: str, seconds: int) -> float:
    """Orders created at `url` in a second of the server's processor time.

    Raises RuntimeError where an answer was not 2xx, or none came: then nothing was measured.
    """
    wrk = needs_wrk()
    _load(wrk, url, 2, 1)
    before_s = server.cpu_s()
    answered = _load(wrk, url, seconds, 2)
    return answered / (server.cpu_s() - before_s)


def _load(wrk: str, url: str, seconds: int, round_: int) -> int:
    command = [
        wrk,
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds}s",
        "--timeout",
        "30s",
        "-s",
        str(SCRIPT),
        url,
        "--",
        str(round_),
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    answered = re.search(r"(\d+) requests in", said)
    if answered is None or int(answered[1]) == 0 or "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(f"wrk at {url}: {said}")
    return int(answered[1])
