"""A process that keeps one server: `python -m sandbox.worlds.live.parts.server_process postgres|nats FOLDER PORT`.

It ends, and the server before it, with SIGTERM, SIGINT, or its standard input, which should be a pipe: so no server
outlives who started it. Its exit code is 0 when it was stopped, 1 when the server has ended by itself, 2 when it did
not start. The server is in the process group of this one, so that both can be killed at once.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sandbox.errors import SandboxError
from sandbox.worlds.live.parts.local_server import LocalServer
from sandbox.worlds.live.parts.nats import TOKEN_VARIABLE, NatsServer
from sandbox.worlds.live.parts.postgres import PASSWORD_VARIABLE, PostgresServer

MODULE: Final = "sandbox.worlds.live.parts.server_process"
POSTGRES: Final = "postgres"
NATS: Final = "nats"
_STOPPED, _ENDED, _REFUSED = 0, 1, 2
_LOOK_EVERY_S: Final = 0.1
_EPILOG = f"""\
{PASSWORD_VARIABLE} or {TOKEN_VARIABLE} in the environment is what clients need; without it whoever reaches the port
may come in.

Ends with 0 when it was stopped (SIGTERM, SIGINT, the end of standard input), 1 when the server has ended by itself,
2 when it did not start.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Keep a server until told to stop; the exit status."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {MODULE}",
        description="Keep a PostgreSQL or NATS server on loopback.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("server", choices=(POSTGRES, NATS))
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="what it holds, and its log")
    parser.add_argument("port", type=int, metavar="PORT", help="on 127.0.0.1")
    asked = parser.parse_args(arguments)
    try:
        return asyncio.run(_keep(_server(asked.server, asked.folder, asked.port)))
    except SandboxError as error:
        print(error, file=sys.stderr)  # noqa: T201  the person who started it reads this
        return _REFUSED


def _server(name: str, folder: Path, port: int) -> LocalServer:
    if name == POSTGRES:
        return PostgresServer(folder, port, os.environ.get(PASSWORD_VARIABLE), own_session=False)
    return NatsServer(folder, port, os.environ.get(TOKEN_VARIABLE), own_session=False)


async def _keep(server: LocalServer) -> int:
    """Start it, and stop it when told to. Raises SandboxError when it does not start."""
    stop = asyncio.Event()
    loop, stdin = asyncio.get_running_loop(), sys.stdin.fileno()

    def read() -> None:
        if not os.read(stdin, 1024):
            loop.remove_reader(stdin)
            stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_reader(stdin, read)
    working = asyncio.create_task(_run(server), name="server")
    stopping = asyncio.create_task(stop.wait(), name="stop")
    try:
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
    finally:
        was_stopped = not working.done()
        for task in (working, stopping):
            task.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)
        await server.stop()
    if was_stopped:
        return _STOPPED
    working.result()
    print(f"the server has ended (log: {server.log})", file=sys.stderr)  # noqa: T201
    return _ENDED


async def _run(server: LocalServer) -> None:
    """Start it, and return when it has ended."""
    await server.start()
    while server.running:
        await asyncio.sleep(_LOOK_EVERY_S)


if __name__ == "__main__":
    sys.exit(main())
