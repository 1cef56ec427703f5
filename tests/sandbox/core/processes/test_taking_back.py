"""Taking back against a warehouse that loses replies and has begun with some shipments: nothing stays or is lost."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.core.design_parts import Safety
from sandbox.core.model.inventory import SiteStock
from sandbox.core.model.order import Order, OrderLine
from sandbox.core.model.shipment import Outbound, Shipment
from sandbox.core.policies.call_policy import CallPolicy
from sandbox.core.policies.outcomes import SystemUnavailable
from sandbox.core.processes.order_state import OrderState
from sandbox.core.processes.sellable import Sellable
from sandbox.core.processes.sourcing import Sourcing
from sandbox.core.processes.taking_back import TakingBack
from sandbox.core.systems.client import SystemRefused

SITES = ("BHM", "LDS", "RDG")
LINES = (OrderLine(1, "A", 9, 100), OrderLine(2, "B", 6, 100))
ORDER = Order("W-1", 1, None, "card", "GBP", {}, LINES, 1500, None)


class Warehouse:
    """Keeps reservations and outbound orders by key; `losing` says which of its replies never arrive."""

    def __init__(self, waved: set[str], losing: list[bool]) -> None:
        self.stock = {(site, sku): 20 for site in SITES for sku in ("A", "B")}
        self.reserved = dict.fromkeys(self.stock, 0)
        self.open: dict[str, Shipment] = {}
        self.outbound: dict[str, str] = {}
        self.waved = waved
        self.losing = losing

    def _reply(self) -> None:
        if self.losing and self.losing.pop():
            raise SystemUnavailable("wms", 0, "lost", unknown=True)

    async def reserve(self, order: str, shipment: Shipment, key: str, errand: Any) -> str:
        number = f"RES/{key}"
        if number not in self.open and number not in self.outbound:
            self.open[number] = Shipment(shipment.reference, shipment.site, shipment.lines)
            self._keep(number, 1)
        self._reply()
        return number

    async def release_reservation(self, number: str, reason: str, errand: Any) -> None:
        if "held" in self.outbound.get(number, ""):
            raise SystemRefused("wms", 409, "in-use", "", {})
        self._free(number)
        self._reply()

    async def release_outbound(self, order: Order, shipment: Shipment, key: str, errand: Any) -> str:
        number = str(shipment.reservation)
        if number not in self.outbound:
            assert number in self.open, "released was what is not reserved"
            self.outbound[number] = "held"
        self._reply()
        return number

    async def cancel_outbound(self, number: str, reason: str, errand: Any) -> Outbound:
        if self.open.get(number) is not None and self.open[number].site in self.waved:
            self._reply()
            raise SystemRefused("wms", 409, "after-release", "", {"state": "picked"})
        self._free(number)
        self.outbound[number] = "cancelled"
        self._reply()
        return Outbound(number, "", "W-1", "cancelled", 0, None, None)

    def _free(self, number: str) -> None:
        if number in self.open:
            self._keep(number, -1)
            del self.open[number]
            self.outbound.setdefault(number, "released")

    def _keep(self, number: str, sign: int) -> None:
        shipment = self.open[number]
        for _, sku, quantity in shipment.lines:
            self.reserved[shipment.site, sku] += sign * quantity

    def snapshot(self) -> list[SiteStock]:
        return [SiteStock(site, sku, n, self.reserved[site, sku], 0) for (site, sku), n in self.stock.items()]


class Core:
    """The parts of the core that source and take back, over that warehouse."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.sellable = Sellable(0)
        self.sellable.load(warehouse.snapshot())
        shortages = SimpleNamespace(short_picks=("other_site", "substitute", "backorder"))
        clock = SimpleNamespace(now_us=lambda: 1)
        parts: Any = SimpleNamespace(
            ports=SimpleNamespace(clock=clock),
            systems=SimpleNamespace(wms=warehouse, callers={"wms": SimpleNamespace(policy=CallPolicy())}),
            sellable=self.sellable,
            design=SimpleNamespace(shortages=shortages, safety=Safety()),
        )
        self.sourcing = Sourcing(parts, self.keep)
        self.taking_back = TakingBack(parts, self.sourcing)

    async def keep(self, state: OrderState) -> None:
        """Nothing is kept: each test's state lives on."""


async def insist(step: Any) -> None:
    """Again and again until no reply is lost."""
    while True:
        try:
            await step()
        except SystemUnavailable:
            continue
        return


def three_shipments() -> list[Shipment]:
    """The order over three sites."""
    return [
        Shipment("W-1-1", "BHM", ((1, "A", 3), (2, "B", 6))),
        Shipment("W-1-2", "LDS", ((1, "A", 4),)),
        Shipment("W-1-3", "RDG", ((1, "A", 2),)),
    ]


@given(
    far=st.lists(
        st.sampled_from(["planned", "asked", "reserved", "asked to release", "released"]), min_size=3, max_size=3
    ),
    waved=st.sets(st.sampled_from(SITES)),
    losing=st.lists(st.booleans(), max_size=30),
    restart=st.booleans(),
)
def test_what_is_taken_back_is_free_again_and_is_planned_anew_once(
    far: list[str], waved: set[str], losing: list[bool], restart: bool
) -> None:
    asyncio.run(_take_back_and_restore(far, waved, losing, restart))


async def _take_back_and_restore(far: list[str], waved: set[str], losing: list[bool], restart: bool) -> None:
    warehouse = Warehouse(waved, [])
    core = Core(warehouse)
    state = OrderState("W-1", ORDER, 0, shipments=three_shipments(), plans=1)
    core.sellable.expect(ORDER, state.shipments)
    for shipment, how_far in zip(state.shipments, far, strict=True):
        await _bring(core, warehouse, state, shipment, how_far)
    warehouse.losing = losing
    await insist(lambda: core.taking_back.take_back(state, "cancelled"))
    assert all(shipment.site in waved and shipment.outbound for shipment in state.shipments)
    assert {shipment.site for shipment in warehouse.open.values()} == {shipment.site for shipment in state.shipments}
    _agrees(core, warehouse, state)
    if restart:
        core = Core(warehouse)
        core.sellable.expect(ORDER, state.shipments)
    kept = [shipment.reference for shipment in state.shipments]
    await insist(lambda: core.sourcing.source(state))
    assert state.rest() == []
    assert [shipment.reference for shipment in state.shipments][: len(kept)] == kept
    assert len({shipment.reference for shipment in [*three_shipments(), *state.shipments]}) == 3 + len(
        state.shipments
    ) - len(kept), "what is made anew has a name of its own"
    _agrees(core, warehouse, state)
    assert sum(quantity for made in warehouse.open.values() for _, _, quantity in made.lines) == 15


async def _bring(core: Core, warehouse: Warehouse, state: OrderState, shipment: Shipment, how_far: str) -> None:
    """Bring a shipment so far, with the last reply lost where it was only `asked`."""
    if how_far == "planned":
        return
    warehouse.losing = [how_far == "asked"]
    try:
        await core.sourcing.keep_stock(state, shipment)
    except SystemUnavailable:
        return
    if how_far in ("asked to release", "released"):
        warehouse.losing = [how_far == "asked to release"]
        try:
            shipment.outbound = await warehouse.release_outbound(ORDER, shipment, "key", None)
        except SystemUnavailable:
            return


def _agrees(core: Core, warehouse: Warehouse, state: OrderState) -> None:
    """What the core reckons with is what a fresh one would find."""
    fresh = Sellable(0)
    fresh.load(warehouse.snapshot())
    fresh.expect(ORDER, state.shipments)
    assert core.sellable.available == fresh.available
    assert {sku: core.sellable.promise(sku) for sku in ("A", "B")} == {sku: fresh.promise(sku) for sku in ("A", "B")}
