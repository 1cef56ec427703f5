"""The options of `sandbox run` that are about real processes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from sandbox.cli.console import err
from sandbox.errors import InputError
from sandbox.runs.live_settings import LIGHT, LiveSettings

if TYPE_CHECKING:
    from sandbox.runs.external_core import ExternalCore
    from sandbox.runs.live_landscape import LiveLandscape

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
    from sandbox.runs.live_foreign import foreign_systems  # what stands before a system takes its time to import

    return LiveSettings(
        speed=of_live["--speed"],
        stack=of_live["--stack"] or LIGHT,
        leave_out=bool(of_live.get("--leave-out")),
        port_base=of_live.get("--port-base"),
        foreign=foreign_systems(of_live.get("--system") or (), os.environ),
        external=_external(of_live.get("--core"), of_live.get("--webhooks-to")),
    )


def _external(core: str | None, webhooks_to: str | None) -> ExternalCore | None:
    from sandbox.runs.external_core import EXTERNAL, REFERENCE, ExternalCore

    if core not in (None, EXTERNAL, REFERENCE):
        raise InputError(f"{core!r} is no core", field="--core", remedy=f"{REFERENCE} or {EXTERNAL}")
    if core == EXTERNAL:
        if webhooks_to is None:
            remedy = "say where your core takes them, such as http://127.0.0.1:3000"
            raise InputError("is missing", field="--webhooks-to", remedy=remedy)
        return ExternalCore(webhooks_to.rstrip("/"), _say_up)
    if webhooks_to is not None:
        raise InputError("is for a core of yours", field="--webhooks-to", remedy=f"add --core {EXTERNAL}")
    return None


def _say_up(landscape: LiveLandscape) -> None:
    """Tell the owner of the core what it needs."""
    for system in landscape.systems:
        told = system.told()
        err.print(f"{system.name}: {told['url']}, token in {', '.join(system.tokens)}", markup=False)
    tokens = landscape.folder.tokens
    err.print(
        f"Webhooks are signed with SANDBOX_WEBHOOK_SECRET_ERP, and so on. All of these: source {tokens}", markup=False
    )
    err.print("The run begins when your core listens.")


def words_of(settings: LiveSettings | None) -> Sequence[str]:
    """The options as they are written; at which speed it went is told by the record."""
    if settings is None:
        return ()
    words = ["--live"]
    if settings.speed is not None:
        words += ["--speed", f"{settings.speed:g}"]
    if settings.stack != LIGHT:
        words += ["--stack", settings.stack]
    for name, foreign in settings.foreign.items():
        words += ["--system", f"{name}={foreign.written}"]
    if settings.external is not None:
        words += ["--core", "external", "--webhooks-to", settings.external.webhooks_to]
    return [*words, "--leave-out"] if settings.leave_out else words


def say_trouble(name: str, what: str, detail: str) -> None:
    """Tell on stderr what becomes of a process against anybody's will."""
    if what in _SAID:
        err.print(f"{name} {what} {detail}".strip(), markup=False)
