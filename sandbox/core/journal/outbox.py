"""The outbox: events are kept in the transaction of their effect and published after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sandbox.core.journal.events import cloud_event
from sandbox.core.journal.tables import OUTBOX, OUTBOX_SEQUENCES
from sandbox.core.ports import Clock, Row, Transaction

# Between a key and its sequence; sorts before letters, digits, - and /, so that a key's rows lie together.
MARK: Final = "#"


Kept = tuple[str, Row]
"""A row of the outbox under its key."""


class Outbox:
    """Events in waiting. A row goes when it is published, so nobody reads behind a cursor and misses a late one.

    Each key (an order, an item at a site) has its own sequence, 1, 2, 3 without gaps, in the order in which its
    transactions commit.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def append(self, tx: Transaction, topic: str, key: str, event: Mapping[str, Any]) -> Kept:
        """Keep `event`, the data of a CloudEvent of type `topic` about `key`. After the commit the relay gets the row.

        A `traceparent` among the data becomes the CloudEvent's own.
        """
        if MARK in key:
            raise ValueError(f"an outbox key has no {MARK}: {key!r}")
        last = await tx.get(OUTBOX_SEQUENCES, key)
        sequence = 1 if last is None else last["sequence"] + 1
        await tx.put(OUTBOX_SEQUENCES, key, {"sequence": sequence})
        row_key = f"{key}{MARK}{sequence:010d}"
        told = cloud_event(row_key, topic, key, self._clock.now_us(), sequence, event)
        row: Row = {"topic": topic, "key": key, "event": told}
        await tx.insert(OUTBOX, row_key, row)
        return row_key, row

    async def page(self, tx: Transaction, after: str, limit: int) -> Sequence[tuple[str, Row]]:
        """Rows after the row key `after`, each key's in sequence."""
        return await tx.scan(OUTBOX, after, limit)

    async def remove(self, tx: Transaction, row_keys: Sequence[str]) -> None:
        """Drop rows that were published."""
        for row_key in row_keys:
            await tx.delete(OUTBOX, row_key)
