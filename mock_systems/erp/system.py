"""The ERP as a system: books behind a door with few slots, a credit desk beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

import simpy
from pydantic import BaseModel

from mock_systems.erp.books import Books
from mock_systems.erp.credit_desk import CreditDesk, CreditDeskConfig
from mock_systems.erp.prices import Price
from mock_systems.erp.replies import SalesOrder
from mock_systems.erp.routes import erp_routes
from mock_systems.kit.door import Door, DoorConfig
from mock_systems.kit.opening import Opening
from mock_systems.kit.routes import RouteTable
from mock_systems.kit.streams import Streams
from mock_systems.kit.system import MockSystem
from mock_systems.kit.webhooks import Webhooks

# A SaaS ERP grants 20 calls at once and refuses the next: its door is its worker pool.
ERP_DOOR = DoorConfig(slots=20, service_ms=150)


class Erp(MockSystem):
    """The system of record for customers, prices, sales orders, financial stock and money."""

    topics: ClassVar[Mapping[str, type[BaseModel]]] = {
        "sales_order.released": SalesOrder,
        "sales_order.rejected": SalesOrder,
    }
    books: Books

    def __init__(self, books: Books, streams: Streams, door: DoorConfig, desk: CreditDeskConfig) -> None:
        table = RouteTable(erp_routes(books))
        super().__init__(
            "erp", table, books, streams=streams, door=Door(door, streams), webhooks=Webhooks("erp", streams)
        )
        self.desk = CreditDesk(self, desk)

    def start(self, env: simpy.Environment) -> None:
        """Join the clock, write the opening balances into the ledger and open the credit desk."""
        super().start(env)
        self.act(self.books.open, int(env.now))
        self.desk.start(env)


def build_erp(
    opening: Opening,
    streams: Streams,
    door: DoorConfig | None = None,
    *,
    credit_desk: CreditDeskConfig | None = None,
    prices: Iterable[Price] = (),
    blocked: Iterable[str] = (),
) -> Erp:
    """An ERP with these opening balances; `prices` adds customer prices and quantity breaks to the list prices.

    Orders of `blocked` customers go on hold and are rejected. Raises ValueError when a price or a blocked
    customer doesn't fit the opening.
    """
    return Erp(Books(opening, prices, blocked), streams, door or ERP_DOOR, credit_desk or CreditDeskConfig())
