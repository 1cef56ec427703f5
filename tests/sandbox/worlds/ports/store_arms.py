"""The Store port in memory in virtual time, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from sandbox.core.ports import Store, Table
from sandbox.worlds.live.parts import PostgresServer
from sandbox.worlds.live.store import open_store
from sandbox.worlds.virtual.kernel import Kernel
from sandbox.worlds.virtual.loop import VirtualLoop
from sandbox.worlds.virtual.store import MemoryStore

ORDERS = Table("orders", indexes=("state", "site"))
LOG = Table("log")


@dataclass
class Arm:
    """An empty store, and the loop it belongs to."""

    store: Store
    run: Callable[[Awaitable[Any]], Any]


@contextmanager
def memory(postgres: PostgresServer | None) -> Iterator[Arm]:
    kernel = Kernel(1_321_228_800_000_000)
    loop = VirtualLoop(kernel)
    yield Arm(MemoryStore(kernel).session(loop), loop.run_until_complete)
    loop.close()


@contextmanager
def sqlite(postgres: PostgresServer | None) -> Iterator[Arm]:
    with tempfile.TemporaryDirectory() as folder:
        yield from _opened(f"sqlite:///{folder}/core.sqlite")


@contextmanager
def postgresql(postgres: PostgresServer | None) -> Iterator[Arm]:
    assert postgres is not None
    asyncio.run(emptied(postgres.url))
    yield from _opened(postgres.url)


ARMS = {"memory": memory, "sqlite": sqlite, "postgresql": postgresql}


def _opened(url: str) -> Iterator[Arm]:
    with asyncio.Runner() as runner:
        store = runner.run(open_store(url, (ORDERS, LOG)))
        yield Arm(store, lambda body: runner.run(_awaited(body)))
        runner.run(store.close())


async def _awaited(body: Awaitable[Any]) -> Any:
    return await body


async def emptied(url: str) -> None:
    """Drop whatever is in a PostgreSQL database."""
    connection = await asyncpg.connect(url)
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await connection.close()


@contextmanager
def server_folder() -> Iterator[Path]:
    """A folder that a server under another account may enter, as pytest's are not."""
    folder = Path(tempfile.mkdtemp(prefix="sandbox-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
