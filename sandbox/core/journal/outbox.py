"""The outbox: events are kept in the transaction of their effect, and published after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sandbox.core.journal.tables import OUTBOX, OUTBOX_SEQUENCES
from sandbox.core.ports import Row, Transaction

# Between a key and its sequence; sorts before letters, digits, - and /, so that a key's rows lie together.
MARK: Final = "#"


class Outbox:
    """Events in waiting. A row goes when it is published, so nobody reads behind a cursor and misses a late one.

    Each key (an order, an item at a site) has its own sequence, 1, 2, 3 without gaps, in the order in which its
    transactions commit.
    """

    async def append(self, tx: Transaction, topic: str, key: str, event: Mapping[str, Any]) -> None:
        """Keep an event in `tx`. It gets its `id` and `sequence` here; wake the relay after the commit."""
        if MARK in key:
            raise ValueError(f"an outbox key has no {MARK}: {key!r}")
        last = await tx.get(OUTBOX_SEQUENCES, key)
        sequence = 1 if last is None else last["sequence"] + 1
        await tx.put(OUTBOX_SEQUENCES, key, {"sequence": sequence})
        row_key = f"{key}{MARK}{sequence:010d}"
        await tx.insert(OUTBOX, row_key, _row(topic, key, row_key, sequence, event))

    async def page(self, tx: Transaction, after: str, limit: int) -> Sequence[tuple[str, Row]]:
        """Rows after the row key `after`, each key's in sequence."""
        return await tx.scan(OUTBOX, after, limit)

    async def remove(self, tx: Transaction, row_keys: Sequence[str]) -> None:
        """Drop rows that were published."""
        for row_key in row_keys:
            await tx.delete(OUTBOX, row_key)


class VolatileOutbox(Outbox):
    """The experiment without an outbox: events wait in memory, so a crash loses them and a rollback does not.

    What it does wrong is what integrations do that publish after the commit.
    """

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}
        self._sequence = 0

    async def append(self, tx: Transaction, topic: str, key: str, event: Mapping[str, Any]) -> None:
        """Keep an event in memory."""
        self._sequence += 1
        row_key = f"{key}{MARK}{self._sequence:010d}"
        self._rows[row_key] = _row(topic, key, f"{row_key}{MARK}{event['time']}", self._sequence, event)

    async def page(self, tx: Transaction, after: str, limit: int) -> Sequence[tuple[str, Row]]:
        """Rows after the row key `after`, each key's in sequence."""
        return sorted(item for item in self._rows.items() if item[0] > after)[:limit]

    async def remove(self, tx: Transaction, row_keys: Sequence[str]) -> None:
        """Drop rows that were published."""
        for row_key in row_keys:
            self._rows.pop(row_key, None)


def _row(topic: str, key: str, event_id: str, sequence: int, event: Mapping[str, Any]) -> Row:
    # The CloudEvents extension `sequence` is text whose order is that of the letters.
    return {"topic": topic, "key": key, "event": {**event, "id": event_id, "sequence": f"{sequence:010d}"}}
