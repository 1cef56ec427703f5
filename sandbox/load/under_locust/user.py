"""A Locust user who knows what people and partners do at the doors: place, ask, look, poll."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import gevent
from locust import FastHttpUser

from sandbox.load.arrivals import PLACE, POLL, STATUS, STOCK
from sandbox.load.target import CORE, PARTNER, SHOPPER
from sandbox.load.under_locust.catalogue import Catalogue
from sandbox.load.under_locust.measuring import PLANNED_AT
from sandbox.load.under_locust.session import session_of

_ANSWERS_WITHIN_S: Final = 15.0
_COMES_BACK_AFTER_S: Final = (0.5, 2.0, 5.0, 10.0)
_TURNED_AWAY: Final = (401, 403, 429)
_PAGE: Final = 50


class SandboxUser(FastHttpUser):
    """Base of all users. An operation counts as failed without an answer, for 5xx, 401, 403 and 429.

    A refusal for what was asked (sold out, not known yet) is an answer like any other.
    """

    abstract = True
    network_timeout = _ANSWERS_WITHIN_S
    connection_timeout = _ANSWERS_WITHIN_S

    def __init__(self, environment: Any) -> None:
        self.session = session_of(environment)
        self.host = self.session.target.plan.commerce_url
        super().__init__(environment)
        self._draw = self.session.new_draws()
        self._catalogue: Catalogue | None = None
        self._stock_cursor: str | None = None
        self._poll_cursor: str | None = None

    def place_order(self, planned_s: float | None = None) -> bool:
        """Place the next order; False when there is none left.

        Who gets no answer, or none that means anything, comes back with the same reference: the shop takes it once.
        """
        body = self._next_order()
        if body is None:
            return False
        headers = {**self.session.target.bearer(SHOPPER), "idempotency-key": body["reference"]}
        for pause_s in (*_COMES_BACK_AFTER_S, None):
            reply = self.call("POST", "/orders", PLACE, headers, planned_s, body)
            if reply.status_code in (200, 201):
                self.session.placed.append(reply.json()["order"])
                self.session.measuring.windows.confirmed.append(reply.json()["order"])
            if pause_s is None or (0 < reply.status_code < 500 and reply.status_code not in _TURNED_AWAY):
                break
            gevent.sleep(pause_s)
            planned_s = None
        return True

    def ask_status(self, planned_s: float | None = None) -> None:
        """Ask how far an order is: the core, or where there is none the shop."""
        placed, plan = self.session.placed, self.session.target.plan
        if not placed:
            return self.look_at_stock(planned_s)
        order = placed[self._draw.randrange(len(placed))]
        token, url = (PARTNER, plan.commerce_url) if plan.core_url is None else (CORE, plan.core_url)
        self.call("GET", f"{url}/orders/{order}", STATUS, self.session.target.bearer(token), planned_s)
        return None

    def look_at_stock(self, planned_s: float | None = None) -> None:
        """Look at the next page of what the shop has for sale."""
        headers = self.session.target.bearer(PARTNER)
        reply = self.call("GET", _page("/stock", self._stock_cursor), STOCK, headers, planned_s)
        self._stock_cursor = reply.json()["next_cursor"] if reply.status_code == 200 else None

    def poll_shipments(self, planned_s: float | None = None) -> None:
        """Read what has changed at the warehouse since the last poll."""
        plan, headers = self.session.target.plan, self.session.target.bearer(PARTNER)
        path = _page("/outbound-orders", self._poll_cursor)
        reply = self.call("GET", plan.wms_url + path, POLL, headers, planned_s)
        if reply.status_code == 200:
            self._poll_cursor = reply.json()["next_cursor"]

    def do(self, operation: str, planned_s: float) -> None:
        """Carry out a planned arrival."""
        {
            PLACE: self.place_order,
            STATUS: self.ask_status,
            STOCK: self.look_at_stock,
            POLL: self.poll_shipments,
        }[operation](planned_s)

    def call(
        self,
        method: str,
        url: str,
        operation: str,
        headers: Mapping[str, str],
        planned_s: float | None = None,
        body: dict[str, Any] | None = None,
    ) -> Any:
        """One call, measured under its operation's name, from `planned_s` on where that is given."""
        context = {} if planned_s is None else {PLANNED_AT: planned_s}
        with self.client.request(
            method, url, name=operation, json=body, headers=dict(headers), context=context, catch_response=True
        ) as reply:
            status = reply.status_code
            if 0 < status < 500 and status not in _TURNED_AWAY:
                reply.success()
            else:
                reply.failure(f"{status or 'no answer'}")
        return reply

    def _next_order(self) -> dict[str, Any] | None:
        if self.session.target.plan.orders is not None:
            return self.session.next_order()
        if self._catalogue is None:
            headers = self.session.target.bearer(PARTNER)
            self._catalogue = Catalogue.read(lambda path: self.call("GET", path, "catalogue", headers).json())
        return self._catalogue.basket(self._draw)


def _page(path: str, cursor: str | None) -> str:
    return f"{path}?limit={_PAGE}" + ("" if cursor is None else f"&cursor={cursor}")
