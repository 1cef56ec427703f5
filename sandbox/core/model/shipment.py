"""A shipment: the part of an order that one site picks, packs and ships, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

PICKING_STATES = ("received", "waved", "picked", "packed", "labelled", "shipped")
OUTBOUND_STATES = (*PICKING_STATES, "cancelled")
NEWSWORTHY_STATES = ("packed", "shipped")
_RANK = {state: rank for rank, state in enumerate(PICKING_STATES)}


@dataclass(frozen=True, slots=True)
class Outbound:
    """A warehouse's outbound order as it stands there: `lines` is what it ships, `short` what was not found."""

    outbound_order: str
    reference: str
    order: str
    state: str
    weight_g: int
    label: str | None
    tracking: str | None
    lines: tuple[tuple[int, str, int], ...] = ()
    short: tuple[tuple[int, str, int], ...] = ()

    @property
    def nothing_found(self) -> bool:
        """Whether the picker came back with empty hands."""
        return self.state == "cancelled" and bool(self.short)


@dataclass(frozen=True, slots=True)
class Label:
    """A carrier's paid label; `state` is `bought`, `voided` or `used`."""

    label: str
    tracking: str
    state: str


@dataclass(slots=True)
class Shipment:
    """One site's share of an order. `lines` are `(line, sku, quantity)`; ids are None until they exist.

    `label_asked` is set to the time before a label is asked for: carriers sell twice to those who ask twice, so whoever
    finds it set without a label looks first.
    """

    reference: str
    site: str
    lines: tuple[tuple[int, str, int], ...]
    reservation: str | None = None
    outbound: str | None = None
    state: str = "planned"
    weight_g: int = 0
    label_asked: int = 0
    label: str | None = None
    tracking: str | None = None
    goods_issue: str | None = None
    invoice: str | None = None
    invoice_minor: int = 0
    capture: str | None = None
    payment: str | None = None
    tracking_status: str | None = None

    def has_reached(self, state: str) -> bool:
        """Whether the warehouse has come as far as `state`."""
        return _RANK.get(self.state, -1) >= _RANK[state]

    def hear(self, outbound: Outbound) -> bool:
        """Take in the warehouse's news unless it is older than what is known; whether anything changed."""
        if _RANK.get(outbound.state, -1) <= _RANK.get(self.state, -1):
            return False
        self.state = outbound.state
        self.weight_g = outbound.weight_g or self.weight_g
        return True

    @property
    def is_beyond_recall(self) -> bool:
        """Whether the floor is known to have it: a wave that is released is not taken back."""
        return self.has_reached("waved")

    def shrink(self, outbound: Outbound) -> tuple[tuple[int, str, int], ...]:
        """Ship no more than was picked; what is missing by that."""
        if not outbound.short:
            return ()
        found = {line: quantity for line, _, quantity in outbound.lines}
        missing = [(line, sku, quantity - found.get(line, 0)) for line, sku, quantity in self.lines]
        self.lines = tuple((line, sku, found[line]) for line, sku, _ in self.lines if found.get(line))
        return tuple(each for each in missing if each[2] > 0)

    def to_row(self) -> list[Any]:
        """The shipment as a JSON value, its lines as they are: they never change, and JSON has no tuples to keep."""
        return [
            self.reference, self.site, self.lines, self.reservation, self.outbound,
            self.state, self.weight_g, self.label_asked, self.label, self.tracking, self.goods_issue, self.invoice,
            self.invoice_minor, self.capture, self.payment, self.tracking_status,
        ]  # fmt: skip

    def shown(self) -> dict[str, Any]:
        """The shipment as people and channels are shown it: its fields by name."""
        names = (field.name for field in fields(self))
        return dict(zip(names, self.to_row(), strict=True))

    @classmethod
    def from_row(cls, row: list[Any]) -> Shipment:
        """The shipment that `to_row` wrote."""
        reference, site, lines, *rest = row
        if type(lines) is not tuple:  # it has been JSON in the meantime
            lines = tuple([(line, sku, quantity) for line, sku, quantity in lines])
        return cls(reference, site, lines, *rest)


@lru_cache(maxsize=1_024)
def ship_lines(lines: tuple[tuple[int, str, int], ...]) -> list[Mapping[str, Any]]:
    """Shipment lines as the systems' APIs write them. All who are told of a shipment are told by the same list."""
    return [{"line": line, "sku": sku, "quantity": quantity} for line, sku, quantity in lines]
