"""The command by which Locust carries out a plan."""

from __future__ import annotations

import importlib.util
import socket
import sys
from typing import Final

from mock_systems.process import LOOPBACK
from sandbox import shipped
from sandbox.errors import InputError
from sandbox.load.target import LoadPlan

CLOSED: Final = ("channel.py", "partner.py", "inventory.py", "shape.py")
OPEN: Final = ("open_loop.py",)
ENDS_WITHIN_S: Final = 20
"""How long calls that are under way at the end may take."""
_FOLDER: Final = "loadtests"


def check_installed() -> None:
    """Raises InputError where there is no Locust."""
    if importlib.util.find_spec("locust") is None:
        raise InputError("Locust is not installed", remedy="pip install 'distribution-erp-sandbox[load]'")


def command_of(plan: LoadPlan, files: tuple[str, ...]) -> list[str]:
    """The command line; its environment has to name the plan, and hold the tokens. Raises InputError."""
    check_installed()
    command = [sys.executable, "-m", "locust", "--locustfile", ",".join(_found(name) for name in files)]
    command += ["--headless", "--only-summary", "--exit-code-on-error", "0", "--loglevel", "WARNING"]
    command += ["--stop-timeout", str(ENDS_WITHIN_S)]
    if plan.processes > 1:
        port = str(_free_port())
        command += ["--processes", str(plan.processes), "--master-bind-host", LOOPBACK]
        command += ["--master-bind-port", port, "--master-port", port]
    return command


def _free_port() -> int:
    """A port that nobody has just now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _found(name: str) -> str:
    folders = shipped.folders(_FOLDER)
    for folder in folders:
        if (folder / name).is_file():
            return str(folder / name)
    raise InputError(f"there is no {_FOLDER}/{name}", remedy=f"searched: {', '.join(map(str, folders))}")
