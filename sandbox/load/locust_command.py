"""The command by which Locust carries out a plan."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from typing import Final

from mock_systems.process import LOOPBACK
from sandbox import shipped
from sandbox.errors import InputError
from sandbox.load.target import LoadPlan
from sandbox.worlds.live.parts.free_port import free_port

_SHAPE: Final = "shape.py"
CLOSED: Final = ("channel.py", "partner.py", "inventory.py", _SHAPE)
OPEN: Final = ("open_loop.py",)
ENDS_WITHIN_S: Final = 20
"""How long calls that are under way at the end may take."""
_WORKERS_COME_WITHIN_S: Final = 60
_FOLDER: Final = "loadtests"


def check_installed() -> None:
    """Raises InputError where there is no Locust."""
    if importlib.util.find_spec("locust") is None:
        raise InputError("Locust is not installed", remedy="pip install 'distribution-erp-sandbox[load]'")


@dataclass(frozen=True, slots=True)
class Master:
    """Where Locust's master listens for workers that come by themselves."""

    host: str = LOOPBACK
    port: int = 5557


def command_of(plan: LoadPlan, files: tuple[str, ...], master: Master | None = None) -> list[str]:
    """The command line; its environment has to name the plan, and hold the tokens. Raises InputError.

    With a `master` the plan's processes come by themselves; without one they are started here.
    """
    check_installed()
    command = [sys.executable, "-m", "locust", "--locustfile", ",".join(_found(name) for name in files)]
    command += ["--headless", "--only-summary", "--exit-code-on-error", "0", "--loglevel", "WARNING"]
    command += ["--stop-timeout", str(ENDS_WITHIN_S)]
    if master is not None:
        command += ["--master", "--master-bind-host", master.host, "--master-bind-port", str(master.port)]
        command += ["--expect-workers", str(plan.processes), "--expect-workers-max-wait", str(_WORKERS_COME_WITHIN_S)]
    elif plan.processes > 1:
        port = str(free_port())
        command += ["--processes", str(plan.processes), "--master-bind-host", LOOPBACK]
        command += ["--master-bind-port", port, "--master-port", port]
    return command


def worker_command(master: Master) -> list[str]:
    """The command line of a worker, which is told its share of the plan by its master. Raises InputError."""
    check_installed()
    files = [name for name in (*CLOSED, *OPEN) if name != _SHAPE]
    command = [sys.executable, "-m", "locust", "--locustfile", ",".join(_found(name) for name in files)]
    return [*command, "--worker", "--master-host", master.host, "--master-port", str(master.port)]


def _found(name: str) -> str:
    folders = shipped.folders(_FOLDER)
    for folder in folders:
        if (folder / name).is_file():
            return str(folder / name)
    raise InputError(f"there is no {_FOLDER}/{name}", remedy=f"searched: {', '.join(map(str, folders))}")
