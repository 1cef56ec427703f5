"""The warehouse system's own problem codes, by HTTP status: part of its contract (see kit/problems.py)."""

from __future__ import annotations

from typing import Final

from mock_systems.kit.problems import Codes, Members
from mock_systems.wms.wire import Shortage, StateNow

PROBLEMS: Final[Codes] = {
    404: (
        "unknown-count",
        "unknown-inbound-order",
        "unknown-outbound-order",
        "unknown-reservation",
        "unknown-return-order",
    ),
    409: (
        "after-release",
        "already-decided",
        "already-labelled",
        "in-use",
        "insufficient-stock",
        "not-packed",
        "reservation-released",
    ),
    422: (
        "order-mismatch",
        "unknown-item",
        "unknown-reservation",
        "unknown-site",
    ),
}

MEMBERS: Final[Members] = {"after-release": StateNow, "insufficient-stock": Shortage}
