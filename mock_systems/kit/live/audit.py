"""The audit trail of an admin API: who asked for what, when, and what came of it, in a file that outlives the process.

Granted reads are left out: a test bench reads the books all the time. No token and no body is in it.
"""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from pydantic import BaseModel

_READS: Final = ("GET", "HEAD", "OPTIONS")
_SHOWN_MOST: Final = 200


class Asked(NamedTuple):
    """A call to an admin API: by whose token (`admin`, or `unknown`), from where, with what client, what."""

    who: str
    address: str
    client: str
    method: str
    path: str


class AuditEntry(BaseModel):
    """One call; `at` is the wall's time, `status` what was answered."""

    number: int
    at: str
    who: str
    address: str
    client: str
    call: str
    status: int


class AuditPage(BaseModel):
    """A page of the trail; `last` is where the next one begins."""

    items: list[AuditEntry]
    last: int


class AuditTrail:
    """Keeps the trail in a file, one JSON object a line; the file is made with its first entry."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, asked: Asked, status: int) -> None:
        """Write down a call, unless it is a read that was granted."""
        if asked.method in _READS and status not in (401, 403):
            return
        entry = {
            "at": datetime.fromtimestamp(time.time_ns() / 1e9, UTC).isoformat(timespec="milliseconds"),
            "who": asked.who,
            "address": asked.address,
            "client": asked.client[:_SHOWN_MOST],
            "call": f"{asked.method} {asked.path}"[:_SHOWN_MOST],
            "status": status,
        }
        line = json.dumps(entry, separators=(",", ":")).encode() + b"\n"
        try:
            file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except FileNotFoundError:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, line)
        finally:
            os.close(file)

    def page(self, after: int = 0, limit: int = 1000) -> dict[str, Any]:
        """Entries in order, numbered from 1, as an AuditPage has them."""
        items: list[dict[str, Any]] = []
        if self.path.exists():
            with self.path.open("rb") as file:
                for number, line in enumerate(file, start=1):
                    if number > after and line.endswith(b"\n") and len(items) < limit:
                        items.append({"number": number, **json.loads(line)})
        return {"items": items, "last": items[-1]["number"] if items else after}
