"""The options of `sandbox run` that are about real processes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sandbox.cli.console import err
from sandbox.errors import InputError
from sandbox.runs.live_settings import LIGHT, LiveSettings

_SAID: Final = ("died", "given-up", "killed")
# Whoever sets these has the core's journal or events somewhere where other runs have left theirs.
_ELSEWHERE: Final = ("SANDBOX_STORE_URL", "SANDBOX_BUS_URL")


def live_settings(live: bool, of_live: Mapping[str, Any], of_virtual: Mapping[str, Any]) -> LiveSettings | None:
    """How the run goes live; None: it does not. Both mappings hold options by name; None or False: not given.

    Raises InputError for an option of the other world.
    """
    for name, value in (of_virtual if live else of_live).items():
        if value not in (None, False):
            told, remedy = ("is of virtual time", "leave it, or --live") if live else ("is of live runs", "add --live")
            raise InputError(told, field=name, remedy=remedy)
    if not live:
        return None
    for name in _ELSEWHERE:
        if name in os.environ:
            raise InputError(f"{name} is set, and a run has its own", field="--live", remedy="unset it")
    return LiveSettings(
        speed=of_live["--speed"],
        stack=of_live["--stack"] or LIGHT,
        leave_out=bool(of_live["--leave-out"]),
        port_base=of_live["--port-base"],
    )


def words_of(settings: LiveSettings | None) -> Sequence[str]:
    """The options as they are written; at which speed it went is told by the record."""
    if settings is None:
        return ()
    words = ["--live"]
    if settings.speed is not None:
        words += ["--speed", f"{settings.speed:g}"]
    if settings.stack != LIGHT:
        words += ["--stack", settings.stack]
    return [*words, "--leave-out"] if settings.leave_out else words


def say_trouble(name: str, what: str, detail: str) -> None:
    """Tell on stderr what becomes of a process against anybody's will."""
    if what in _SAID:
        err.print(f"{name} {what} {detail}".strip(), markup=False)
