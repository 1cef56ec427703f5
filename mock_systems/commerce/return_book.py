"""The shop's book of returns: what shoppers may give back, and what they asked to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mock_systems.commerce.return_wire import ReturnLine
from mock_systems.kit.listing import Changes

GIVEN_UP = ("refused", "expired")


@dataclass(slots=True)
class ReturnRecord:
    """One return; `shown` is as the API shows it, replaced on each change. `trace` is its order's."""

    shown: dict[str, Any]
    trace: str

    @property
    def rma(self) -> str:
        """The return's number."""
        return str(self.shown["rma"])

    @property
    def lines(self) -> list[ReturnLine]:
        """What is to come back."""
        lines: list[ReturnLine] = self.shown["lines"]
        return lines


@dataclass(slots=True)
class ReturnBook:
    """All returns. `within_us` is how long after its shipment a line may be given back.

    `sends` hears of each return that is authorised: the customer has a parcel to pack.
    """

    within_us: int
    returns: dict[str, ReturnRecord] = field(default_factory=dict)
    by_reference: dict[str, ReturnRecord] = field(default_factory=dict)
    by_order: dict[str, list[ReturnRecord]] = field(default_factory=dict)
    changes: Changes = field(default_factory=Changes)
    sends: Callable[[ReturnRecord], None] = field(default=lambda _: None)

    def add(self, record: ReturnRecord) -> None:
        """Keep a new one."""
        self.returns[record.rma] = self.by_reference[record.shown["reference"]] = record
        self.by_order.setdefault(record.shown["order"], []).append(record)

    def change(self, record: ReturnRecord, now_us: int, status: str) -> None:
        """Give a return a new status, and a new place among the changes."""
        seq = self.changes.note(record.rma)
        record.shown = {**record.shown, "status": status, "updated_at_us": now_us, "updated_seq": seq}

    def asked(self, order: str) -> dict[tuple[str, int], int]:
        """How many eaches are on their way back or have come, by shipment and line."""
        asked: dict[tuple[str, int], int] = {}
        for record in self.by_order.get(order, ()):
            if record.shown["status"] not in GIVEN_UP:
                for line in record.lines:
                    key = (line["shipment"], line["line"])
                    asked[key] = asked.get(key, 0) + line["quantity"]
        return asked
