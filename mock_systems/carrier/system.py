"""The carrier: sells labels, takes parcels over at the warehouses' docks and delivers them over days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from pydantic import BaseModel

from mock_systems.carrier.books import CarrierBooks
from mock_systems.carrier.journey import Journeys
from mock_systems.carrier.problems import PROBLEMS
from mock_systems.carrier.routes import carrier_routes
from mock_systems.carrier.wire import TrackingUpdate
from mock_systems.kit.door import Door, DoorConfig
from mock_systems.kit.opening import Opening
from mock_systems.kit.routes import RouteTable
from mock_systems.kit.streams import Streams
from mock_systems.kit.system import MockSystem
from mock_systems.kit.webhooks import Webhooks

CARRIER_DOOR = DoorConfig(service_ms=120)


class Carrier(MockSystem):
    """Rates, labels that cost money, and parcels under way."""

    books: CarrierBooks
    problems = PROBLEMS
    topics: ClassVar[Mapping[str, type[BaseModel]]] = {"tracking.updated": TrackingUpdate}

    def __init__(self, books: CarrierBooks, streams: Streams, door: DoorConfig) -> None:
        table = RouteTable(carrier_routes(books))
        super().__init__(
            "carrier", table, books, streams=streams, door=Door(door, streams), webhooks=Webhooks("carrier", streams)
        )
        self._journeys = Journeys(self)

    def collect(self, trackings: Iterable[str], now_us: int) -> None:
        """Take parcels over at a dock. One with an unknown or voided label, or handed over before, is refused."""
        for tracking in trackings:
            self._journeys.begin(tracking, now_us)


def build_carrier(
    opening: Opening, streams: Streams, door: DoorConfig | None = None, *, delivers_within_us: int | None = None
) -> Carrier:
    """A carrier that collects at the opening's sites; None: it delivers over days, by its tariff."""
    return Carrier(CarrierBooks(opening, delivers_within_us), streams, door or CARRIER_DOOR)
