"""The ERP as a system: books behind a door with few slots, a credit desk beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar

import simpy
from pydantic import BaseModel

from mock_systems.erp.books import Books
from mock_systems.erp.buyers import Buyers
from mock_systems.erp.credit_desk import CreditDesk, CreditDeskConfig
from mock_systems.erp.data_office import DataOffice, MasterDataConfig
from mock_systems.erp.planner import Planner
from mock_systems.erp.prices import Price
from mock_systems.erp.problems import MEMBERS, PROBLEMS
from mock_systems.erp.purchasing_wire import PurchaseOrder, ShipNotice
from mock_systems.erp.receivables import PaymentBehaviour, Receivables
from mock_systems.erp.replenishment_config import ReplenishmentConfig
from mock_systems.erp.replies import ChangedCustomer, SalesOrder
from mock_systems.erp.routes import erp_routes
from mock_systems.erp.suppliers import Suppliers
from mock_systems.kit.consignment import Consignment
from mock_systems.kit.door import Door, DoorConfig
from mock_systems.kit.opening import Opening
from mock_systems.kit.routes import RouteTable
from mock_systems.kit.streams import Streams
from mock_systems.kit.system import MockSystem
from mock_systems.kit.webhooks import Webhooks

# A SaaS ERP grants 20 calls at once and refuses the next: its door is its worker pool.
ERP_DOOR = DoorConfig(slots=20, service_ms=150)


class Erp(MockSystem):
    """The system of record for customers, prices, sales and purchase orders, financial stock and money.

    `on_delivery` hears of each supplier's truck that arrives at a site.
    """

    problems = PROBLEMS
    problem_members = MEMBERS
    topics: ClassVar[Mapping[str, type[BaseModel]]] = {
        "sales_order.released": SalesOrder,
        "sales_order.rejected": SalesOrder,
        "purchase_order.created": PurchaseOrder,
        "purchase_order.changed": PurchaseOrder,
        "asn.received": ShipNotice,
        "customer.changed": ChangedCustomer,
    }
    books: Books

    def __init__(
        self,
        books: Books,
        streams: Streams,
        door: DoorConfig,
        desk: CreditDeskConfig,
        replenishment: ReplenishmentConfig | None,
        data: MasterDataConfig,
        customers_pay: PaymentBehaviour,
    ) -> None:
        table = RouteTable(erp_routes(books))
        super().__init__(
            "erp", table, books, streams=streams, door=Door(door, streams), webhooks=Webhooks("erp", streams)
        )
        self.desk = CreditDesk(self, desk)
        self.on_delivery: list[Callable[[Consignment, int], None]] = []
        self._buyers = Buyers(self)
        self._planner: Planner | None = None
        if replenishment is not None:
            self._planner = Planner(self, replenishment, Suppliers(self, replenishment).place)
        self.data_office = DataOffice(self, data)
        self._receivables = Receivables(self, customers_pay)

    def start(self, env: simpy.Environment) -> None:
        """Join the clock, write the opening balances into the ledger and open the credit desk."""
        super().start(env)
        self.act(self.books.open, int(env.now))
        self.desk.start(env)
        self._buyers.start(env)
        if self._planner is not None:
            self._planner.start(env)
        self.data_office.start(env)
        self._receivables.start(env)


def build_erp(
    opening: Opening,
    streams: Streams,
    door: DoorConfig | None = None,
    *,
    credit_desk: CreditDeskConfig | None = None,
    prices: Iterable[Price] = (),
    blocked: Iterable[str] = (),
    replenishment: ReplenishmentConfig | None = None,
    master_data: MasterDataConfig | None = None,
    customers_pay: PaymentBehaviour | None = None,
) -> Erp:
    """An ERP with these opening balances; `prices` adds customer prices and quantity breaks to the list prices.

    Orders of `blocked` customers go on hold and are rejected. With `replenishment` the company orders what its shelves
    lack, and trucks come. `customers_pay` is how those on account do. Raises ValueError when a price or a blocked
    customer doesn't fit the opening.
    """
    books = Books(opening, prices, blocked)
    desk, data = credit_desk or CreditDeskConfig(), master_data or MasterDataConfig()
    return Erp(books, streams, door or ERP_DOOR, desk, replenishment, data, customers_pay or PaymentBehaviour())
