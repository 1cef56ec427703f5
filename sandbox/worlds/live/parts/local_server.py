"""The life of a server that runs on this machine: started and waited for, stopped in order or by force."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar, Final, Self

from sandbox.errors import SandboxError

_LOOK_EVERY_S: Final = 0.02


class LocalServer(ABC):
    """One server. What it holds is in `folder`, and is there again after a stop or a kill; `log` is where it talks.

    Without `own_session` it is ended together with the process group of who started it.
    """

    failed: ClassVar[type[SandboxError]]
    start_s: ClassVar[float]
    stop_s: ClassVar[float]
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM

    def __init__(self, folder: Path, port: int, log: str, own_session: bool) -> None:
        self.folder = folder.resolve()
        self.port = port
        self.log = self.folder / log
        self._own_session = own_session
        self._process: subprocess.Popen[bytes] | None = None
        self._said_before = 0

    @property
    @abstractmethod
    def url(self) -> str:
        """Where clients find it, without what they need to be let in."""

    @property
    @abstractmethod
    def place(self) -> str:
        """What it is and where it listens, for messages."""

    @abstractmethod
    async def launch(self) -> subprocess.Popen[bytes]:
        """Prepare its folder, and start its process. Raises SandboxError."""

    @abstractmethod
    def is_ready(self, process: subprocess.Popen[bytes]) -> bool:
        """Whether it has said that it answers."""

    @abstractmethod
    def complaint(self, said: str) -> tuple[str, bool]:
        """The reason in what it said why it does not run, or nothing; and whether it is that its port is taken."""

    @property
    def pid(self) -> int | None:
        """Its process; None while there is none."""
        return None if self._process is None else self._process.pid

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return self._process is not None and self._process.poll() is None

    async def start(self) -> None:
        """Start, and wait until it answers. Raises SandboxError when it does not, InputError when it can't be."""
        if self.running:
            raise ValueError(f"the server at {self.url} runs already")
        self._said_before = self.log.stat().st_size if self.log.exists() else 0
        process = self._process = await self.launch()
        try:
            async with asyncio.timeout(self.start_s):
                await self._answering(process)
        except TimeoutError as error:
            await self.kill()
            raise self.failed(self._told(f"did not answer within {self.start_s:.0f} s")) from error

    async def stop(self) -> None:
        """End it in order, whoever is connected; by force when it takes too long."""
        process = self._process
        if process is None:
            return
        process.send_signal(self.stop_signal)
        try:
            async with asyncio.timeout(self.stop_s):
                await _ended(process)
        except TimeoutError:
            await self.kill()
        self._process = None

    async def kill(self) -> None:
        """End it by force, as a power cut would; children end themselves when they miss it."""
        if self._process is not None:
            self._process.kill()
            await _ended(self._process)
            self._process = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _answering(self, process: subprocess.Popen[bytes]) -> None:
        while process.poll() is None:
            if self.is_ready(process):
                return
            await asyncio.sleep(_LOOK_EVERY_S)
        self._process = None
        raise self.failed(self._told(f"ended with {process.returncode}"))

    def _told(self, what: str) -> str:
        said = self.log.read_bytes()[self._said_before :].decode("utf-8", "replace") if self.log.exists() else ""
        reason, port_is_taken = self.complaint(said)
        remedy = "; stop what listens there, or choose another port" if port_is_taken else ""
        return f"{self.place} {what}{': ' if reason else ''}{reason}{remedy} (log: {self.log})"


async def _ended(process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        await asyncio.sleep(_LOOK_EVERY_S)
