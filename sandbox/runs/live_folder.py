"""The folder of a live landscape: its processes' files, their books and logs, the tokens, and what is told of it.

`live.json` marks a folder as such; only one landscape at a time is in it.
"""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sandbox.errors import InputError
from sandbox.whole_files import write_whole
from sandbox.worlds.live.live_tokens import write_tokens

_TOLD: Final = "live.json"
_MESSAGES: Final = "messages"
_OURS: Final = ("processes", "logs", _MESSAGES)
_LOCK: Final = ".lock"


class LiveFolder:
    """The places in it. Nothing is made before `held` and `fill`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tokens = path / "tokens.env"
        self.told = path / _TOLD

    def of(self, process: str) -> Path:
        """Where a process keeps what outlives it: a system its inputs and snapshots, the core its journal."""
        return self.path / "processes" / process

    def config_of(self, process: str) -> Path:
        """The file of a process, beside its folder."""
        return self.path / "processes" / f"{process}.json"

    def log_of(self, process: str) -> Path:
        """The log of a process."""
        return self.path / "logs" / f"{process}.log"

    def messages_of(self, process: str) -> Path:
        """The webhooks of a system, or the core's events, one a line as they went out."""
        return self.path / _MESSAGES / f"{process}.ndjson"

    def messages(self) -> list[Path]:
        """All such files that there are."""
        return sorted((self.path / _MESSAGES).glob("*.ndjson"))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Have the folder to oneself. Raises InputError where another landscape is in it, or something else."""
        self._check()
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = (self.path / _LOCK).open("w")
        except OSError as error:
            raise self._unwritable(error) from None
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                remedy = "stop that one, or give another folder with --out"
                raise InputError("another `sandbox up` is at work here", file=str(self.path), remedy=remedy) from None
            yield

    def fill(self, files: Mapping[Path, str], tokens: Mapping[str, str], told: Mapping[str, Any]) -> None:
        """Write everything anew: books and logs of an earlier landscape go. Raises InputError."""
        try:
            write_whole(self.told, json.dumps(told, indent=2) + "\n")
            for name in _OURS:
                shutil.rmtree(self.path / name, ignore_errors=True)
                (self.path / name).mkdir()
            for path, text in files.items():
                path.with_suffix("").mkdir()
                write_whole(path, text)
            write_tokens(self.tokens, tokens)
        except OSError as error:
            raise self._unwritable(error) from None

    def _check(self) -> None:
        if self.path.is_dir():
            others = [path for path in self.path.iterdir() if path.name != _LOCK]
            if others and not self.told.is_file():
                raise InputError(
                    "is a folder, but not a live landscape's: it is left as it is",
                    file=str(self.path),
                    remedy="give another folder with --out",
                )
        elif self.path.exists() or self.path.is_symlink():
            raise InputError("is a file, not a folder", file=str(self.path), remedy="give another with --out")

    def _unwritable(self, error: OSError) -> InputError:
        reason = (error.strerror or "not possible").lower()
        remedy = "give a folder that can be written, with --out"
        return InputError(f"cannot be written ({reason})", file=str(self.path), remedy=remedy)
