"""Signals: news for an order, kept until the order has taken them in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.core.journal.tables import SIGNALS
from sandbox.core.ports import Row, Transaction


class Signals:
    """One row for each piece of news. Its key says what it is news of, so that a repetition is no second row."""

    async def put(self, tx: Transaction, saga: str, name: str, body: Mapping[str, Any]) -> str:
        """Keep a signal; its key."""
        key = f"{saga}|{name}"
        await tx.put(SIGNALS, key, {"saga": saga, **body})
        return key

    async def remove(self, tx: Transaction, key: str) -> None:
        """The order has taken it in."""
        await tx.delete(SIGNALS, key)

    async def page(self, tx: Transaction, after: str, limit: int = 500) -> list[tuple[str, Row]]:
        """Signals not yet taken in, by key."""
        return list(await tx.scan(SIGNALS, after, limit))
