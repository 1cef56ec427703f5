"""Having a live landscape up: ports looked at, files written, processes started, kept and stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from mock_systems.kit.live.serving import listening
from sandbox.errors import InputError
from sandbox.runs.live_landscape import LiveLandscape
from sandbox.worlds.live.supervisor import Hear, Supervisor


async def live(
    landscape: LiveLandscape, stop: asyncio.Event, hear: Hear, on_ready: Callable[[], None], for_s: float | None = None
) -> bool:
    """Have it up until `stop` is set, or for so many seconds; False when a process had to be given up.

    Raises InputError for a port in use or a folder that can't be had, PartFailed for a process that does not come up.
    """
    with landscape.folder.held():
        check_ports(landscape)
        landscape.write()
        servers = Supervisor(landscape.server_parts(), hear)
        async with servers, Supervisor(landscape.parts(), hear) as supervisor:
            on_ready()
            stopping = asyncio.create_task(stop.wait())
            failing = [asyncio.create_task(one.given_up.wait()) for one in (servers, supervisor)]
            try:
                await asyncio.wait((stopping, *failing), timeout=for_s, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for waiting in (stopping, *failing):
                    waiting.cancel()
            return not (servers.given_up.is_set() or supervisor.given_up.is_set())


def check_ports(landscape: LiveLandscape) -> None:
    """Raises InputError where somebody else listens on a port of the landscape."""
    for name, host, port in landscape.ports():
        try:
            listening(host, port).close()
        except OSError as error:
            message = f"{name} cannot listen on {host}:{port} ({(error.strerror or str(error)).lower()})"
            remedy = "stop who has it, or choose other ports with --port-base"
            raise InputError(message, field="--port-base", remedy=remedy) from None
