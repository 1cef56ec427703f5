"""What the tests of both worlds share: real servers."""

import asyncio
from collections.abc import Iterator

import pytest

from sandbox.worlds.live.parts import PostgresServer
from tests.sandbox.worlds.ports.store_arms import server_folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running PostgreSQL, started when it is first asked for. Who stops it starts it again."""
    with server_folder() as folder:
        server = PostgresServer(folder / "postgres")
        asyncio.run(server.start())
        try:
            yield server
        finally:
            asyncio.run(server.stop())
