"""The books of the warehouse system: stock, reservations and outbound orders of each site."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from mock_systems.kit.consignment import Consignment
from mock_systems.kit.fields import ShipTo
from mock_systems.kit.listing import Changes
from mock_systems.kit.opening import Opening, Site
from mock_systems.kit.return_parcel import ReturnParcel
from mock_systems.kit.wire import Refusal
from mock_systems.wms.announced import AnnouncementBook
from mock_systems.wms.count_book import CountBook
from mock_systems.wms.inbound_book import InboundOrder
from mock_systems.wms.return_book import ReturnOrder
from mock_systems.wms.wire import Line, OutboundState, ReservationState, ShortReason


@dataclass(slots=True)
class Balance:
    """Stock of one item at one site, in eaches; `sequence` counts its moves.

    `blocked` is what a count didn't find and nobody has approved yet: nobody may reserve it. `log` is that of all
    moves but shipments.
    """

    site: str
    sku: str
    on_hand: int
    reserved: int = 0
    sequence: int = 0
    blocked: int = 0
    log: list[dict[str, Any]] = field(default_factory=list, repr=False)

    @property
    def available(self) -> int:
        """What may still be reserved: negative after an adjustment took what was promised."""
        return self.on_hand - self.reserved - self.blocked

    def view(self) -> dict[str, Any]:
        """The row as the API shows it."""
        return {
            "site": self.site,
            "sku": self.sku,
            "on_hand": self.on_hand,
            "reserved": self.reserved,
            "blocked": self.blocked,
            "sequence": self.sequence,
        }


@dataclass(slots=True)
class Reservation:
    """Stock kept for an order; `outbound_order` holds it while that is on its way through the floor."""

    reservation: str
    reference: str
    order: str
    site: str
    lines: list[Line]
    quantities: dict[str, int]
    state: ReservationState = "open"
    outbound_order: str | None = None

    def view(self) -> dict[str, Any]:
        """The reservation as the API shows it."""
        return {
            "reservation": self.reservation,
            "reference": self.reference,
            "order": self.order,
            "site": self.site,
            "lines": self.lines,
            "state": self.state,
        }


@dataclass(slots=True)
class OutboundOrder:
    """An order to the floor of one site; `trace` is the trace id that all its facts carry.

    `short` is what the picker did not find.
    """

    outbound_order: str
    reservation: Reservation
    reference: str
    order: str
    ship_to: ShipTo
    traceparent: str | None
    trace: str | None
    received_at_us: int
    updated_at_us: int
    state: OutboundState = "received"
    weight_g: int | None = None
    label: str | None = None
    tracking: str | None = None
    short: list[Line] = field(default_factory=list)
    short_reason: ShortReason | None = None

    def view(self) -> dict[str, Any]:
        """The outbound order as the API and the webhooks show it now."""
        reservation = self.reservation
        return {
            "outbound_order": self.outbound_order,
            "reservation": reservation.reservation,
            "reference": self.reference,
            "order": self.order,
            "site": reservation.site,
            "lines": reservation.lines,
            "short": self.short,
            "short_reason": self.short_reason,
            "state": self.state,
            "weight_g": self.weight_g,
            "label": self.label,
            "tracking": self.tracking,
            "updated_at_us": self.updated_at_us,
            "traceparent": self.traceparent,
        }


@dataclass(slots=True)
class SiteBooks:
    """What one site holds, and what waits there for the next wave and the next truck.

    `yard` has what trucks brought that nobody has announced yet, by ship notice; `unclaimed` has customers' parcels of
    which nobody has told yet, by the number of their return.
    """

    site: Site
    stock: dict[str, Balance] = field(default_factory=dict)
    received: list[OutboundOrder] = field(default_factory=list)
    labelled: list[OutboundOrder] = field(default_factory=list)
    reservations: int = 0
    outbound_orders: int = 0
    waves: int = 0
    adjustments: int = 0
    inbound_orders: int = 0
    counts: int = 0
    yard: dict[str, list[Consignment]] = field(default_factory=dict)
    return_orders: int = 0
    unclaimed: dict[str, list[ReturnParcel]] = field(default_factory=dict)


class WmsBooks:
    """All books of the WMS.

    `balances` are all rows of stock by site and sku; `changes` the order in which outbound orders changed last,
    `movements` all moves of stock but shipments. `unload` hears of each inbound order whose goods are at the dock,
    `inspect` of each return order whose parcel is.
    Raises ValueError when the opening stock names a site or an item that isn't there.
    """

    def __init__(self, opening: Opening) -> None:
        self.weights_g = {item.sku: item.weight_g for item in opening.items}
        self.sites = {site.site: SiteBooks(site) for site in opening.sites}
        self.reservations: dict[str, Reservation] = {}
        self.reservations_by_reference: dict[str, list[Reservation]] = {}
        self.outbound_orders: dict[str, OutboundOrder] = {}
        self.outbound_by_reference: dict[str, list[OutboundOrder]] = {}
        self.changes = Changes()
        self.movements: list[dict[str, Any]] = []
        self.inbound: AnnouncementBook[InboundOrder] = AnnouncementBook()
        self.counts = CountBook()
        self.unload: Callable[[InboundOrder, Consignment], None] = _nobody_unloads
        self.returns: AnnouncementBook[ReturnOrder] = AnnouncementBook()
        self.inspect: Callable[[ReturnOrder, ReturnParcel], None] = _nobody_inspects
        self._lay_in(opening)
        self.balances = [self.sites[site].stock[sku] for site in sorted(self.sites) for sku in sorted(self.weights_g)]

    def _lay_in(self, opening: Opening) -> None:
        for site in self.sites:
            for item in opening.items:
                self.sites[site].stock[item.sku] = Balance(site, item.sku, 0, log=self.movements)
        for row in opening.stock:
            if row.site not in self.sites or row.sku not in self.weights_g:
                raise ValueError(f"opening stock names {row.site}/{row.sku}, which is no opening site and item")
            self.sites[row.site].stock[row.sku].on_hand += row.quantity

    def place_at(self, site: str) -> SiteBooks:
        """The site with this code. Raises Refusal (422)."""
        place = self.sites.get(site)
        if place is None:
            raise Refusal(422, "unknown-site", f"{site} is no site of this warehouse system", site=site)
        return place

    def place_for(self, site: str, lines: Iterable[Line]) -> SiteBooks:
        """The site where these goods can be kept. Raises Refusal (422) for a site or an item that isn't there."""
        place = self.place_at(site)
        for line in lines:
            if line["sku"] not in place.stock:
                sku = line["sku"]
                raise Refusal(422, "unknown-item", f"{sku} is no item of this warehouse system", sku=sku)
        return place

    def enter(self, outbound: OutboundOrder, state: OutboundState, now_us: int) -> None:
        """Give an outbound order its next state and its place at the end of the list."""
        outbound.state = state
        outbound.updated_at_us = now_us
        self.changes.note(outbound.outbound_order)


def _nobody_unloads(inbound: InboundOrder, consignment: Consignment) -> None:
    """Before the receivers come to work."""


def _nobody_inspects(expected: ReturnOrder, parcel: ReturnParcel) -> None:
    """Before the inspectors come to work."""
