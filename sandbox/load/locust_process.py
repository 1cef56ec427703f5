"""Locust as a process of its own: it patches the standard library, so it never shares ours."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from sandbox.errors import SandboxError
from sandbox.worlds.live import live_tokens

_STOPS_WITHIN_S: Final = 5.0
_WORDS: Final = 5


class LoadFailed(SandboxError):
    """Locust did not do its work; the message has the end of what it said."""


class LocustProcess:
    """Runs `command` with `secrets` in its environment; what it says goes to `log`."""

    def __init__(self, command: Sequence[str], secrets: Mapping[str, str], log: Path) -> None:
        self._command = command
        self._environment = live_tokens.environment_with(secrets, list(secrets))
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """Its process while it runs."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def run(self) -> None:
        """Start it and wait for its end; when cancelled, end it. Raises LoadFailed."""
        with self._log.open("wb") as log:
            self._process = process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                start_new_session=True,  # Ctrl-C is for us, who stop it in order
            )
        try:
            code = await process.wait()
        finally:
            if process.returncode is None:
                await self._stop(process)
            _signal(process, signal.SIGKILL)  # its workers, too
        if code:
            raise LoadFailed(f"Locust ended with {code}: {self._last_words()} (its log: {self._log})")

    async def _stop(self, process: asyncio.subprocess.Process) -> None:
        _signal(process, signal.SIGTERM)
        try:
            async with asyncio.timeout(_STOPS_WITHIN_S):
                await process.wait()
        except TimeoutError:
            _signal(process, signal.SIGKILL)
            await process.wait()

    def _last_words(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-_WORDS:])


def _signal(process: asyncio.subprocess.Process, number: int) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
