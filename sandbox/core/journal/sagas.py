"""The state of sagas: what a restarted core needs to go on where the last one stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sandbox.core.journal.tables import SAGA_ORDERS, SAGAS
from sandbox.core.ports import Row, Transaction

_ALL: Final = 10_000_000


@dataclass(slots=True)
class SagaRow:
    """One saga as it is kept: the order that began it, which never changes, and its progress, which does.

    `version` counts the saves, from 1 at the creation.
    """

    saga: str
    version: int
    order: Row
    progress: Row
    done: bool


class Sagas:
    """Sagas by name. The order has a row of its own, so that a save writes no more than what has changed."""

    async def create(self, tx: Transaction, saga: str, order: Row, progress: Row) -> None:
        """Begin a saga. Raises DuplicateRow when there is one of that name."""
        await tx.insert(SAGA_ORDERS, saga, order)
        await tx.insert(SAGAS, saga, {"version": 1, "open": 1, "progress": progress})

    async def save(self, tx: Transaction, saga: str, version: int, progress: Row, *, done: bool = False) -> None:
        """Keep the progress of a saga that was created, as its `version`th state.

        Nothing is read back: who saves holds the lease of the saga's partition and has checked it in `tx`.
        """
        await tx.put(SAGAS, saga, {"version": version, "open": 0 if done else 1, "progress": progress})

    async def get(self, tx: Transaction, saga: str) -> SagaRow | None:
        """The saga, done or not; None when there is none."""
        row = await tx.get(SAGAS, saga)
        return None if row is None else await self._with_order(tx, saga, row)

    async def active(self, tx: Transaction) -> Sequence[SagaRow]:
        """Every saga that is not done, by name: what recovery takes up."""
        found = await tx.find(SAGAS, "open", 1, _ALL)
        return [await self._with_order(tx, saga, row) for saga, row in found]

    async def open_names(self, tx: Transaction) -> list[str]:
        """The names of the sagas that are not done: one look, which other cores' writes don't disturb."""
        return [saga for saga, _ in await tx.find(SAGAS, "open", 1, _ALL)]

    async def _with_order(self, tx: Transaction, saga: str, row: Row) -> SagaRow:
        order = await tx.get(SAGA_ORDERS, saga)
        assert order is not None, f"saga {saga} has no order"
        return SagaRow(saga, row["version"], order, row["progress"], row["open"] == 0)
