"""A small WMS for tests: called past its door, its webhooks in hand, every reply held to its published model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import simpy

from mock_systems.kit.ledger import Fact
from mock_systems.kit.opening import Item, Opening, Site, Stock
from mock_systems.kit.physics import DAY, HOUR
from mock_systems.kit.streams import Streams
from mock_systems.kit.wire import Reply, Request
from mock_systems.wms.floor_config import FloorConfig
from mock_systems.wms.inspection import InspectionConfig
from mock_systems.wms.system import build_wms

MONDAY_US = 15_292 * DAY  # 2011-11-14T00:00Z
SITES = ("LDS", "BHM", "RDG")
SKUS = ("CUP", "JAR", "TIN")
SHIP_TO = {"name": "Anna Field", "country": "GB", "postcode": "LS1 4AP"}


def opening(quantity: int = 100) -> Opening:
    """Three items, as many of each at each of three sites."""
    return Opening(
        "GBP",
        tuple(Item(sku, sku.title(), 500, 300, 200, weight_g=300) for sku in SKUS),
        (),
        tuple(Site(site, site) for site in SITES),
        tuple(Stock(site, sku, quantity) for site in SITES for sku in SKUS),
    )


def line(number: int, sku: str, quantity: int) -> dict[str, Any]:
    """A line as the wire has it."""
    return {"line": number, "sku": sku, "quantity": quantity}


def trace_of(order: str) -> str:
    """A trace id for an order."""
    return order.encode().hex().ljust(32, "0")[:32]


class Warehouse:
    """A WMS with a clock that stands at Monday 05:00 UTC; `heard` are the webhooks that came, acknowledged each."""

    def __init__(
        self,
        *,
        quantity: int = 100,
        floor: FloorConfig | None = None,
        inspection: InspectionConfig | None = None,
        seed: int = 7,
        at_us: int = MONDAY_US + 5 * HOUR,
        env: simpy.Environment | None = None,
    ) -> None:
        self.env = env or simpy.Environment(initial_time=at_us)
        self.wms = build_wms(opening(quantity), Streams(seed), floor=floor, inspection=inspection)
        self.heard: list[tuple[str, dict[str, Any], str | None]] = []
        self.wms.webhooks.transport = self._hear
        self.wms.webhooks.subscribe("/webhooks/wms", self.wms.topics)
        self.wms.start(self.env)

    def _hear(self, url: str, request: Request, done: Callable[[int | None], None]) -> None:
        data = self.wms.topics[request.body["type"]].model_validate(request.body["data"])
        assert data.model_dump() == request.body["data"]
        self.heard.append((request.body["type"], request.body["data"], request.headers.get("traceparent")))
        done(204)

    @property
    def now_us(self) -> int:
        """The clock."""
        return int(self.env.now)

    def call(self, method: str, path: str, body: Any = None, *, key: str | None = None, **query: str) -> Reply:
        """One call, past the door; a success fits its published model to the letter."""
        headers = {"idempotency-key": key} if key is not None else {}
        request = Request(method, path, query, headers, body)
        found = self.wms.routes.find(request)
        assert found is not None, path
        reply = self.wms.handle(request, *found, self.now_us)
        if reply.status < 300:
            model = found[0].replies[reply.status]
            assert model is not None
            assert model.model_validate(reply.body).model_dump() == reply.body
        return reply

    def reserve(self, order: str, site: str, *lines: dict[str, Any], key: str | None = None) -> Reply:
        """Reserve for an order, under the order's own reference."""
        body = {"reference": f"{order}/{site}", "order": order, "site": site, "lines": list(lines)}
        return self.call("POST", "/reservations", body, key=key)

    def release(self, order: str, reservation: str, country: str = "GB", site: str = "LDS") -> Reply:
        """Hand a reservation to the floor."""
        body = {
            "reservation": reservation,
            "reference": f"{order}/{site}",
            "order": order,
            "ship_to": {**SHIP_TO, "country": country},
            "traceparent": f"00-{trace_of(order)}-00f067aa0ba902b7-01",
        }
        return self.call("POST", "/outbound-orders", body)

    def send_out(self, order: str, site: str = "LDS", *lines: dict[str, Any], country: str = "GB") -> str:
        """Reserve and release at once; the outbound order's number."""
        reservation = self.reserve(order, site, *(lines or (line(1, "CUP", 1),))).body["reservation"]
        return str(self.release(order, reservation, country, site).body["outbound_order"])

    def label(self, outbound_order: str, name: str = "") -> Reply:
        """Stick a label on."""
        name = name or outbound_order
        body = {"label": f"LBL-{name}", "tracking": f"TRK-{name}"}
        return self.call("POST", f"/outbound-orders/{outbound_order}/label", body)

    def label_when_packed(self) -> None:
        """From now on have a label stuck on each parcel as the news of its packing arrives."""

        def hear(url: str, request: Request, done: Callable[[int | None], None]) -> None:
            self._hear(url, request, done)
            if request.body["type"] == "outbound.packed":
                assert self.label(request.body["data"]["outbound_order"]).status == 200

        self.wms.webhooks.transport = hear

    def state(self, outbound_order: str) -> str:
        """An outbound order's state, asked over the API."""
        return str(self.call("GET", f"/outbound-orders/{outbound_order}").body["state"])

    def stock(self, site: str, sku: str) -> tuple[int, int, int]:
        """On hand, reserved and sequence, asked over the API."""
        rows = self.call("GET", "/stock", limit="500").body["items"]
        row = next(row for row in rows if (row["site"], row["sku"]) == (site, sku))
        return row["on_hand"], row["reserved"], row["sequence"]

    def run_until(self, hour: float, day: int = 0) -> None:
        """Let time pass until this hour of Monday, or so many days later."""
        self.env.run(until=MONDAY_US + day * DAY + round(hour * HOUR))

    def facts(self, *kinds: str) -> list[Fact]:
        """The facts of these kinds; of all kinds but the opening's when none is named."""
        ledger = self.wms.ledger.facts
        return [fact for fact in ledger if (fact.kind in kinds if kinds else fact.kind != "stock.opened")]
