"""Tracking: what became of a parcel, scan by scan."""

from __future__ import annotations

from mock_systems.carrier.books import CarrierBooks, Label
from mock_systems.carrier.wire import ScanStatus
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply


def get_tracking(books: CarrierBooks, turn: Turn) -> Reply:
    """Where a parcel is and was."""
    tracking = turn.params["tracking"]
    label = books.by_tracking.get(tracking)
    if label is None:
        raise Refusal(404, "unknown-tracking", f"there is no parcel {tracking}")
    return Reply(200, {"tracking": tracking, "status": label.status, "events": list(label.scans)})


def scan(label: Label, status: ScanStatus, turn: Turn) -> None:
    """Read the label at one place of its way; the first scan uses it up."""
    label.state = "used"
    label.status = status
    sequence = len(label.scans) + 1
    label.scans.append({"status": status, "at_us": turn.now_us, "sequence": sequence})
    tracking, order = label.tracking, label.order
    turn.fact("parcel.scanned", tracking, order, {"status": status, "label": label.label, "sequence": sequence})
    data = {
        "tracking": tracking,
        "reference": label.reference,
        "order": order,
        "status": status,
        "sequence": sequence,
        "at_us": turn.now_us,
    }
    turn.notify("tracking.updated", tracking, order, data)


def refuse_parcel(tracking: str, label: Label | None, reason: str, turn: Turn) -> None:
    """Put a parcel aside that cannot travel: no scan will ever come of it."""
    order = label.order if label is not None else None
    turn.fact("parcel.refused", tracking, order, {"tracking": tracking, "reason": reason})
