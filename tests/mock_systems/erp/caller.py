"""A caller of the ERP, past its door, with a clock of its own; and small opening balances to test on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import simpy

from mock_systems.erp.credit_desk import CreditDeskConfig
from mock_systems.erp.prices import Price
from mock_systems.erp.receivables import PaymentBehaviour
from mock_systems.erp.system import build_erp
from mock_systems.kit.ledger import Fact
from mock_systems.kit.opening import Customer, Item, Opening, Site, Stock
from mock_systems.kit.physics import DAY, HOUR
from mock_systems.kit.streams import Streams
from mock_systems.kit.turn import Notice
from mock_systems.kit.wire import Reply, Request

MONDAY_9_US = 15_292 * DAY + 9 * HOUR  # 2011-11-14T09:00Z
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SHIP_TO = {"name": "Anna Field", "country": "GB", "postcode": "LS1 4AP"}

OPENING = Opening(
    currency="GBP",
    items=(
        Item("MUG", "Mug", price_minor=500, floor_minor=400, cost_minor=250),
        Item("JAR", "Jar", price_minor=1999, floor_minor=1500, cost_minor=901),
        Item("TIN", "Tin", price_minor=0, floor_minor=0, cost_minor=0),
    ),
    customers=(
        Customer("C-ACC", "On account", "GB", "account", terms_days=30, credit_limit_minor=100_000),
        Customer("C-BAD", "Blocked", "GB", "account", terms_days=14, credit_limit_minor=1_000_000),
        Customer("C-CARD", "By card", "FR", "card", terms_days=0, credit_limit_minor=0),
    ),
    sites=(Site("LDS", "Leeds"), Site("BHM", "Birmingham")),
    stock=(Stock("LDS", "MUG", 100), Stock("LDS", "JAR", 10), Stock("BHM", "MUG", 7), Stock("BHM", "TIN", 3)),
)


def line(number: int, sku: str, quantity: int, price_minor: int | None = None) -> dict[str, Any]:
    """A line as the wire has it; with a price it is a priced line."""
    plain = {"line": number, "sku": sku, "quantity": quantity}
    return plain if price_minor is None else {**plain, "price_minor": price_minor}


class Caller:
    """Talks to one ERP; `notices` are the webhooks that it wanted to send, `env` its clock from Monday 09:00 UTC."""

    def __init__(
        self,
        *,
        seed: int = 7,
        prices: Iterable[Price] = (),
        desk: CreditDeskConfig | None = None,
        customers_pay: PaymentBehaviour | None = None,
        opening: Opening = OPENING,
        start_us: int = MONDAY_9_US,
    ) -> None:
        self.erp = build_erp(
            opening,
            Streams(seed),
            prices=prices,
            blocked=("C-BAD",),
            credit_desk=desk,
            customers_pay=customers_pay,
        )
        self.env = simpy.Environment(initial_time=start_us)
        self.erp.start(self.env)
        self.notices: list[Notice] = []
        self.erp.webhooks.send = lambda notice, now_us: self.notices.append(notice)  # type: ignore[method-assign]

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, str] | None = None,
        key: str | None = None,
        trace: str = TRACE,
    ) -> Reply:
        """Make one call; what the ERP answers must be just what its contract promises."""
        headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
        if key is not None:
            headers["idempotency-key"] = key
        request = Request(method, path, dict(query or {}), headers, body)
        found = self.erp.routes.find(request)
        assert found is not None, f"no route for {method} {path}"
        reply = self.erp.handle(request, *found, int(self.env.now))
        if reply.status < 300 and (model := found[0].replies[reply.status]) is not None:
            assert model.model_validate(reply.body, strict=True).model_dump(by_alias=True) == reply.body
        return reply

    def get(self, path: str, **query: str) -> Any:
        """The body of a read that must succeed."""
        reply = self.call("GET", path, query=query)
        assert reply.status == 200, reply.body
        return reply.body

    def post(self, path: str, body: Any, **options: Any) -> Any:
        """The body of a write that must succeed."""
        reply = self.call("POST", path, body, **options)
        assert reply.status in (200, 201), reply.body
        return reply.body

    def order(
        self, *lines: dict[str, Any], ref: str = "W-000001", customer: str | None = None, **options: Any
    ) -> dict[str, Any]:
        """A sales order that the ERP takes; by default ten mugs at list price."""
        body = {
            "external_ref": ref,
            "customer": customer,
            "currency": "GBP",
            "ship_to": SHIP_TO,
            "lines": list(lines) or [line(1, "MUG", 10, 500)],
        }
        order: dict[str, Any] = self.post("/sales-orders", body, **options)
        return order

    def exposure(self, customer: str) -> int:
        """The customer's exposure in minor units."""
        return int(self.get(f"/customers/{customer}")["exposure_minor"])

    def facts(self, *kinds: str) -> list[Fact]:
        """The facts of these kinds, oldest first; without kinds all of them."""
        return [fact for fact in self.erp.ledger.facts if not kinds or fact.kind in kinds]

    def wait(self, delay_us: int) -> None:
        """Let time pass."""
        self.env.run(until=self.env.now + delay_us)
