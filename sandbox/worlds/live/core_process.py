"""The sync core as a process: `python -m sandbox.worlds.live.core_process FILE`.

Ends with 0 when it was told to stop (SIGTERM, SIGINT), 1 when it broke, 2 for settings, a port, a database or a broker
that can't be had, 3 when another core has taken its place. After `kill -9` a new one goes on from the journal.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from mock_systems.kit.live.trace_export import TraceExportError, open_traces
from sandbox.errors import InputError, SandboxError
from sandbox.worlds.live.core.clock import WorldClock
from sandbox.worlds.live.core.life import BROKEN, Life
from sandbox.worlds.live.core.log import JsonLog, LogRecords
from sandbox.worlds.live.core.paced_loop import new_loop
from sandbox.worlds.live.core.settings import (
    BUS_TOKEN,
    BUS_URL,
    DATABASE_PASSWORD,
    STORE_URL,
    CoreSettings,
    load_settings,
)
from sandbox.worlds.live.core.web_server import bind

MODULE: Final = "sandbox.worlds.live.core_process"
REFUSED: Final = 2
_EPILOG = f"""\
The environment holds what is secret: SANDBOX_TOKEN_ERP and SANDBOX_WEBHOOK_SECRET_ERP (and so for each system),
SANDBOX_TOKEN_CORE for the core's own API, or the variables that the file names instead; {DATABASE_PASSWORD} and
{BUS_TOKEN} for its servers. {STORE_URL} and {BUS_URL} come before the file's URLs.
OTEL_EXPORTER_OTLP_ENDPOINT and OpenTelemetry's other variables have its spans exported.
The log goes to standard error, one JSON object a line.

Ends with 0 when it was told to stop, 1 when it broke, 2 for settings, a port, a database or a broker that can't be had,
3 when another core has taken its place.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a core until it ends; its exit status."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {MODULE}",
        description="The sync core, over HTTP.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="its settings, YAML or JSON: systems, store, bus, ...")
    asked = parser.parse_args(arguments)
    try:
        settings = load_settings(asked.file, os.environ)
        with ExitStack() as stack:
            return _live(settings, [stack.enter_context(listener) for listener in _listeners(settings)])
    except SandboxError as error:
        print(error, file=sys.stderr)  # noqa: T201  the person who started it reads this
        return REFUSED


def _listeners(settings: CoreSettings) -> Iterator[socket.socket]:
    """The core's port, and where several workers share it this one's own. Raises PortInUse."""
    host, workers = settings.file.host, settings.file.workers
    yield bind(host, settings.file.port, shared=workers is not None)
    if workers is not None:
        yield bind(host, workers.port)


def _live(settings: CoreSettings, listeners: Sequence[socket.socket]) -> int:
    try:
        traces = open_traces("core", settings.file.instance, os.environ)
    except TraceExportError as error:
        raise InputError(str(error)) from None
    log = JsonLog(sys.stderr, WorldClock(settings.anchor), settings.file.instance, settings.hidden())
    logging.getLogger().addHandler(LogRecords(log))
    with asyncio.Runner(loop_factory=lambda: new_loop(settings.anchor.speed)) as runner:
        try:
            return runner.run(Life(settings, listeners, log, traces).run())
        except SandboxError as error:
            raise SandboxError(log.hidden(str(error))) from None
        except Exception as error:  # noqa: BLE001  what broke is told in the log, as all else is
            log.failed("core.failed", settings.file.instance, error)
            return BROKEN
        finally:
            if traces is not None:
                traces.close()


if __name__ == "__main__":
    sys.exit(main())
