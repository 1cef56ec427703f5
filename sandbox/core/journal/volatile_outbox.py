"""The experiment without an outbox: what becomes of events that are told after the commit, from memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.core.journal.events import cloud_event
from sandbox.core.journal.outbox import MARK, Kept, Outbox
from sandbox.core.ports import Clock, Row, Transaction


class VolatileOutbox(Outbox):
    """Takes the place of an Outbox: a crash loses the events that wait here, a rollback does not take them back."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._rows: dict[str, Row] = {}
        self._sequence = 0

    async def append(self, tx: Transaction, topic: str, key: str, event: Mapping[str, Any]) -> Kept:
        """Keep the event in memory."""
        now_us = self._clock.now_us()
        self._sequence += 1
        row_key = f"{key}{MARK}{self._sequence:010d}"
        # The time makes the id unique over restarts, after which the sequence begins anew.
        told = cloud_event(f"{row_key}@{now_us}", topic, key, now_us, self._sequence, event)
        row = self._rows[row_key] = {"topic": topic, "key": key, "event": told}
        return row_key, row

    async def page(self, tx: Transaction, after: str, limit: int) -> Sequence[tuple[str, Row]]:
        """Rows after the row key `after`, each key's in sequence."""
        return sorted(item for item in self._rows.items() if item[0] > after)[:limit]

    async def remove(self, tx: Transaction, row_keys: Sequence[str]) -> None:
        """Drop rows that were published."""
        for row_key in row_keys:
            self._rows.pop(row_key, None)
