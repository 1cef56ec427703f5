"""The warehouse system: one system of record for the physical stock of several sites."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import ClassVar, Literal

import simpy
from pydantic import BaseModel

from mock_systems.kit.door import Door, DoorConfig
from mock_systems.kit.opening import Opening
from mock_systems.kit.routes import RouteTable
from mock_systems.kit.streams import Streams
from mock_systems.kit.system import MockSystem
from mock_systems.kit.webhooks import Webhooks
from mock_systems.wms.books import WmsBooks
from mock_systems.wms.floor import Floor
from mock_systems.wms.floor_config import FloorConfig
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
    topics: ClassVar[Mapping[str, type[BaseModel]]] = {
        "outbound.packed": Outbound,
        "outbound.shipped": Outbound,
        "short_pick.reported": Outbound,
        "stock.moved": StockMoves,
    }

    def __init__(self, books: WmsBooks, streams: Streams, door: DoorConfig, floor: FloorConfig) -> None:
        table = RouteTable(wms_routes(books))
        super().__init__(
            "wms", table, books, streams=streams, door=Door(door, streams), webhooks=Webhooks("wms", streams)
        )
        self.on_departure: list[Callable[[list[str], int], None]] = []
        self.floors = {site: Floor(self, place, floor) for site, place in books.sites.items()}
        self._docks = [Dock(self, place) for place in books.sites.values()]

    def start(self, env: simpy.Environment) -> None:
        """Join the clock, write the opening stock into the ledger, and open the floors and docks."""
        super().start(env)
        self.act(partial(open_stock, self.books), int(env.now))
        for floor in self.floors.values():
            floor.start(env)
        for dock in self._docks:
            dock.start(env)

    def adjust(self, site: str, sku: str, quantity: int, reason: Literal["adjust", "receipt"] = "adjust") -> None:
        """Book what a count found or a delivery brought: a signed quantity. What is available may fall below zero.

        Raises ValueError for an unknown site or item, a quantity of 0, or a count of less than nothing.
        """
        assert self.env is not None, "wms: start(env) comes before the first adjustment"
        self.act(partial(adjust_stock, self.books, site, sku, quantity, reason), int(self.env.now))


def build_wms(
    opening: Opening, streams: Streams, door: DoorConfig | None = None, floor: FloorConfig | None = None
) -> Wms:
    """A WMS with these sites and this stock. Raises ValueError when the stock names an unknown site or item."""
    return Wms(WmsBooks(opening), streams, door or WMS_DOOR, floor or FloorConfig())
