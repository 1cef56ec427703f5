"""Cursors: how far polling has come."""

from __future__ import annotations

from sandbox.core.journal.tables import CURSORS
from sandbox.core.ports import Transaction


class Cursors:
    """Positions by name; one is moved in the transaction that keeps what was read up to it."""

    async def get(self, tx: Transaction, name: str) -> str | None:
        """The position, or None before the first."""
        row = await tx.get(CURSORS, name)
        return None if row is None else str(row["position"])

    async def put(self, tx: Transaction, name: str, position: str) -> None:
        """Move to `position`."""
        await tx.put(CURSORS, name, {"position": position})
