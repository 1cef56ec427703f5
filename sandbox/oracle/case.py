"""A case: what the books of all systems say, so far, about one business order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mock_systems.kit.ledger import Fact

Line = Mapping[str, Any]
RELEASE: Final = "release all of it to the warehouses"
"""The step that an order waits for, unless the channel was told that it waits for stock."""


class Case:
    """One business order.

    `lines` holds its priced lines by number, as accepted or as last edited, `agreed` every line that was ever agreed;
    `revision` counts the edits. `sales_orders` are the ERP's numbers that are not voided, `held` those at the credit
    desk; `reservations` are open, `outbounds` neither shipped nor cancelled, `labels` paid, neither voided nor used.
    `released_units` went to a warehouse floor, `unlabelled` parcels are packed and have no label; `exceptions` are
    open; `backordered` tells that the channel was told so. `touched_us` is the last effect for it in any system.
    """

    __slots__ = (
        "accepted",
        "agreed",
        "authorised_minor",
        "backordered",
        "cancelled_us",
        "captured_minor",
        "card",
        "credited_minor",
        "exceptions",
        "held",
        "invoiced_minor",
        "invoiced_units",
        "labels",
        "lines",
        "order",
        "ordered_units",
        "outbounds",
        "refunded_minor",
        "released_units",
        "reservations",
        "revision",
        "sales_orders",
        "ship_to",
        "shipped",
        "shipped_units",
        "total_minor",
        "touched_us",
        "unlabelled",
    )

    def __init__(self, order: str) -> None:
        self.order = order
        self.accepted: Fact | None = None
        self.cancelled_us: int | None = None
        self.card = self.backordered = False
        self.lines: dict[int, Line] = {}
        self.agreed: dict[int, Line] = {}
        self.ship_to: Any = None
        self.revision = 0
        self.ordered_units = self.released_units = self.shipped_units = self.invoiced_units = 0
        self.total_minor = self.authorised_minor = self.captured_minor = self.invoiced_minor = 0
        self.credited_minor = self.refunded_minor = 0
        self.unlabelled = 0
        self.touched_us = 0
        self.shipped: dict[int, int] = {}
        self.sales_orders: list[str] = []
        self.held: list[str] = []
        self.reservations: list[str] = []
        self.outbounds: list[str] = []
        self.labels: list[str] = []
        self.exceptions: list[str] = []

    @property
    def wholly_shipped(self) -> bool:
        """Whether all that was ordered has left."""
        return self.accepted is not None and self.shipped_units >= self.ordered_units

    @property
    def ended_well(self) -> bool:
        """Shipped in full, invoiced in full and, where a card pays, captured in full and refunded as credited."""
        return (
            self.wholly_shipped
            and self.invoiced_units == self.shipped_units
            and (
                not self.card
                or (self.captured_minor == self.invoiced_minor and self.refunded_minor == self.credited_minor)
            )
        )

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to be done, by anybody: it ended well or was cancelled, and holds on to nothing."""
        held = self.reservations or self.outbounds or self.labels or self.exceptions or self.unlabelled
        return not held and (self.ended_well or self.cancelled_us is not None)

    def next_step_of_core(self) -> str | None:
        """What the core has to do next for this order; None while others have it, or nothing is left to do."""
        if self.accepted is None or self.cancelled_us is not None:
            return None
        if not self.sales_orders:
            return "enter it in the ERP, or cancel it"
        if self.released_units < self.ordered_units and not self.held and not self.backordered:
            return RELEASE
        if self.unlabelled > 0:
            return "label a packed parcel"
        if self.invoiced_units < self.shipped_units:
            return "invoice what was shipped"
        if self.card and self.captured_minor < self.invoiced_minor:
            return "capture what was invoiced"
        return None
