"""The inbox: a message takes effect once, however often it is delivered."""

from __future__ import annotations

from typing import Final

from sandbox.core.journal.cursors import Cursors
from sandbox.core.journal.tables import INBOX
from sandbox.core.ports import Observer, Transaction

DAY_US: Final = 86_400_000_000
# How far back the first pruning looks, when nobody knows where the last one ended.
_FIRST_LOOK_DAYS: Final = 366
_CURSOR: Final = "inbox/pruned-through-day"


class Inbox:
    """Remembers message ids for `keep_days`, which should outlast every redelivery and replay of the senders.

    With `deduplicate` off, an experiment, every message counts as new.
    """

    def __init__(self, observer: Observer, keep_days: int = 30, *, deduplicate: bool = True) -> None:
        self.keep_days = keep_days
        self._observer = observer
        self._deduplicate = deduplicate
        self._cursors = Cursors()

    async def admit(self, tx: Transaction, source: str, message_id: str, at_us: int) -> bool:
        """Whether the message is new; it is remembered in the transaction of its effect.

        Two transactions that admit the same message at once cannot both commit.
        """
        if not self._deduplicate:
            return True
        key = f"{source}/{message_id}"
        if await tx.get(INBOX, key) is not None:
            self._observer.note("duplicate.absorbed", message_id, source=source)
            return False
        await tx.insert(INBOX, key, {"at_us": at_us, "day": at_us // DAY_US})
        return True

    async def prune(self, tx: Transaction, now_us: int, most: int = 1000) -> int:
        """Forget up to `most` messages that are too old; how many they were. Call again until 0."""
        last_day = now_us // DAY_US - self.keep_days - 1
        through = await self._cursors.get(tx, _CURSOR)
        day = int(through) + 1 if through is not None else last_day - _FIRST_LOOK_DAYS
        while day <= last_day:
            old = await tx.find(INBOX, "day", day, most)
            if old:
                for key, _ in old:
                    await tx.delete(INBOX, key)
                return len(old)
            await self._cursors.put(tx, _CURSOR, str(day))
            day += 1
        return 0
