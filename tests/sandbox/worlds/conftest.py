"""What the tests of both worlds share: real servers."""

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sandbox.worlds.live.parts import NatsServer, PostgresServer
from tests.sandbox.worlds.ports.store_arms import server_folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running PostgreSQL, started when it is first asked for. Who stops it starts it again."""
    with server_folder() as folder:
        server = PostgresServer(folder / "postgres")
        _run(server.start())
        try:
            yield server
        finally:
            _run(server.stop())


@pytest.fixture(scope="session")
def nats_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a NATS server listens that nobody stops. Use a stream of your own."""
    server = NatsServer(tmp_path_factory.mktemp("nats"))
    _run(server.start())
    try:
        yield server.url
    finally:
        _run(server.stop())


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[NatsServer]:
    """A NATS server of one's own, not started yet."""
    server = NatsServer(tmp_path / "nats")
    try:
        yield server
    finally:
        asyncio.run(server.kill())


def _run(work: Coroutine[Any, Any, None]) -> None:
    """In a thread of its own: what lasts for the session may be asked for first while a test's loop still runs."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()
