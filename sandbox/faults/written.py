"""Atoms as people write them in YAML: one entry a fault, its kind as the key."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from sandbox.faults.atoms import KINDS
from sandbox.faults.swizzle import Swizzle
from sandbox.faults.written_calls import (
    DuplicateCall,
    Error,
    LateCommit,
    LateIndex,
    LostReply,
    LostRequest,
    Malformed,
    Outage,
    PageDrift,
    Partial,
    PoisonedRows,
    Slow,
    StaleRead,
    Throttle,
)
from sandbox.faults.written_contract import ContractChanged
from sandbox.faults.written_core import CoreClock, CoreCrash, CorePause, DemandSpike
from sandbox.faults.written_parts import Timed, Written
from sandbox.faults.written_platform import (
    BusDelayed,
    BusDoubled,
    BusOutage,
    BusReordered,
    StoreConflicts,
    StoreOutage,
    StoreSlow,
    StoreUnknown,
)
from sandbox.faults.written_webhooks import (
    WebhookDelayed,
    WebhookDoubled,
    WebhookLost,
    WebhookPoisoned,
    WebhookReordered,
    WebhooksDeleted,
)

__all__ = [
    "AtomText",
    "ContractChanged",
    "CoreClock",
    "CoreCrash",
    "CorePause",
    "Drawn",
    "FaultEntry",
    "Outage",
    "Slow",
    "Timed",
    "WebhookLost",
    "WebhooksDeleted",
    "Written",
]


class Drawn(Written):
    """A number of faults drawn from the run's seed, of a random choice of these kinds (left out: of all)."""

    atoms: int = Field(ge=1, le=200)
    kinds: list[str] = Field(list(KINDS), min_length=1, json_schema_extra={"items": {"enum": list(KINDS)}})


AtomText = (
    Outage | Slow | Error | Throttle | LostRequest | LostReply | LateCommit | Malformed | Partial | DuplicateCall
    | StaleRead | LateIndex | PageDrift | PoisonedRows | WebhookLost | WebhookDoubled | WebhookReordered
    | WebhookDelayed | WebhookPoisoned | WebhooksDeleted | StoreOutage | StoreSlow | StoreConflicts | StoreUnknown
    | BusOutage | BusDoubled | BusDelayed | BusReordered | CoreCrash | CorePause | CoreClock | DemandSpike
    | ContractChanged
)  # fmt: skip


class FaultEntry(Written):
    """One entry of `faults:`: exactly one kind, and an id where other things refer to it."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 2})

    id: str | None = Field(None, pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", description="left out: F1, F2, … in turn")
    outage: Outage | None = None
    slow: Slow | None = None
    error: Error | None = None
    throttle: Throttle | None = None
    lost_request: LostRequest | None = None
    lost_reply: LostReply | None = None
    late_commit: LateCommit | None = None
    malformed: Malformed | None = None
    partial: Partial | None = None
    duplicate_call: DuplicateCall | None = None
    stale_read: StaleRead | None = None
    late_index: LateIndex | None = None
    page_drift: PageDrift | None = None
    poisoned_rows: PoisonedRows | None = None
    webhook_lost: WebhookLost | None = None
    webhook_doubled: WebhookDoubled | None = None
    webhook_reordered: WebhookReordered | None = None
    webhook_delayed: WebhookDelayed | None = None
    webhook_poisoned: WebhookPoisoned | None = None
    webhooks_deleted: WebhooksDeleted | None = None
    store_outage: StoreOutage | None = None
    store_slow: StoreSlow | None = None
    store_conflicts: StoreConflicts | None = None
    store_unknown: StoreUnknown | None = None
    bus_outage: BusOutage | None = None
    bus_doubled: BusDoubled | None = None
    bus_delayed: BusDelayed | None = None
    bus_reordered: BusReordered | None = None
    core_crash: CoreCrash | None = None
    core_pause: CorePause | None = None
    core_clock: CoreClock | None = None
    demand_spike: DemandSpike | None = None
    contract_change: ContractChanged | None = None
    swizzle: Swizzle | None = None
    drawn: Drawn | None = None

    @property
    def kinds(self) -> list[str]:
        """The kinds that were written: one, if the entry is sound."""
        return [name for name in type(self).model_fields if name != "id" and name in self.model_fields_set]

    @property
    def fault(self) -> AtomText | None:
        """What stands under the kind; None for those that become several: `drawn` and `swizzle`."""
        several = self.drawn is not None or self.swizzle is not None
        found: AtomText | None = getattr(self, self.kinds[0]) if self.kinds and not several else None
        return found
