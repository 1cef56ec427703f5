"""A small world: a shop that announces orders and takes invoices, and a core that invoices each order once."""

import asyncio
from typing import Any

from pydantic import BaseModel

from mock_systems.kit.door import Door, DoorConfig
from mock_systems.kit.faults import CallFault
from mock_systems.kit.routes import Route, RouteTable
from mock_systems.kit.streams import Streams
from mock_systems.kit.system import MockSystem
from mock_systems.kit.turn import Turn
from mock_systems.kit.webhooks import Webhooks
from mock_systems.kit.wire import Reply
from sandbox.core.ports import (
    BusMessage,
    DuplicateRow,
    HttpReply,
    HttpRequest,
    Ports,
    SerializationFailure,
    Table,
    TransportError,
)
from sandbox.worlds.virtual.fingerprint import Fingerprint
from sandbox.worlds.virtual.world import VirtualWorld

START_US = 1_321_228_800_000_000
SECOND = 1_000_000
SECRET = "whsec_c2FtcGxlLXNlY3JldC1mb3ItdGVzdHM="
ORDERS = Table("orders", indexes=("state",))
INBOX = Table("inbox")


class InvoiceDraft(BaseModel, extra="forbid"):
    """What the core posts."""

    order: str
    total_minor: int


class Invoice(InvoiceDraft):
    """What the shop answers."""

    invoice: str


def post_invoice(books: list[str], turn: Turn) -> Reply:
    """Book it; without an idempotency key the same order is invoiced again."""
    books.append(turn.body.order)
    invoice = f"INV-{len(books)}"
    turn.fact("invoice.posted", invoice, turn.body.order, {"total_minor": turn.body.total_minor})
    return Reply(201, {"invoice": invoice, **turn.body.model_dump()}, {"location": f"/invoices/{invoice}"})


INVOICES = Route(
    "postInvoice",
    "POST",
    "/invoices",
    post_invoice,
    "Post an invoice",
    {201: Invoice},
    body=InvoiceDraft,
    honours_key=True,
    order_of=lambda request, params: request.body["order"],
)


class Shop(MockSystem):
    """Announces `orders`, one a second."""

    def __init__(self, streams: Streams, orders: int = 5, faults: tuple[CallFault, ...] = ()) -> None:
        door = Door(DoorConfig(service_ms=20), streams)
        webhooks = Webhooks("shop", streams, SECRET)
        super().__init__("shop", RouteTable([INVOICES]), [], streams=streams, door=door, webhooks=webhooks)
        self.orders = orders
        door.arm(faults)
        webhooks.subscribe("http://core/webhooks/shop", ["order.created"])

    def start(self, env: Any) -> None:
        """Begin to sell."""
        super().start(env)
        env.process(self._sell(env))

    def _sell(self, env: Any) -> Any:
        for n in range(1, self.orders + 1):
            yield env.timeout(SECOND)
            self.act(lambda turn, n=n: self._accept(turn, n), int(env.now), trace=f"{n:032x}")

    @staticmethod
    def _accept(turn: Turn, n: int) -> None:
        data = {"order": f"W-{n}", "total_minor": 100 * n}
        turn.fact("order.accepted", data["order"], data["order"], data)
        turn.notify("order.created", data["order"], data["order"], data)


class Core:
    """Acknowledges after the commit, invoices with a key, and goes on where its journal says."""

    def __init__(self, ports: Ports) -> None:
        self.ports = ports
        self.told: list[str] = []
        self._woken = asyncio.Event()

    async def run(self) -> None:
        """Work until the power is cut."""
        self.ports.bus.subscribe("telling", ["order.invoiced"], self._tell)
        while True:
            async with self.ports.store.transaction() as tx:
                waiting = await tx.find(ORDERS, "state", "new")
            async with asyncio.TaskGroup() as group:
                for key, row in waiting:
                    group.create_task(self._invoice(key, row))
            self._woken.clear()
            try:
                async with asyncio.timeout(5):
                    await self._woken.wait()
            except TimeoutError:
                pass

    async def receive(self, request: HttpRequest) -> HttpReply:
        """Take in a webhook."""
        data = request.body["data"]
        try:
            async with self.ports.store.transaction() as tx:
                await tx.insert(INBOX, request.headers["webhook-id"], {"at_us": self.ports.clock.now_us()})
                await tx.put(ORDERS, data["order"], {**data, "state": "new", "id": self.ports.ids.new("ORD")})
        except DuplicateRow:
            self.ports.observer.note("duplicate.absorbed", request.headers["webhook-id"], order=data["order"])
        except SerializationFailure:
            return HttpReply(503)
        self._woken.set()
        return HttpReply(202)

    async def _invoice(self, key: str, row: dict[str, Any]) -> None:
        headers = {"authorization": "Bearer core-shop", "idempotency-key": f"invoice-{key}"}
        body = {"order": key, "total_minor": row["total_minor"]}
        try:
            reply = await self.ports.http["shop"].send(HttpRequest("POST", "/invoices", {}, headers, body, 2 * SECOND))
        except TransportError:
            return
        if reply.status != 201:
            return
        async with self.ports.store.transaction() as tx:
            await tx.put(ORDERS, key, {**row, "state": "invoiced", "invoice": reply.body["invoice"]})
        await self.ports.bus.publish("order.invoiced", {"order": key})

    async def _tell(self, message: BusMessage) -> None:
        self.told.append(message.event["order"])


def make_world(specification: dict[str, Any], fingerprint: Fingerprint | None = None) -> VirtualWorld:
    """A world of `seed`, `orders`, `fidelity`, `ties` and `faults`."""
    streams = Streams(specification.get("seed", 1))
    faults = tuple(CallFault(**fault) for fault in specification.get("faults", ()))
    return VirtualWorld(
        [Shop(streams, specification.get("orders", 5), faults)],
        streams,
        start_us=START_US,
        fidelity=specification.get("fidelity", "direct"),
        ties=specification.get("ties", 0.0),
        fingerprint=fingerprint,
    )


def play(specification: dict[str, Any], fingerprint: Fingerprint | None = None) -> VirtualWorld:
    """A whole run: crashes at the seconds in `crashes`, for two seconds each."""
    with make_world(specification, fingerprint) as world:
        world.start_core(Core)
        for at_s in specification.get("crashes", ()):
            world.at(START_US + int(at_s * SECOND), lambda: world.crash_core(2 * SECOND))
        world.run(START_US + specification.get("seconds", 2400) * SECOND)
    return world
