"""The supervisor: parts come up, are kept alive, and none is left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.worlds.live import supervisor as module
from sandbox.worlds.live.supervisor import Part, PartFailed, Supervisor

# Answers 200 at every path; what it is told to do first is put in front.
SERVER = """
import http.server, os, signal, subprocess, sys, time
{first}
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("content-length", "0"); self.end_headers()
    def log_message(self, *_): pass
print("listening", flush=True)
http.server.ThreadingHTTPServer(("127.0.0.1", {port}), Handler).serve_forever()
"""


def free_port() -> int:
    """A port that nobody has just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def part(folder: Path, name: str, first: str = "", stops_within_s: float = 5.0) -> Part:
    """A small server."""
    port = free_port()
    program = SERVER.format(first=first, port=port)
    url = f"http://127.0.0.1:{port}/ready"
    return Part(name, (sys.executable, "-c", program), dict(os.environ), folder / f"{name}.log", url, stops_within_s)


def lives(pid: int) -> bool:
    """Whether there is such a process, zombies left out."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def until(holds: Callable[[], bool]) -> None:
    """Wait until that is true."""
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0.02)


Told = list[tuple[str, str, str]]


def supervised(parts: list[Part], body: Callable[[Supervisor], Awaitable[None]]) -> Told:
    """What was told while `body` ran with all parts up."""
    told: Told = []

    async def run() -> None:
        async with Supervisor(parts, lambda *news: told.append(news)) as supervisor:
            await body(supervisor)

    asyncio.run(run())
    return told


def what(told: Told, name: str) -> list[str]:
    """What happened to one part."""
    return [happened for part, happened, _ in told if part == name]


def test_parts_come_up_and_are_stopped(tmp_path: Path) -> None:
    pids: list[int | None] = []

    async def body(supervisor: Supervisor) -> None:
        pids.extend(supervisor.pid(name) for name in ("a", "b"))

    told = supervised([part(tmp_path, "a"), part(tmp_path, "b")], body)
    assert what(told, "a") == what(told, "b") == ["started", "ready", "stopped"]
    assert not [pid for pid in pids if pid is None or lives(pid)]
    assert (tmp_path / "a.log").read_text() == "listening\n"


def test_a_part_that_dies_is_started_again(tmp_path: Path) -> None:
    async def body(supervisor: Supervisor) -> None:
        first = supervisor.pid("a")
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await until(lambda: supervisor.pid("a") != first)
        await asyncio.sleep(0.5)

    told = supervised([part(tmp_path, "a"), part(tmp_path, "b")], body)
    assert what(told, "a") == ["started", "ready", "died", "started", "ready", "stopped"]
    assert what(told, "b") == ["started", "ready", "stopped"]
    assert ("a", "died", "with -9") in told


def test_a_part_that_dies_again_and_again_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AGAIN_AFTER_S", 0.01)
    once = f"""
if os.path.exists({str(tmp_path / "been")!r}): sys.exit("no more")
open({str(tmp_path / "been")!r}, "w").close()
"""

    async def body(supervisor: Supervisor) -> None:
        pid = supervisor.pid("a")
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        async with asyncio.timeout(30):
            await supervisor.given_up.wait()

    told = supervised([part(tmp_path, "a", once)], body)
    assert what(told, "a").count("started") == 4
    assert told[-1] == ("a", "given-up", "no more\nno more\nno more")


def test_who_does_not_stop_is_killed_with_its_children(tmp_path: Path) -> None:
    stubborn = """
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
"""
    one = part(tmp_path, "a", stubborn, stops_within_s=0.2)

    async def body(_: Supervisor) -> None:
        return

    assert what(supervised([one], body), "a") == ["started", "ready", "killed"]
    child = int(one.log.read_text().splitlines()[0])
    deadline = time.monotonic() + 5
    while lives(child):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_one_that_does_not_come_up_stops_the_others_and_is_told_with_its_last_words(tmp_path: Path) -> None:
    pids: list[int] = []

    async def run() -> None:
        parts = [part(tmp_path, "a"), part(tmp_path, "b", 'time.sleep(0.3); sys.exit("no database")')]

        def hear(_: str, happened: str, detail: str) -> None:
            if happened == "started":
                pids.append(int(detail))

        async with Supervisor(parts, hear):
            raise AssertionError("it must not come up")

    with pytest.raises(PartFailed, match="b ended with 1 before it was ready: no database"):
        asyncio.run(run())
    assert len(pids) == 2
    assert not [pid for pid in pids if lives(pid)]


def test_the_last_words_of_a_log_of_json_objects_are_words(tmp_path: Path) -> None:
    one = part(tmp_path, "a")
    one.log.write_text(
        'one\n{"level": "info", "message": "serving"}\n{"message": "unread", "reason": "GET /log"}\n[1]\n'
    )
    assert one.last_words() == "serving\nunread: GET /log\n[1]"


def test_one_that_does_not_answer_is_told_and_so_is_its_return(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CHECKS_EVERY_S", 0.05)
    monkeypatch.setattr(module, "_ANSWERS_WITHIN_S", 0.2)
    told: Told = []

    async def run() -> None:
        async with Supervisor([part(tmp_path, "a")], lambda *news: told.append(news)) as supervisor:
            pid = supervisor.pid("a")
            assert pid is not None
            os.kill(pid, signal.SIGSTOP)
            await until(lambda: "silent" in what(told, "a"))
            os.kill(pid, signal.SIGCONT)
            await until(lambda: what(told, "a").count("ready") == 2)

    asyncio.run(run())
    assert what(told, "a") == ["started", "ready", "silent", "ready", "stopped"]


def test_a_part_that_is_crashed_stays_down_as_long_as_asked_and_often(tmp_path: Path) -> None:
    async def body(supervisor: Supervisor) -> None:
        for _ in range(5):  # more often than a part may die by itself
            pid = supervisor.pid("one")
            assert supervisor.crash("one", 0.05)
            assert not supervisor.crash("one", 0.05), "it is down already"
            await until(lambda pid=pid: supervisor.pid("one") != pid)  # type: ignore[misc]
        assert supervisor.is_running("one")
        assert not supervisor.given_up.is_set()

    told = supervised([part(tmp_path, "one")], body)
    assert what(told, "one").count("crashed") == 5
    assert "died" not in what(told, "one")


def test_a_part_whose_work_is_somebody_elses_now_is_not_started_again(tmp_path: Path) -> None:
    ends = "import threading; threading.Timer(0.5, lambda: os._exit(3)).start()"
    one = replace(part(tmp_path, "one", ends), over_with=(3,))

    async def body(supervisor: Supervisor) -> None:
        await until(lambda: not supervisor.is_running("one"))
        await asyncio.sleep(0.8)
        assert not supervisor.is_running("one")

    assert what(supervised([one], body), "one") == ["started", "ready", "replaced"]
