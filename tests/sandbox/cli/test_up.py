"""`sandbox up` as a user has it: real processes, told with URLs and tokens, kept alive, and gone at the end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from sandbox.cli.main import app
from tests.sandbox.runs.live_runs import free_base


def eventually(holds: Callable[[], Any], within_s: float = 30.0) -> Any:
    """What `holds` gives as soon as that is true."""
    deadline = time.monotonic() + within_s
    while not (found := holds()):
        assert time.monotonic() < deadline, f"not within {within_s} s"
        time.sleep(0.03)
    return found


class Up:
    """A running `sandbox up --json`."""

    def __init__(self, folder: Path, *options: str, environment: dict[str, str] | None = None) -> None:
        self.folder = folder
        command = [sys.executable, "-m", "sandbox", "up", "--json", "--out", str(folder), *options]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **(environment or {})},
        )
        self.told = self._told()
        assert "systems" in self.told, self.told
        self.systems = {system["system"]: system for system in self.told["systems"]}
        lines = Path(self.told["tokens_file"]).read_text().splitlines()
        self.tokens = dict(line.removeprefix("export ").split("=", 1) for line in lines)
        self.http = httpx.Client(timeout=5, trust_env=False)

    def _told(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        lines: list[str] = []
        for line in self.process.stdout:
            lines.append(line)
            if line == "}\n":
                told: dict[str, Any] = json.loads("".join(lines))
                return told
        raise AssertionError(self.process.communicate()[1])

    def admin(self, system: str, path: str) -> Any:
        """What an admin API answers; None while it does not."""
        try:
            reply = self.http.get(
                self.systems[system]["admin_url"] + path,
                headers={"authorization": f"Bearer {self.tokens['SANDBOX_TOKEN_ADMIN']}"},
            )
        except httpx.TransportError:
            return None
        return reply.json() if reply.status_code == 200 else None

    def end(self, number: int) -> tuple[int, str]:
        """Send a signal; the exit code and what was said on stderr."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=10)
        return self.process.returncode, said

    def close(self) -> None:
        """Leave nothing behind."""
        if self.process.poll() is None:
            self.end(signal.SIGTERM)
        self.http.close()


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Callable[..., Up]]:
    running: list[Up] = []

    def start(*options: str, **given: Any) -> Up:
        running.append(Up(tmp_path / "live", *options, **given))
        return running[-1]

    yield start
    for one in running:
        one.close()


def place_order(running: Up) -> None:
    """Buy one thing in the shop; the first order is W-000001."""
    wares = json.loads((running.folder / "processes" / "commerce.json").read_text())["opening"]["items"]
    basket = {
        "reference": "R-1",
        "customer": None,
        "payment": "card",
        "currency": "GBP",
        "ship_to": {"name": "Ada", "country": "GB", "postcode": "LS1 1AA"},
        "lines": [{"sku": wares[0]["sku"], "quantity": 1, "price_minor": wares[0]["price_minor"]}],
    }
    shopper = {"authorization": f"Bearer {running.tokens['SANDBOX_TOKEN_SHOPPER']}"}
    placed = running.http.post(f"{running.systems['commerce']['url']}/orders", json=basket, headers=shopper)
    assert placed.status_code == 201, placed.text


def answers(url: str) -> bool:
    """Whether anybody listens there."""
    try:
        httpx.get(url, timeout=2, trust_env=False)
    except httpx.TransportError:
        return False
    return True


def test_systems_are_up_with_their_clock_and_tokens_and_one_that_is_killed_comes_back(up: Callable[..., Up]) -> None:
    base = free_base()
    options = ("--only", "erp,wms", "--port-base", str(base), "--speed", "60", "--start", "2011-11-14T08:00")
    running = up(*options, environment={"SANDBOX_TOKEN_ERP": "our-own"})
    assert running.tokens["SANDBOX_TOKEN_ERP"] == "our-own"
    assert [system["url"] for system in running.told["systems"]] == [
        f"http://127.0.0.1:{base + 2}",
        f"http://127.0.0.1:{base + 3}",
    ]
    wms = running.systems["wms"]
    given = {"authorization": f"Bearer {running.tokens['SANDBOX_TOKEN_WMS']}"}
    assert running.http.get(f"{wms['url']}/stock", headers=given).status_code == 200
    assert running.http.get(wms["docs"]).status_code == 200
    # A minute of theirs is a second of ours, however soon after the start we look.
    eventually(lambda: running.admin("wms", "/status")["now_us"] - 1_321_257_600_000_000 > 60 * 1_000_000)
    before = running.admin("wms", "/status")
    facts = running.admin("wms", "/facts?limit=5")["items"]
    os.kill(before["pid"], signal.SIGKILL)
    after = eventually(lambda: (now := running.admin("wms", "/status")) and now["pid"] != before["pid"] and now)
    assert running.admin("wms", "/facts?limit=5")["items"] == facts
    assert after["now_us"] > before["now_us"]
    assert (running.folder / "tokens.env").stat().st_mode & 0o077 == 0
    code, said = running.end(signal.SIGTERM)
    assert (code, said) == (0, "wms died with -9\n")
    assert not [url for one in running.systems.values() for url in (one["url"], one["admin_url"]) if answers(url)]


def test_an_order_goes_from_the_shop_to_its_label_though_the_core_is_killed(up: Callable[..., Up]) -> None:
    base = free_base()
    running = up("--port-base", str(base), "--speed", "300", "--start", "2011-11-14T08:00", "--seed", "3")
    place_order(running)
    (core,) = [int(pid) for pid in children_of(running.process.pid, "core_process")]
    os.kill(core, signal.SIGKILL)

    def labelled() -> bool:
        return ("label.bought", "W-000001") in [
            (fact["kind"], fact["order"]) for fact in running.admin("carrier", "/facts")["items"]
        ]

    eventually(labelled)
    assert running.end(signal.SIGTERM) == (0, "core died with -9\n")


def children_of(parent: int, name: str) -> list[str]:
    """The processes that `parent` has started and whose command line says `name`."""
    listed = subprocess.run(["ps", "-ww", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()[1:]]
    return [pid for pid, ppid, command in rows if ppid == str(parent) and name in command]


def test_nothing_outlives_one_that_is_killed_and_two_cannot_have_one_folder(up: Callable[..., Up]) -> None:
    running = up("--only", "desk", "--port-base", str(free_base()))
    code, said = invoke("--only", "desk", "--port-base", str(free_base()), "--out", str(running.folder))
    assert code == 2
    assert "another `sandbox up` is at work here" in said
    running.end(signal.SIGKILL)
    eventually(lambda: not answers(running.systems["desk"]["url"]))


def test_it_can_be_stopped_before_it_is_up(tmp_path: Path) -> None:
    base, folder = free_base(), tmp_path / "live"
    command = [sys.executable, "-m", "sandbox", "up", "--no-core", "--port-base", str(base), "--out", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    eventually(lambda: (folder / "logs" / "erp.log").exists())
    process.send_signal(signal.SIGINT)
    out, said = process.communicate(timeout=10)
    assert (process.returncode, out, said) == (0, "", "")
    assert not [place for place in range(16) if answers(f"http://127.0.0.1:{base + place}")]


def test_it_stops_by_itself_when_asked_to(up: Callable[..., Up]) -> None:
    running = up("--only", "desk", "--port-base", str(free_base()), "--for", "100ms")
    running.process.communicate(timeout=8)
    assert running.process.returncode == 0


def invoke(*arguments: str) -> tuple[int, str]:
    """Exit code and stderr, on one line."""
    result = CliRunner().invoke(app, ["up", *arguments], catch_exceptions=False)
    return result.exit_code, " ".join(result.stderr.split())


def test_a_port_in_use_is_told_before_anything_is_started(tmp_path: Path) -> None:
    with socket.socket() as taken:
        base = free_base()
        taken.bind(("127.0.0.1", base + 13))
        taken.listen()
        code, said = invoke("--only", "wms", "--port-base", str(base), "--out", str(tmp_path / "live"))
    assert code == 2
    assert f"--port-base: wms cannot listen on 127.0.0.1:{base + 13} (address already in use); stop who has it" in said
    assert not (tmp_path / "live" / "live.json").exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--only", "emp"), "--only: there is no system 'emp'; did you mean 'erp'?"),
        (("--speed", "0"), "--speed: 0 is no speed; above 0"),
        (("--speed", "5000"), "--speed: 5000 is too fast for the core; at most 1000 with the core, or leave it out"),
        (("--design", "hybird"), "there is no design 'hybird'; did you mean 'hybrid'?"),
        (("--port-base", "70000"), "--port-base: 70000 is no base; from 1 to 65000"),
        (("--start", "eight"), "--start: 'eight' is no time; write 2011-11-14T08:00"),
        (("--for", "ever"), "--for: 'ever' is not a duration"),
        (("--scenario", "normal"), "did you mean 'normal_day'?"),
    ],
)
def test_what_cannot_be_meant_is_told(options: tuple[str, ...], says: str) -> None:
    code, said = invoke(*options)
    assert (code, says in said) == (2, True), said


def test_a_folder_of_something_else_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("dear")
    code, said = invoke("--only", "desk", "--port-base", str(free_base()), "--out", str(tmp_path))
    assert code == 2
    assert "is a folder, but not a live landscape's" in said
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
