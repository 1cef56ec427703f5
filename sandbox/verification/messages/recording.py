"""Recorded messages read from files: JSON, NDJSON, the folder of a run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.errors import InputError
from sandbox.records.record import Record
from sandbox.records.record_folder import MESSAGES_FILE, is_record
from sandbox.verification.documents.document import load_document

_LINES = (".ndjson", ".jsonl", ".log")


@dataclass(frozen=True, slots=True)
class Recorded:
    """Something that was recorded, and the line where it begins."""

    line: int
    value: Any


def recording_of(path: Path) -> tuple[Path, list[dict[str, Any]]]:
    """The file itself; of a run's folder, that with the messages of the run, and the run's plan of faults.

    Raises InputError where the folder is no run's, or the run kept no messages.
    """
    if not path.is_dir():
        return path, []
    return _of_run(path), Record.open(path).summary.plan


def read_recording(path: Path) -> Iterator[Recorded]:
    """What a file holds: one message, a list of them, or one a line.

    Raises InputError with file and line where it cannot be read.
    """
    if path.suffix in _LINES or _has_lines(path):
        yield from _lines(path)
        return
    document = load_document(str(path.resolve()), str(path))
    if isinstance(document.data, list):
        for index, value in enumerate(document.data):
            yield Recorded(document.line_of((index,)), value)
    else:
        yield Recorded(1, document.data)


def _of_run(folder: Path) -> Path:
    if not is_record(folder):
        raise InputError("is not a run's record", file=str(folder), remedy="give a file, or the folder of a run")
    path = folder / MESSAGES_FILE
    if not path.is_file():
        raise InputError(
            "the run kept no messages", file=str(folder), remedy="repeat it: sandbox run SCENARIO --contracts"
        )
    return path


def _has_lines(path: Path) -> bool:
    """Whether the first line is a JSON object by itself, and another follows."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            first, second = file.readline().strip(), file.readline().strip()
    except (OSError, UnicodeDecodeError):
        return False
    return first.startswith("{") and first.endswith("}") and second.startswith("{")


def _lines(path: Path) -> Iterator[Recorded]:
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                if raw.strip():
                    yield Recorded(number, _value(raw, path, number))
    except OSError as error:
        raise InputError(f"cannot be read ({(error.strerror or '').lower()})", file=str(path)) from None


def _value(raw: bytes, path: Path, number: int) -> Any:
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text", file=str(path), line=number, remedy="save the file as UTF-8") from None
    except (ValueError, RecursionError) as error:
        told = error.msg if isinstance(error, json.JSONDecodeError) else "it is nested too deeply"
        raise InputError(f"is not JSON: {told}", file=str(path), line=number) from None
