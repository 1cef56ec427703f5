"""A small shop for tests: three items, one site, a door without chance."""

from __future__ import annotations

from typing import Any

import simpy

from mock_systems.commerce.senders import ReturnConfig
from mock_systems.commerce.system import Commerce, build_commerce
from mock_systems.kit.door import DoorConfig
from mock_systems.kit.opening import Item, Opening, Site, Stock
from mock_systems.kit.streams import Streams
from mock_systems.kit.wire import Answer, Reply, Request

START_US = 1_321_228_800_000_000
SKUS = ("CUP", "LAMP", "TIN")
STOCK = {"CUP": 10, "LAMP": 5, "TIN": 0}


def opening(stock: dict[str, int] | None = None) -> Opening:
    """Three items, and their stock at one site."""
    quantities = STOCK if stock is None else stock
    return Opening(
        "GBP",
        tuple(Item(sku, sku.title(), 500, 300, 200) for sku in SKUS),
        (),
        (Site("LDS", "Leeds"),),
        tuple(Stock("LDS", sku, quantity) for sku, quantity in quantities.items()),
    )


class Shop:
    """A shop with a clock, called as the integration or as a shopper."""

    def __init__(
        self,
        door: DoorConfig | None = None,
        stock: dict[str, int] | None = None,
        seed: int = 1,
        returns: ReturnConfig | None = None,
    ) -> None:
        self.env = simpy.Environment(initial_time=START_US)
        door = door or DoorConfig(service_ms=0)
        self.system: Commerce = build_commerce(opening(stock), Streams(seed), door, returns=returns)
        self.system.start(self.env)

    def answer(
        self, method: str, path: str, body: Any = None, *, token: str = "core-commerce", **headers: str
    ) -> Answer:
        """What the door gives to a call made now."""
        path, _, query = path.partition("?")
        wanted = dict(part.split("=", 1) for part in query.split("&")) if query else {}
        given = {"authorization": f"Bearer {token}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return self.system.receive(Request(method, path, wanted, given, body), int(self.env.now))

    def call(self, method: str, path: str, body: Any = None, *, token: str = "core-commerce", **headers: str) -> Reply:
        """The reply to a call; there must be one."""
        reply = self.answer(method, path, body, token=token, **headers).reply
        assert reply is not None
        return reply

    def buy(self, reference: str, payment: str = "card", **quantities: int) -> Reply:
        """A shopper's order."""
        return self.call("POST", "/orders", basket(reference, payment, **quantities), token="shopper-commerce")

    def kinds(self) -> list[str]:
        """What the ledger says since the opening."""
        return [f.kind for f in self.system.ledger.facts[2 * len(SKUS) :]]

    def wait(self, us: int) -> None:
        """Let time pass."""
        self.env.run(until=int(self.env.now) + us)


def basket(reference: str, payment: str = "card", **quantities: int) -> dict[str, Any]:
    """A basket at 5.00 a piece."""
    return {
        "reference": reference,
        "customer": "C-1" if payment == "account" else None,
        "payment": payment,
        "currency": "GBP",
        "ship_to": {"name": "Ada", "country": "GB", "postcode": "LS1 1AA"},
        "lines": [{"sku": sku, "quantity": quantity, "price_minor": 500} for sku, quantity in quantities.items()],
    }
