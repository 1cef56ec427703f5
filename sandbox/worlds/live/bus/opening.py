"""Opening a live bus by its URL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sandbox.core.ports import Observer
from sandbox.errors import InputError
from sandbox.worlds.live.bus.config import BusConfig
from sandbox.worlds.live.bus.in_process import InProcessBus
from sandbox.worlds.live.bus.jetstream import JetStreamBus, JetStreamConfig
from sandbox.worlds.live.bus.letters import LiveBus

_REMEDY = "memory:, file:PATH, or nats://HOST:PORT"


@asynccontextmanager
async def open_bus(
    url: str,
    observer: Observer,
    config: BusConfig | None = None,
    *,
    token: str | None = None,
    stream: str = "sandbox",
) -> AsyncIterator[LiveBus]:
    """The bus at `url`, closed in order when the block ends. Raises BusUnavailable, InputError.

    `memory:` lives and dies with the process; `file:PATH` is inside one process and outlives it; `nats://HOST:PORT`,
    or several with commas between, is shared by several cores under the name `stream`, with the server's `token`.
    """
    bus = await _opened(url, observer, config, token, stream)
    try:
        yield bus
    finally:
        await bus.close()


async def _opened(url: str, observer: Observer, config: BusConfig | None, token: str | None, stream: str) -> LiveBus:
    scheme, _, rest = url.partition(":")
    if scheme == "memory" and not rest:
        return InProcessBus(observer, config)
    if scheme == "file" and rest:
        bus = InProcessBus(observer, config, Path(rest.removeprefix("//")))
        bus.open()
        return bus
    if scheme in ("nats", "tls"):
        shared = JetStreamBus(url, observer, config, JetStreamConfig(stream=stream), token)
        await shared.open()
        return shared
    raise InputError(f"{scheme}: is no bus", remedy=f"known: {_REMEDY}")
