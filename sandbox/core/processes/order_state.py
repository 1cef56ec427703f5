"""What the core remembers of one order's way to cash; a saga row holds it between steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.core.journal.sagas import SagaRow
from sandbox.core.model.change_request import ChangeRequest
from sandbox.core.model.errand import Errand
from sandbox.core.model.order import Order, OrderLine
from sandbox.core.model.shipment import Shipment
from sandbox.core.policies.cadence import Cadence


@dataclass(slots=True)
class OrderState:
    """An order and how far it is.

    `saga` names this undertaking: the order's number, as long as intake deduplicates. `plans` counts allocations,
    `to_release` holds the reservations of those that came to nothing until they are given back. `milestones` counts
    what the channel was told, so that each telling has a version. `waits_since_us` is set while a system keeps the
    order waiting, `track_at_us` is when to ask the carrier unasked. `outcome` comes at the end: `delivered`,
    `rejected` or `cancelled`.

    `doubts` tells from when on it can be seen whether an effect was carried out, by the effect's key. `runs` tells when
    the batch run comes that does a piece of work, by the work's name.

    `requests` are the customer's that have no answer yet, `answered` those that have; `edited` says that `order` is no
    longer what came in. `backordered_since_us` is set while a part of the order waits for stock, `substituting` is a
    substitution that is being carried out: line, quantity, substitute; `short_at` tells where lines were picked short.
    What is not kept: whether the ERP may have been asked for the order (`asked_erp`), whether an earlier incarnation
    has begun with it (`recovered`), whether a part of it may be in
    no shipment (`has_rest`), what short picks are still to be reckoned with (`missing`), whether stock has come
    since the order waits (`stock_came`).
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
    requests: list[ChangeRequest] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    edited: bool = False
    backordered_since_us: int | None = None
    substituting: tuple[int, int, str] | None = None
    runs: dict[str, int] = field(default_factory=dict)
    doubts: dict[str, int] = field(default_factory=dict)
    version: int = 1
    errand: Errand = field(default_factory=lambda: Errand(""))
    consumed: list[str] = field(default_factory=list)
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    bindings: list[tuple[str, str, str]] = field(default_factory=list)
    asked_erp: bool = False
    recovered: bool = False
    has_rest: bool = True
    short_at: dict[int, list[str]] = field(default_factory=dict)
    missing: list[tuple[int, str, int]] = field(default_factory=list)
    stock_came: bool = False

    @property
    def subject(self) -> str:
        """What an exception is about."""
        return self.saga

    @property
    def order_number(self) -> str:
        """The channel's number of the order."""
        return self.order.order

    @property
    def traceparent(self) -> str | None:
        """The trace that began with the channel's order."""
        return self.order.traceparent

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

    def ask(self, request: ChangeRequest) -> None:
        """The customer asks for a change; what was heard before is not heard again."""
        known = [each.request for each in self.requests]
        if request.request not in known and request.request not in self.answered:
            self.requests.append(request)

    def change_order(self, order: Order) -> None:
        """The order is this one from now on."""
        self.order = order
        self.edited = self.has_rest = True

    def rest(self) -> list[OrderLine]:
        """What of the order no shipment holds."""
        held: dict[int, int] = {}
        for shipment in self.shipments:
            for line, _, quantity in shipment.lines:
                held[line] = held.get(line, 0) + quantity
        rest = []
        for each in self.order.lines:
            left = each.quantity - held.get(each.line, 0)
            if left > 0:
                rest.append(each.part(left))
        return rest

    def is_due(self, work: str, when: Cadence, now_us: int) -> bool:
        """Whether the time has come for this piece of work; when it will come is fixed by the first asking."""
        if when.is_at_once:
            return True
        due_us = self.runs.get(work)
        if due_us is None:
            due_us = self.runs[work] = when.due_us(now_us)
        return now_us >= due_us

    def next_due_us(self, otherwise_us: int | None = None) -> int | None:
        """When to come back: at the next run that does work of this order, or before it at `otherwise_us`."""
        return min((*self.runs.values(), *(() if otherwise_us is None else (otherwise_us,))), default=None)

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
        progress: dict[str, Any] = {
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
        if self.doubts:
            progress["doubts"] = dict(self.doubts)
        if self.runs:
            progress["runs"] = dict(self.runs)
        if self.requests or self.answered or self.edited or self.short_at or self.waits_for_goods:
            progress["changes"] = self._changes()
        return progress

    @property
    def waits_for_goods(self) -> bool:
        """Whether a part of the order waits for stock, or for a substitute."""
        return self.backordered_since_us is not None or self.substituting is not None

    def _changes(self) -> dict[str, Any]:
        """What only orders have that somebody changes, or that wait for stock."""
        return {
            "requests": [request.to_row() for request in self.requests],
            "answered": list(self.answered),
            "order": self.order.to_row() if self.edited else None,
            "backordered_since_us": self.backordered_since_us,
            "short_at": [[line, *sites] for line, sites in self.short_at.items()],
            "substituting": None if self.substituting is None else list(self.substituting),
        }

    @classmethod
    def from_row(cls, row: SagaRow) -> OrderState:
        """The state that was kept."""
        fields = dict(row.progress)
        changes = fields.pop("changes", None)
        fields["shipments"] = [Shipment.from_row(shipment) for shipment in fields["shipments"]]
        state = cls(row.saga, Order.from_row(row.order), version=row.version, asked_erp=True, recovered=True, **fields)
        if changes is not None:
            state._restore(changes)
        return state

    def _restore(self, changes: Mapping[str, Any]) -> None:
        self.requests = [ChangeRequest.from_row(request) for request in changes["requests"]]
        self.answered = list(changes["answered"])
        if changes["order"] is not None:
            self.edited, self.order = True, Order.from_row(changes["order"])
        self.backordered_since_us = changes["backordered_since_us"]
        self.short_at = {line: sites for line, *sites in changes["short_at"]}
        if changes["substituting"] is not None:
            line, quantity, substitute = changes["substituting"]
            self.substituting = (line, quantity, substitute)
