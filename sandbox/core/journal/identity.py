"""The identity map: which of our ids is which of a system's, one to one."""

from __future__ import annotations

from sandbox.core.journal.tables import IDENTITIES_BY_EXTERNAL, IDENTITIES_BY_INTERNAL
from sandbox.core.ports import Transaction


class IdentityConflict(Exception):
    """An id is bound to another one already: two things would become one, or one thing two."""


class IdentityMap:
    """Bindings of (system, external id) to internal id, injective both ways in each system.

    So each thing has an internal id of its own: a sales order the order's, an invoice or a label its shipment's.
    """

    async def bind(self, tx: Transaction, system: str, external_id: str, internal_id: str) -> None:
        """Bind the two. Does nothing when they are bound already; raises IdentityConflict when either is otherwise."""
        bound_internal = await self.find(tx, system, external_id)
        bound_external = await self.external(tx, system, internal_id)
        if bound_internal == internal_id and bound_external == external_id:
            return
        if bound_internal is not None:
            raise IdentityConflict(f"{system} {external_id} is {bound_internal}, not {internal_id}")
        if bound_external is not None:
            raise IdentityConflict(f"{internal_id} is {system} {bound_external}, not {external_id}")
        await tx.insert(IDENTITIES_BY_EXTERNAL, f"{system}/{external_id}", {"internal": internal_id})
        await tx.insert(IDENTITIES_BY_INTERNAL, f"{system}/{internal_id}", {"external": external_id})

    async def find(self, tx: Transaction, system: str, external_id: str) -> str | None:
        """Our id of what `system` calls `external_id`."""
        row = await tx.get(IDENTITIES_BY_EXTERNAL, f"{system}/{external_id}")
        return None if row is None else str(row["internal"])

    async def external(self, tx: Transaction, system: str, internal_id: str) -> str | None:
        """What `system` calls our `internal_id`."""
        row = await tx.get(IDENTITIES_BY_INTERNAL, f"{system}/{internal_id}")
        return None if row is None else str(row["external"])
