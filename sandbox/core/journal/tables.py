"""All tables of the core's journal."""

from __future__ import annotations

from sandbox.core.ports import Table

INBOX = Table("inbox", indexes=("day",))
OUTBOX = Table("outbox")
OUTBOX_SEQUENCES = Table("outbox_sequences")
IDENTITIES_BY_EXTERNAL = Table("identities_by_external")
IDENTITIES_BY_INTERNAL = Table("identities_by_internal")
SAGAS = Table("sagas", indexes=("open",))
SAGA_ORDERS = Table("saga_orders")
DOCUMENTS = Table("documents", indexes=("open",))
SIGNALS = Table("signals")
LEASES = Table("leases")
WORKERS = Table("workers")
DEAD_LETTERS = Table("dead_letters", indexes=("state",))
EXCEPTIONS = Table("exceptions", indexes=("to_tell", "order", "asking"))
EXCEPTION_CAUSES = Table("exception_causes")
CURSORS = Table("cursors")
MILESTONES_TOLD = Table("milestones_told")
CATALOGUE = Table("catalogue")
CATALOGUE_AUDIT = Table("catalogue_audit")

ALL = (
    INBOX,
    OUTBOX,
    OUTBOX_SEQUENCES,
    IDENTITIES_BY_EXTERNAL,
    IDENTITIES_BY_INTERNAL,
    SAGAS,
    SAGA_ORDERS,
    DOCUMENTS,
    SIGNALS,
    LEASES,
    WORKERS,
    DEAD_LETTERS,
    EXCEPTIONS,
    EXCEPTION_CAUSES,
    CURSORS,
    MILESTONES_TOLD,
    CATALOGUE,
    CATALOGUE_AUDIT,
)
