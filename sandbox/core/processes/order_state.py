"""What the core remembers of one order's way to cash; a saga row holds it between steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.core.journal.sagas import SagaRow
from sandbox.core.model.errand import Errand
from sandbox.core.model.order import Order
from sandbox.core.model.shipment import Shipment


@dataclass(slots=True)
class OrderState:
    """An order and how far it is.

    `saga` names this undertaking: the order's number, as long as intake deduplicates. `plans` counts allocations
    that came to nothing, `to_release` holds their reservations until they are given back. `milestones` counts what
    the channel was told, so that each telling has a version. `waits_since_us` is set while a system keeps the
    order waiting, `track_at_us` is when to ask the carrier unasked. `outcome` comes at the end: `delivered`
    or `rejected`.
    """

    saga: str
    order: Order
    accepted_at_us: int
    validated: bool = False
    sales_order: str | None = None
    erp_status: str | None = None
    plans: int = 0
    to_release: list[str] = field(default_factory=list)
    shipments: list[Shipment] = field(default_factory=list)
    milestone: str | None = None
    milestones: int = 0
    waits_since_us: int | None = None
    exception: str | None = None
    track_at_us: int = 0
    outcome: str | None = None
    version: int = 1
    errand: Errand = field(default_factory=lambda: Errand(""))
    consumed: list[str] = field(default_factory=list)
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    bindings: list[tuple[str, str, str]] = field(default_factory=list)

    def reach(self, milestone: str) -> None:
        """Note a milestone that the channel shall be told once this state is kept."""
        if milestone == self.milestone:
            return
        self.milestone = milestone
        self.milestones += 1
        self.events.append(
            ("order.milestone", {"order": self.order.order, "status": milestone, "version": self.milestones})
        )

    def reach_first(self, milestone: str) -> None:
        """Note a milestone unless one was reached after the order's receipt."""
        if self.milestone in (None, "on_hold"):
            self.reach(milestone)

    def bind(self, kind: str, external_id: str, internal_id: str) -> None:
        """Note that `external_id` (of `erp.sales_order`, say) stands for our `internal_id`, for the identity map."""
        self.bindings.append((kind, external_id, internal_id))

    def key(self, *step: object) -> str:
        """The idempotency key of one of this order's effects: the same at every attempt."""
        return "/".join((self.saga, *map(str, step)))

    def shipment(self, reference: str) -> Shipment | None:
        """The shipment of that reference."""
        for shipment in self.shipments:
            if shipment.reference == reference:
                return shipment
        return None

    def progress(self) -> dict[str, Any]:
        """What changes from step to step, as a JSON value."""
        return {
            "accepted_at_us": self.accepted_at_us,
            "validated": self.validated,
            "sales_order": self.sales_order,
            "erp_status": self.erp_status,
            "plans": self.plans,
            "to_release": list(self.to_release),
            "shipments": [shipment.to_row() for shipment in self.shipments],
            "milestone": self.milestone,
            "milestones": self.milestones,
            "waits_since_us": self.waits_since_us,
            "exception": self.exception,
            "track_at_us": self.track_at_us,
            "outcome": self.outcome,
        }

    @classmethod
    def from_row(cls, row: SagaRow) -> OrderState:
        """The state that was kept."""
        fields = dict(row.progress)
        fields["shipments"] = [Shipment.from_row(shipment) for shipment in fields["shipments"]]
        return cls(row.saga, Order.from_row(row.order), version=row.version, **fields)
