"""The exceptions queue: what the core cannot solve by itself, until the desk knows and somebody has."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Final

from sandbox.core.journal.tables import EXCEPTION_CAUSES, EXCEPTIONS
from sandbox.core.ports import Clock, Row, Transaction

_ALL: Final = 10_000_000


class Exceptions:
    """One open exception for each subject and cause. `state` is what holds, `told` what the desk has confirmed.

    Rows whose `state` and `told` differ are still to be told; telling may be repeated, ids are deterministic.
    `changed` is set when there is something to tell, shortly before its transaction commits.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.changed = asyncio.Event()
        # Told beside `changed`: by a worker of several to the one that tells the desk.
        self.on_changed: Callable[[], None] = lambda: None

    async def open(
        self,
        tx: Transaction,
        subject: str,
        cause: str,
        message: str,
        order: str | None,
        traceparent: str | None,
        *,
        asks: bool = False,
    ) -> str:
        """Open an exception, or find the open one; its id. One that was closed comes back under a new id.

        One that `asks` waits for a clerk of the desk, whose decision is kept with `decide`.
        """
        head = f"{subject}|{cause}"
        latest = await tx.get(EXCEPTION_CAUSES, head)
        if latest is not None and latest["open"]:
            return str(latest["exception"])
        occurrence = 1 if latest is None else latest["occurrence"] + 1
        exception = _id(head, occurrence)
        await tx.put(EXCEPTION_CAUSES, head, {"exception": exception, "occurrence": occurrence, "open": True})
        row: Row = {
            "exception": exception,
            "subject": subject,
            "cause": cause,
            "message": message,
            "order": order or "",
            "traceparent": traceparent,
            "opened_at_us": self._clock.now_us(),
            "closed_at_us": None,
            "resolution": None,
            "state": "open",
            "told": "",
            "to_tell": 1,
            "asks": asks,
            "asking": int(asks),
            "decision": None,
            "decided_by": None,
        }
        await tx.insert(EXCEPTIONS, exception, row)
        self._tell_changed()
        return exception

    async def close(self, tx: Transaction, exception: str, resolution: str) -> None:
        """Close it; a repeat does nothing. Raises KeyError for an unknown id."""
        row = await tx.get(EXCEPTIONS, exception)
        if row is None:
            raise KeyError(exception)
        if row["state"] == "closed":
            return
        row.update(state="closed", closed_at_us=self._clock.now_us(), resolution=resolution, to_tell=1, asking=0)
        await tx.put(EXCEPTIONS, exception, row)
        self._tell_changed()
        head = f"{row['subject']}|{row['cause']}"
        latest = await tx.get(EXCEPTION_CAUSES, head)
        if latest is not None and latest["exception"] == exception:
            await tx.put(EXCEPTION_CAUSES, head, {**latest, "open": False})

    def _tell_changed(self) -> None:
        self.changed.set()
        self.on_changed()

    async def decide(self, tx: Transaction, exception: str, decision: str, by: str) -> Row | None:
        """Keep a clerk's decision; the exception's row as it stands, or None where it is unknown or closed."""
        row = await tx.get(EXCEPTIONS, exception)
        if row is None or row["state"] == "closed":
            return None
        if row["decision"] is None:
            row.update(decision=decision, decided_by=by)
            await tx.put(EXCEPTIONS, exception, row)
        return row

    async def asking(self, tx: Transaction) -> Sequence[Row]:
        """The open exceptions that ask, the oldest first."""
        rows = [row for _, row in await tx.find(EXCEPTIONS, "asking", 1, _ALL)]
        return sorted(rows, key=lambda row: (row["opened_at_us"], row["exception"]))

    async def get(self, tx: Transaction, exception: str) -> Row | None:
        """One exception."""
        return await tx.get(EXCEPTIONS, exception)

    async def find_open(self, tx: Transaction, subject: str, cause: str) -> str | None:
        """The id of the open exception of this subject and cause."""
        latest = await tx.get(EXCEPTION_CAUSES, f"{subject}|{cause}")
        return str(latest["exception"]) if latest is not None and latest["open"] else None

    async def open_of(self, tx: Transaction, order: str) -> Sequence[Row]:
        """The open exceptions of an order, the oldest first."""
        rows = [row for _, row in await tx.find(EXCEPTIONS, "order", order, _ALL) if row["state"] == "open"]
        return sorted(rows, key=lambda row: (row["opened_at_us"], row["exception"]))

    async def to_tell(self, tx: Transaction) -> Sequence[Row]:
        """What the desk has not confirmed yet, the oldest first. A closed one is opened there before it is closed."""
        rows = [row for _, row in await tx.find(EXCEPTIONS, "to_tell", 1, _ALL)]
        return sorted(rows, key=lambda row: (row["opened_at_us"], row["exception"]))

    async def confirm(self, tx: Transaction, exception: str, told: str) -> None:
        """The desk has confirmed the state `told` (`open` or `closed`); a later one remains to be told."""
        row = await tx.get(EXCEPTIONS, exception)
        if row is None:
            raise KeyError(exception)
        if row["told"] == "closed":
            return
        row.update(told=told, to_tell=0 if told == row["state"] else 1)
        await tx.put(EXCEPTIONS, exception, row)


def _id(head: str, occurrence: int) -> str:
    digest = blake2b(head.encode(), digest_size=6).hexdigest()
    return f"EXC-{digest}" if occurrence == 1 else f"EXC-{digest}-{occurrence}"
