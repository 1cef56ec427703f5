"""The state of order sagas: what a restarted core needs to go on where the last one stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from sandbox.core.journal.tables import SAGAS
from sandbox.core.ports import Row, Transaction

SagaState = Literal["active", "waiting", "done", "failed"]
_OPEN: Final = ("active", "waiting")
_NOWHERE: Final = -1
_ALL: Final = 10_000_000


class SagaConflict(Exception):
    """The saga was changed by somebody else since this copy was read."""


@dataclass(slots=True)
class SagaRow:
    """One order's saga. `waiting` ones go on at `due_at_us` or when woken; `version` counts the saves."""

    order: str
    state: SagaState
    step: str
    due_at_us: int
    partition: int
    version: int = 0
    data: dict[str, Any] = field(default_factory=dict)


class Sagas:
    """Rows of sagas by order number."""

    async def get(self, tx: Transaction, order: str) -> SagaRow | None:
        """The order's saga, or None."""
        row = await tx.get(SAGAS, order)
        return None if row is None else _read(row)

    async def create(self, tx: Transaction, row: SagaRow) -> SagaRow:
        """Begin a saga; what comes back is the row as kept. Raises DuplicateRow when the order has one."""
        kept = replace(row, version=1)
        await tx.insert(SAGAS, row.order, _write(kept))
        return kept

    async def save(self, tx: Transaction, row: SagaRow) -> SagaRow:
        """Keep the changed row, unless somebody else did since it was read (SagaConflict).

        The row itself stays as it is, so that the work can be repeated; go on with the one that comes back.
        """
        stored = await tx.get(SAGAS, row.order)
        if stored is None or stored["version"] != row.version:
            raise SagaConflict(f"saga of {row.order}: version {row.version} is not the latest")
        kept = replace(row, version=row.version + 1)
        await tx.put(SAGAS, row.order, _write(kept))
        return kept

    async def due(self, tx: Transaction, partition: int, by_us: int | None = None) -> Sequence[SagaRow]:
        """Open sagas of a partition that are due by `by_us` (None: all that are open), the most overdue first."""
        found = [_read(row) for _, row in await tx.find(SAGAS, "open_in", partition, _ALL)]
        due = [row for row in found if by_us is None or row.due_at_us <= by_us]
        return sorted(due, key=lambda row: (row.due_at_us, row.order))

    async def active(self, tx: Transaction, partitions: int) -> Sequence[SagaRow]:
        """Every open saga of partitions 0 to `partitions` - 1, the most overdue first: for recovery."""
        rows = [row for partition in range(partitions) for row in await self.due(tx, partition)]
        return sorted(rows, key=lambda row: (row.due_at_us, row.order))


def _read(row: Row) -> SagaRow:
    return SagaRow(
        row["order"], row["state"], row["step"], row["due_at_us"], row["partition"], row["version"], row["data"]
    )


def _write(saga: SagaRow) -> Row:
    return {
        "order": saga.order,
        "state": saga.state,
        "step": saga.step,
        "due_at_us": saga.due_at_us,
        "partition": saga.partition,
        "version": saga.version,
        "data": saga.data,
        "open_in": saga.partition if saga.state in _OPEN else _NOWHERE,
    }
