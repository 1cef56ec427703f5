"""A core as a real process, started, asked, killed and started again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from sandbox.core.ports import ConnectFailed, HttpReply, HttpRequest, TransportError
from sandbox.worlds.live.core.network import HttpLine
from tests.sandbox.worlds.live.live_estate import START_US, LiveEstate
from tests.sandbox.worlds.ports.http_arms import free_port

ROOT = Path(__file__).resolve().parents[4]
OWN_TOKEN = "own-token-of-the-core"


class CoreUnderTest:
    """The core process for an estate; its database and log are in `folder`."""

    def __init__(self, folder: Path, estate: LiveEstate | None, **settings: Any) -> None:
        self.folder = folder
        self.port = free_port()
        self.line = HttpLine("core", f"http://127.0.0.1:{self.port}")
        self.log_file = folder / "core.log"
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "error",
            "SANDBOX_TOKEN_CORE": OWN_TOKEN,
        }
        self.settings: dict[str, Any] = {
            "port": self.port,
            "systems": {name: {"url": "http://127.0.0.1:9"} for name in ("commerce", "erp", "wms", "carrier", "desk")},
            "store": f"sqlite:///{folder}/core.sqlite",
            "bus": f"file:{folder}/bus.jsonl",
            **settings,
        }
        for name in self.settings["systems"]:
            self.environment[f"SANDBOX_TOKEN_{name.upper()}"] = f"core-{name}"
            self.environment[f"SANDBOX_WEBHOOK_SECRET_{name.upper()}"] = "whsec_c2VjcmV0LW9mLXRlc3Rz"
        self._estate = estate
        if estate is not None:
            self._connect(estate)
        self.process: asyncio.subprocess.Process | None = None

    def _connect(self, estate: LiveEstate) -> None:
        estate.core = self.line
        clock = {"wall_us": estate.wall_us, "now_us": START_US, "speed": estate.speed}
        self.settings.update(clock=clock, systems={name: {"url": f"{estate.url}/{name}"} for name in estate.systems})
        for name, system in estate.systems.items():
            self.environment[f"SANDBOX_WEBHOOK_SECRET_{name.upper()}"] = system.webhooks.secret

    async def start(self) -> None:
        """Start the process, no more."""
        file = self.folder / "core.json"
        file.write_text(json.dumps(self.settings))
        with self.log_file.open("a") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "sandbox.worlds.live.core_process",
                str(file),
                env=self.environment,
                cwd=self.folder,
                stdin=asyncio.subprocess.PIPE,
                stderr=log,
            )

    async def ready(self) -> None:
        """Start, and wait until it is at work."""
        await self.start()
        async with asyncio.timeout(30):
            while True:
                assert self.process is not None
                assert self.process.returncode is None, await self.ended()
                try:
                    if (await self.ask("GET", "/ready")).status == 200:
                        return
                except ConnectFailed:
                    pass
                await asyncio.sleep(0.05)

    async def ask(self, method: str, path: str, token: str | None = OWN_TOKEN) -> HttpReply:
        """A request to its API."""
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        return await self.line.send(HttpRequest(method, path, {}, headers, timeout_us=5_000_000))

    async def ended(self) -> tuple[int, str]:
        """Wait for its end: status, and the last line that it said."""
        assert self.process is not None
        async with asyncio.timeout(15):
            status = await self.process.wait()
        return status, self.log_file.read_text().splitlines()[-1]

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Signal it, and wait."""
        assert self.process is not None
        self.process.send_signal(number)
        return await self.ended()

    async def close(self) -> None:
        """Leave nothing behind."""
        if self.process is not None and self.process.returncode is None:
            await self.stop(signal.SIGKILL)
        if self._estate is not None:
            self._estate.core = None  # a webhook on its way would open the line again
        await self.line.aclose()

    def log(self) -> list[dict[str, Any]]:
        """What it has logged."""
        return [json.loads(line) for line in self.log_file.read_text().splitlines()]


async def eventually(what: str, holds: Any, within_s: float = 30) -> None:
    """Wait until `holds()` is true. Raises AssertionError that tells `what` was waited for."""
    try:
        async with asyncio.timeout(within_s):
            while not holds():
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"{what}: not within {within_s} s") from None


__all__ = ["CoreUnderTest", "TransportError", "eventually"]
