"""A worker of Locust on its own, often on another machine: it is told by its master what to do."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping

from sandbox.errors import InputError
from sandbox.load.locust_command import Master, worker_command
from sandbox.worlds.live import live_tokens


def work(master: Master, environment: Mapping[str, str]) -> int:
    """Work for a master until it says that it is over; the exit code. Raises InputError: no Locust, or no tokens."""
    missing = [name for name in (live_tokens.SHOPPER, live_tokens.PARTNER) if not environment.get(name)]
    if missing:
        remedy = "set the same tokens here and where the master is, before either is started"
        raise InputError(f"the environment has no {' and no '.join(missing)}", field="--worker", remedy=remedy)
    return subprocess.run(worker_command(master), env=dict(environment), check=False).returncode
