"""The sandbox in your own pytest suite: fixtures, markers and options, and the types of what fixtures give.

pytest loads `plugin` by itself in every session of the environment, so nothing here imports more than pytest before a
fixture is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.pytest_plugin.landscape import Landscape
    from sandbox.pytest_plugin.landscapes import Landscapes
    from sandbox.pytest_plugin.runner import Runner
    from sandbox.pytest_plugin.sandbox_run import SandboxRun
    from sandbox.pytest_plugin.system_up import SystemUp
    from sandbox.pytest_plugin.used import NotHeld

__all__ = ["Landscape", "Landscapes", "NotHeld", "Runner", "SandboxRun", "SystemUp"]

_PLACES = {
    "Landscape": "landscape",
    "Landscapes": "landscapes",
    "NotHeld": "used",
    "Runner": "runner",
    "SandboxRun": "sandbox_run",
    "SystemUp": "system_up",
}


def __getattr__(name: str) -> Any:
    """The types, imported when somebody asks for one."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
