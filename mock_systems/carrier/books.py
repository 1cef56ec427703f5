"""The books of the carrier: labels sold, and the scans of the parcels that carry them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mock_systems.carrier.wire import LabelState, ScanStatus, Service
from mock_systems.kit.opening import Opening
from mock_systems.kit.physics import DAY


@dataclass(slots=True)
class Label:
    """A label and its parcel's life. `nth` counts the labels of its reference; `days` is what was promised."""

    label: str
    tracking: str
    reference: str
    nth: int
    order: str | None
    service: Service
    cost_minor: int
    weight_g: int
    days: int
    trace: str | None
    state: LabelState = "bought"
    collected: bool = False
    status: ScanStatus | None = None
    scans: list[dict[str, Any]] = field(default_factory=list)

    def view(self) -> dict[str, Any]:
        """The label as the API shows it."""
        return {
            "label": self.label,
            "tracking": self.tracking,
            "reference": self.reference,
            "service": self.service,
            "cost_minor": self.cost_minor,
            "state": self.state,
        }


class CarrierBooks:
    """All books of the carrier; it collects at the sites of the opening.

    `delivers_within_us`: from the dock to any door it takes no longer, but for late parcels; None: days, by the tariff.
    """

    def __init__(self, opening: Opening, delivers_within_us: int | None = None) -> None:
        self.delivers_within_us = delivers_within_us
        self.sites = frozenset(site.site for site in opening.sites)
        self.labels: dict[str, Label] = {}
        self.by_reference: dict[str, list[Label]] = {}
        self.by_tracking: dict[str, Label] = {}

    def days_promised(self, tariff_days: int) -> int:
        """The promise in days, where the tariff alone would promise so many."""
        return tariff_days if self.delivers_within_us is None else -(-self.delivers_within_us // DAY)

    def add(self, label: Label) -> None:
        """Keep a label that was just sold."""
        self.labels[label.label] = label
        self.by_tracking[label.tracking] = label
        self.by_reference.setdefault(label.reference, []).append(label)
