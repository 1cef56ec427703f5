"""The folder of a run: filled beside its place, and moved there when it is complete.

So nobody ever meets half a record, and an older run is replaced only by a newer one.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from sandbox.errors import InputError, SandboxError
from sandbox.whole_files import write_whole

SUMMARY_FILE, FACTS_FILE, REPORT_FILE = "record.json", "facts.sqlite", "report.html"
MESSAGES_FILE = "messages.ndjson"


class RecordError(SandboxError):
    """A record could not be written: the disk is full, read-only, or went away."""


def unwritten(path: Path, error: Exception) -> RecordError:
    """The error of a file that could not be written, with what can be done about it."""
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    return RecordError(f"{path}: could not be written ({reason}); make room on the disk, or give another folder")


def is_record(folder: Path) -> bool:
    """Whether the folder holds a run's record."""
    return (folder / SUMMARY_FILE).is_file() and (folder / FACTS_FILE).is_file()


def check_replaceable(folder: Path) -> None:
    """Raises InputError unless `folder` is absent, empty, or an older run's record."""
    remedy = "give another folder with --out"
    if folder.is_dir():
        if any(folder.iterdir()) and not is_record(folder):
            raise InputError(
                "is a folder, but not a run's record: it is left as it is", file=str(folder), remedy=remedy
            )
    elif folder.exists() or folder.is_symlink():
        raise InputError("is a file, not a folder", file=str(folder), remedy=remedy)


class Workplace:
    """Where a record is filled: a hidden sibling of its folder, until `move_into_place`."""

    def __init__(self, folder: Path) -> None:
        check_replaceable(folder)
        self.folder = folder
        self.path = folder.with_name(f".{folder.name}.unfinished-{os.getpid()}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(self.path, ignore_errors=True)
            self.path.mkdir()
        except OSError as error:
            reason = (error.strerror or "not possible").lower()
            raise InputError(
                f"cannot be made ({reason})", file=str(folder), remedy="give a folder that can be written, with --out"
            ) from None

    def write(self, name: str, text: str) -> None:
        """Write one file whole, or not at all. Raises RecordError."""
        try:
            write_whole(self.path / name, text)
        except OSError as error:
            raise unwritten(self.folder / name, error) from None

    def discard(self) -> None:
        """Take back all that was written."""
        shutil.rmtree(self.path, ignore_errors=True)

    def move_into_place(self) -> None:
        """Put the record where it belongs, in place of an older one. Raises RecordError, InputError."""
        check_replaceable(self.folder)
        older = self.path.with_name(f"{self.path.name}-older")
        try:
            if self.folder.exists():
                self.folder.replace(older)
            self.path.replace(self.folder)
        except OSError as error:
            raise RecordError(f"{self.folder}: could not be moved into place ({error.strerror})") from None
        shutil.rmtree(older, ignore_errors=True)
