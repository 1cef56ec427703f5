"""Starts real processes, sees that they answer, starts those again that die, and leaves none behind."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Coroutine, Iterable, Sequence
from typing import Final, Self

import httpx

from sandbox.worlds.live.part import Hear, Part, PartFailed, What

__all__ = ["Hear", "Part", "PartFailed", "Supervisor", "What"]

_READY_WITHIN_S: Final = 60.0
_LOOKS_EVERY_S: Final = 0.1
_CHECKS_EVERY_S: Final = 2.0
_ANSWERS_WITHIN_S: Final = 2.0
_SILENT_AFTER: Final = 3  # checks in a row
_AGAIN_AFTER_S: Final = 0.5
_DEATHS_MOST: Final = 3  # within the time below; one more, and the part is given up
_DEATHS_WITHIN_S: Final = 60.0


class Supervisor:
    """Keeps parts alive for the length of an `async with` block, which begins when all are ready.

    Entering raises PartFailed where one does not come up; then nothing is left running either. `hear(name, what,
    detail)` is told what happens. `given_up` is set when a part has died too often: it is not started again.
    """

    def __init__(self, parts: Sequence[Part], hear: Hear) -> None:
        self.given_up = asyncio.Event()
        self._hear = hear
        self._kept = [_Kept(part, self) for part in parts]
        self._http = httpx.AsyncClient(timeout=_ANSWERS_WITHIN_S, trust_env=False)

    async def __aenter__(self) -> Self:
        try:
            await _all([kept.come_up() for kept in self._kept])
        except BaseException:
            await self._stop()
            raise
        for kept in self._kept:
            kept.keep()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stop()

    def pid(self, name: str) -> int | None:
        """The process of a part that runs now."""
        return self._of(name).pid

    def crash(self, name: str, down_for_s: float) -> bool:
        """Kill a part as `kill -9` does, and start it again so many seconds later; False where it does not run now.

        It is no death that counts against the part.
        """
        return self._of(name).crash(down_for_s)

    def send_signal(self, name: str, number: int) -> bool:
        """Send a part and its children a signal, such as SIGSTOP; False where it does not run now."""
        return self._of(name).send_signal(number)

    def is_running(self, name: str) -> bool:
        """Whether a part has a process just now, ready or not."""
        return self._of(name).is_running

    def _of(self, name: str) -> _Kept:
        return next(kept for kept in self._kept if kept.part.name == name)

    async def _stop(self) -> None:
        """Ask all to stop; kill those who do not."""
        await asyncio.gather(*(kept.stop() for kept in self._kept))
        await self._http.aclose()

    async def answers(self, part: Part) -> bool:
        """Whether it is ready."""
        if part.answers is not None:
            try:
                async with asyncio.timeout(_ANSWERS_WITHIN_S):
                    return await part.answers()
            except TimeoutError:
                return False
        try:
            return (await self._http.get(part.ready_url)).status_code == 200
        except httpx.HTTPError:
            return False

    def tell(self, part: Part, what: What, detail: str = "") -> None:
        """Pass on what happened to a part."""
        self._hear(part.name, what, detail)


class _Kept:
    """One part and the process that it has just now."""

    def __init__(self, part: Part, supervisor: Supervisor) -> None:
        self.part = part
        self._supervisor = supervisor
        self._process: asyncio.subprocess.Process | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._deaths: list[float] = []
        self._down_for_s: float | None = None  # of a crash that was asked for

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    def crash(self, down_for_s: float) -> bool:
        if not self.is_running or self._down_for_s is not None:
            return False
        self._down_for_s = down_for_s
        return self.send_signal(signal.SIGKILL)

    def send_signal(self, number: int) -> bool:
        if self._process is None or not self.is_running:
            return False
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return False
        return True

    async def come_up(self) -> None:
        """Start, and wait until it is ready. Raises PartFailed."""
        process = await self._start()
        try:
            async with asyncio.timeout(_READY_WITHIN_S):
                while not await self._supervisor.answers(self.part):
                    if process.returncode is not None:
                        raise self._failed(f"ended with {process.returncode} before it was ready")
                    await asyncio.sleep(_LOOKS_EVERY_S)
        except (TimeoutError, PartFailed) as error:
            self._clear(process)
            await process.wait()
            if isinstance(error, PartFailed):
                raise
            raise self._failed(f"is not ready after {_READY_WITHIN_S:.0f} s") from None
        self._supervisor.tell(self.part, "ready")

    def keep(self) -> None:
        """See to it from now on."""
        self._keeping = asyncio.create_task(self._keep(), name=f"keeps {self.part.name}")

    async def stop(self) -> None:
        """Stop seeing to it, and stop it: politely first."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(self.part.stops_within_s):
                await process.wait()
            what: What = "stopped"
        except TimeoutError:
            what = "killed"
        self._clear(process)
        await process.wait()
        self._supervisor.tell(self.part, what)

    async def _start(self) -> asyncio.subprocess.Process:
        starting = asyncio.create_task(self._spawn(), name=f"starts {self.part.name}")
        try:
            self._process = await asyncio.shield(starting)
        except asyncio.CancelledError:
            self._process = await starting  # it is there, and has to be stopped
            raise
        self._supervisor.tell(self.part, "started", str(self._process.pid))
        return self._process

    async def _spawn(self) -> asyncio.subprocess.Process:
        with self.part.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *self.part.command,
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=dict(self.part.environment),
                start_new_session=True,  # Ctrl-C is for the supervisor, which stops its parts in order
            )

    async def _keep(self) -> None:
        while True:
            process = self._process
            assert process is not None
            checking = asyncio.create_task(self._check(), name=f"checks {self.part.name}")
            try:
                code = await process.wait()
            finally:
                checking.cancel()
            self._clear(process)
            down_for_s, self._down_for_s = self._down_for_s, None
            if code in self.part.over_with:
                self._supervisor.tell(self.part, "replaced", "another has taken its place")
                return
            if down_for_s is None:
                self._supervisor.tell(self.part, "died", f"with {code}")
            else:
                self._supervisor.tell(self.part, "crashed", f"for {down_for_s:g} s")
                await asyncio.sleep(down_for_s)
            if not await self._again(planned=down_for_s is not None):
                return

    async def _again(self, *, planned: bool) -> bool:
        """Start it once more; False when it has died too often. One that was crashed as `planned` has been down."""
        now_s = asyncio.get_running_loop().time()
        died = [] if planned else [now_s]
        self._deaths = [at_s for at_s in self._deaths if now_s - at_s < _DEATHS_WITHIN_S] + died
        while len(self._deaths) <= _DEATHS_MOST:
            await asyncio.sleep(0 if planned else _AGAIN_AFTER_S)
            planned = False
            try:
                await self.come_up()
            except PartFailed as error:
                down_for_s, self._down_for_s = self._down_for_s, None
                if down_for_s is not None:  # crashed while it came up
                    self._supervisor.tell(self.part, "crashed", f"for {down_for_s:g} s")
                    await asyncio.sleep(down_for_s)
                    continue
                self._supervisor.tell(self.part, "died", str(error))
                self._deaths.append(asyncio.get_running_loop().time())
            else:
                return True
        self._supervisor.tell(self.part, "given-up", self.part.last_words())
        self._supervisor.given_up.set()
        return False

    async def _check(self) -> None:
        """Tell when it does not answer any more, and when it does again."""
        missed = 0
        while True:
            await asyncio.sleep(_CHECKS_EVERY_S)
            if await self._supervisor.answers(self.part):
                if missed >= _SILENT_AFTER:
                    self._supervisor.tell(self.part, "ready")
                missed = 0
            else:
                missed += 1
                if missed == _SILENT_AFTER:
                    self._supervisor.tell(self.part, "silent", f"{self.part.ready_url} does not answer")

    def _clear(self, process: asyncio.subprocess.Process) -> None:
        """Kill what is left of it: its children, too."""
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    def _failed(self, how: str) -> PartFailed:
        words = self.part.last_words()
        told = f": {words}" if words else ""
        return PartFailed(f"{self.part.name} {how}{told} (its log: {self.part.log})")


async def _all(coming: Iterable[Coroutine[None, None, None]]) -> None:
    """Wait for all; the first that fails ends the others."""
    tasks = [asyncio.create_task(one) for one in coming]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
