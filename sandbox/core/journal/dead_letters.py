"""Dead letters: messages that cannot be handled, kept aside so that the rest flows."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, Final

from sandbox.core.journal.tables import DEAD_LETTERS
from sandbox.core.ports import Row, Transaction

_ALL: Final = 10_000_000


class DeadLetters:
    """Messages by a id that source and message id decide; parking one again counts and keeps one row.

    A replay gives the message to its handler as if it had just come: inbox and versions decide what it still means.
    The letter is settled when that is done, and not before: a core that dies in between still has it.
    """

    async def park(
        self,
        tx: Transaction,
        source: str,
        message_id: str,
        message: dict[str, Any],
        cause: str,
        at_us: int,
        name: str = "",
    ) -> str:
        """Keep the message aside, with the cause and the `name` of what it is about; its id here."""
        letter = "DL-" + blake2b(f"{source}/{message_id}".encode(), digest_size=8).hexdigest()
        before = await tx.get(DEAD_LETTERS, letter)
        row: Row = {
            "letter": letter,
            "source": source,
            "message_id": message_id,
            "name": name,
            "message": message,
            "cause": cause,
            "at_us": at_us if before is None else before["at_us"],
            "last_at_us": at_us,
            "failures": 1 if before is None else before["failures"] + 1,
            "state": "parked",
        }
        await tx.put(DEAD_LETTERS, letter, row)
        return letter

    async def find_parked(self, tx: Transaction, letter: str) -> Row | None:
        """A letter that waits for somebody; None when there is none, or it has been seen to."""
        row = await tx.get(DEAD_LETTERS, letter)
        return row if row is not None and row["state"] == "parked" else None

    async def parked(self, tx: Transaction) -> Sequence[Row]:
        """The letters that wait for somebody, the oldest first."""
        rows = [row for _, row in await tx.find(DEAD_LETTERS, "state", "parked", _ALL)]
        return sorted(rows, key=lambda row: (row["at_us"], row["letter"]))

    async def settle(self, tx: Transaction, letter: str, state: str) -> None:
        """Nobody has to see to this letter any more; `state` says why."""
        row = await tx.get(DEAD_LETTERS, letter)
        if row is not None:
            await tx.put(DEAD_LETTERS, letter, {**row, "state": state})
