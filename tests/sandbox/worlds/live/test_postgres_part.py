"""A PostgreSQL server of our own: it starts, says why it doesn't, and keeps what it holds."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import asyncpg
import pytest

from sandbox.errors import InputError
from sandbox.worlds.live.parts import DatabaseFailed, PostgresServer
from tests.sandbox.worlds.ports.store_arms import server_folder


def test_it_wants_its_password_keeps_its_data_and_leaves_no_process() -> None:
    async def body(folder: Path) -> None:
        server = PostgresServer(folder / "postgres", password="s3cret-words")
        async with server:
            connection = await asyncpg.connect(server.url, password="s3cret-words")
            await connection.execute("CREATE TABLE kept (n integer)")
            await connection.close()
            with pytest.raises(asyncpg.PostgresError, match="authentication failed"):
                await asyncpg.connect(server.url, password="wrong")
            with pytest.raises(ValueError, match="runs already"):
                await server.start()
            pid, port = server.pid, server.port
            await server.kill()
            await server.start()
            assert server.port == port
            connection = await asyncpg.connect(server.url, password="s3cret-words")
            assert await connection.fetch("SELECT n FROM kept") == []
            await connection.close()
            last = server.pid
        for ended in (pid, last):
            assert ended is not None
            with pytest.raises(ProcessLookupError):
                os.kill(ended, 0)
        assert "s3cret" not in server.url
        written = [
            path for path in (folder / "postgres").rglob("*") if path.is_file() and path.stat().st_size < 1 << 20
        ]
        assert not [path for path in written if b"s3cret-words" in path.read_bytes()]

    with server_folder() as folder:
        asyncio.run(body(folder))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of a process that nobody has waited for")
def test_one_that_was_killed_and_that_nobody_has_waited_for_is_not_taken_for_running() -> None:
    async def body(folder: Path) -> None:
        killed = PostgresServer(folder / "postgres")
        await killed.start()
        assert killed.pid is not None
        os.killpg(killed.pid, signal.SIGKILL)
        await asyncio.sleep(0.5)
        os.kill(killed.pid, 0)  # its end has not been asked for: it is still in the table of processes
        async with PostgresServer(folder / "postgres", killed.port) as again:
            await (await asyncpg.connect(again.url)).close()
        await killed.stop()

    with server_folder() as folder:
        asyncio.run(body(folder))


def test_a_port_in_use_is_told() -> None:
    async def body(folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            server = PostgresServer(folder / "postgres", port)
            with pytest.raises(DatabaseFailed, match=f"127.0.0.1:{port} ended with 1: .*choose another port"):
                await server.start()
            assert server.pid is None

    with server_folder() as folder:
        asyncio.run(body(folder))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the server an account")
def test_root_is_told_of_a_folder_that_the_servers_account_may_not_enter(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(InputError, match="may not enter"):
        asyncio.run(PostgresServer(tmp_path / "postgres").start())
