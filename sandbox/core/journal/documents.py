"""The state of documents other than orders: what a restarted core needs to go on with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sandbox.core.journal.tables import DOCUMENTS
from sandbox.core.ports import Row, Transaction

_ALL: Final = 10_000_000


class Documents:
    """One row for each document that the core has to do something about, kept when that is done: it is no news then."""

    async def create(self, tx: Transaction, name: str, row: Row) -> bool:
        """Begin with a document; False where it is known already."""
        if await tx.get(DOCUMENTS, name) is not None:
            return False
        await tx.insert(DOCUMENTS, name, {**row, "open": 1})
        return True

    async def save(self, tx: Transaction, name: str, row: Row, *, done: bool) -> None:
        """Keep the state of one that was created. Who saves has checked the lease of its partition in `tx`."""
        await tx.put(DOCUMENTS, name, {**row, "open": 0 if done else 1})

    async def active(self, tx: Transaction) -> Sequence[tuple[str, Row]]:
        """Every document that is not done, by name: what recovery takes up."""
        return await tx.find(DOCUMENTS, "open", 1, _ALL)

    async def get(self, tx: Transaction, name: str) -> Row | None:
        """One document, done or not."""
        return await tx.get(DOCUMENTS, name)
