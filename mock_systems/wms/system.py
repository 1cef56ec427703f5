"""The warehouse system: one system of record for the physical stock of several sites."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import ClassVar, Literal

import simpy
from pydantic import BaseModel

from mock_systems.kit.consignment import Consignment
from mock_systems.kit.door import Door, DoorConfig
from mock_systems.kit.opening import Opening
from mock_systems.kit.return_parcel import ReturnParcel
from mock_systems.kit.routes import RouteTable
from mock_systems.kit.streams import Streams
from mock_systems.kit.system import MockSystem
from mock_systems.kit.webhooks import Webhooks
from mock_systems.wms.books import WmsBooks
from mock_systems.wms.count_wire import Count
from mock_systems.wms.counting import CountingConfig, CountingTeam
from mock_systems.wms.floor import Floor
from mock_systems.wms.floor_config import FloorConfig
from mock_systems.wms.inbound import arrive
from mock_systems.wms.inbound_wire import Inbound
from mock_systems.wms.inspection import InspectionConfig, InspectionTable
from mock_systems.wms.problems import MEMBERS, PROBLEMS
from mock_systems.wms.receiving import ReceivingConfig, ReceivingDock
from mock_systems.wms.return_orders import arrive_back
from mock_systems.wms.return_wire import ReturnOrder
from mock_systems.wms.routes import wms_routes
from mock_systems.wms.stock import adjust_stock, open_stock
from mock_systems.wms.trucks import Dock
from mock_systems.wms.wire import Outbound, StockMoves

WMS_DOOR = DoorConfig(slots=30, service_ms=60)


class Wms(MockSystem):
    """Stock, reservations and outbound orders, and the floors that work on them.

    `on_departure` hears of each truck: the tracking numbers aboard and the time, after the books were changed.
    """

    books: WmsBooks
    problems = PROBLEMS
    problem_members = MEMBERS
    topics: ClassVar[Mapping[str, type[BaseModel]]] = {
        "outbound.packed": Outbound,
        "outbound.shipped": Outbound,
        "short_pick.reported": Outbound,
        "stock.moved": StockMoves,
        "inbound.received": Inbound,
        "return.received": ReturnOrder,
        "count.recorded": Count,
    }

    def __init__(
        self,
        books: WmsBooks,
        streams: Streams,
        door: DoorConfig,
        floor: FloorConfig,
        receiving: ReceivingConfig,
        counting: CountingConfig,
        inspection: InspectionConfig,
    ) -> None:
        table = RouteTable(wms_routes(books))
        super().__init__(
            "wms", table, books, streams=streams, door=Door(door, streams), webhooks=Webhooks("wms", streams)
        )
        self.on_departure: list[Callable[[list[str], int], None]] = []
        self.floors = {site: Floor(self, place, floor) for site, place in books.sites.items()}
        self._docks = [Dock(self, place) for place in books.sites.values()]
        self._receiving = {site: ReceivingDock(self, place, receiving) for site, place in books.sites.items()}
        self._tables = {site: InspectionTable(self, place, inspection) for site, place in books.sites.items()}
        self._counting = [CountingTeam(self, place, counting) for place in books.sites.values()]
        books.unload = lambda inbound, consignment: self._receiving[inbound.site].unload(inbound, consignment)
        books.inspect = lambda expected, parcel: self._tables[expected.site].inspect(expected, parcel)

    def start(self, env: simpy.Environment) -> None:
        """Join the clock, write the opening stock into the ledger, and open the floors and docks."""
        super().start(env)
        self.act(partial(open_stock, self.books), int(env.now))
        for floor in self.floors.values():
            floor.start(env)
        for dock in self._docks:
            dock.start(env)
        for team in self._counting:
            team.start(env)

    def deliver(self, consignment: Consignment, now_us: int) -> None:
        """A supplier's truck arrives. Raises ValueError for a site that isn't there."""
        self.act(partial(arrive, self.books, consignment), now_us)

    def take_back(self, parcel: ReturnParcel, now_us: int) -> None:
        """A customer's parcel arrives, or as many as sites have shipped what is in it."""
        self.act(partial(arrive_back, self.books, parcel), now_us)

    def adjust(self, site: str, sku: str, quantity: int, reason: Literal["adjust", "receipt"] = "adjust") -> None:
        """Book what a count found or a delivery brought: a signed quantity. What is available may fall below zero.

        Raises ValueError for an unknown site or item, a quantity of 0, or a count of less than nothing.
        """
        assert self.env is not None, "wms: start(env) comes before the first adjustment"
        self.act(partial(adjust_stock, self.books, site, sku, quantity, reason), int(self.env.now))


def build_wms(
    opening: Opening,
    streams: Streams,
    door: DoorConfig | None = None,
    floor: FloorConfig | None = None,
    *,
    receiving: ReceivingConfig | None = None,
    counting: CountingConfig | None = None,
    inspection: InspectionConfig | None = None,
) -> Wms:
    """A WMS with these sites and this stock. Raises ValueError when the stock names an unknown site or item."""
    books = WmsBooks(opening)
    receiving, counting = receiving or ReceivingConfig(), counting or CountingConfig()
    inspection = inspection or InspectionConfig()
    return Wms(books, streams, door or WMS_DOOR, floor or FloorConfig(), receiving, counting, inspection)
