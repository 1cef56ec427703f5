"""Shoppers: they place the demand's orders at the shop, come back when it is closed, and change their minds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from mock_systems.kit.physics import Process, call_after
from mock_systems.kit.wire import Answer, Reply, Request
from sandbox.demand import DemandChange, DemandOrder
from sandbox.runs.returning import COMES_BACK_AFTER_US, ReturningShoppers
from sandbox.worlds.virtual.kernel import Kernel

_HEADERS: Final = {"authorization": "Bearer shopper-commerce"}


class Shoppers:
    """Places orders through `exchange`, the shop's door.

    A shopper who gets no answer or a server error comes back four times within an hour and a half, with the same
    reference, so that an order whose confirmation got lost is not placed twice. `placed` counts those who got an
    answer, `lost` those who gave up. Who wants a change asks for it in the same way, once the order is confirmed;
    `asked` counts the answers. `of_today` gives an order the prices that its shopper sees. What is given back is up to
    `returning`.
    """

    def __init__(
        self,
        orders: Sequence[DemandOrder],
        kernel: Kernel,
        exchange: Callable[[Request, int], Answer],
        of_today: Callable[[DemandOrder], DemandOrder] | None = None,
    ):
        self._orders = orders
        self._kernel = kernel
        self._exchange = exchange
        self._of_today = of_today
        self.offered = 0
        self.placed = 0
        self.lost = 0
        self.asked = 0
        self.returning = ReturningShoppers(kernel, self._send)

    def start(self) -> None:
        """Begin; call once, before the clock runs."""
        self._kernel.process(self._arrive())

    def _arrive(self) -> Process:
        for order in self._orders:
            if order.at_us > self._kernel.now:
                yield self._kernel.timeout(order.at_us - self._kernel.now)
            self.offered += 1
            self._place(order, 0)

    def _place(self, order: DemandOrder, attempt: int) -> None:
        seen = order if self._of_today is None else self._of_today(order)
        reply = self._send("/orders", seen.as_request())
        if reply is not None:
            self.placed += 1
            if order.change is not None and reply.status < 300:
                self._think_again(order.change, reply.body)
            if reply.status < 300:
                for wanted in order.returns:
                    self.returning.expect(wanted, reply.body)
        elif attempt < len(COMES_BACK_AFTER_US):
            call_after(self._kernel, COMES_BACK_AFTER_US[attempt], lambda: self._place(order, attempt + 1))
        else:
            self.lost += 1

    def _think_again(self, change: DemandChange, placed: dict[str, Any]) -> None:
        place, body = change.as_request(placed)
        path = f"/orders/{placed['order']}/{place}"
        call_after(self._kernel, change.after_us, lambda: self._ask(path, body, 0))

    def _ask(self, path: str, body: dict[str, Any], attempt: int) -> None:
        if self._send(path, body) is not None:
            self.asked += 1
        elif attempt < len(COMES_BACK_AFTER_US):
            call_after(self._kernel, COMES_BACK_AFTER_US[attempt], lambda: self._ask(path, body, attempt + 1))

    def _send(self, path: str, body: dict[str, Any]) -> Reply | None:
        """The shop's answer; None where it gave none, or none that means anything."""
        reply = self._exchange(Request("POST", path, {}, dict(_HEADERS), body), self._kernel.now).reply
        if reply is None or reply.status >= 500 or reply.status == 429 or isinstance(reply.body, str):
            return None  # a text is what is left of a page that broke on its way
        return reply
