"""Shoppers who give something back: they ask the shop for a return, and wait where nothing has left yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mock_systems.kit.physics import DAY, HOUR, MINUTE, call_after
from mock_systems.kit.wire import Reply
from sandbox.demand import DemandReturn
from sandbox.worlds.virtual.kernel import Kernel

COMES_BACK_AFTER_US: Final = (MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE)
LOOKS_AGAIN_AFTER_US: Final = 6 * HOUR
WAITS_MOST_US: Final = 30 * DAY

Send = Callable[[str, dict[str, Any]], "Reply | None"]


class ReturningShoppers:
    """Asks through `send`, which gives the shop's answer, or None where it gave none that means anything.

    Who hears that nothing has left yet asks again every six hours, for a month; who hears that less has left than
    they want to give back asks for that. `asked` counts the returns that were granted, `waited` the shoppers who asked
    too early, `turned_down` those who gave up.
    """

    def __init__(self, kernel: Kernel, send: Send) -> None:
        self._kernel = kernel
        self._send = send
        self.asked = 0
        self.waited = 0
        self.turned_down = 0

    def expect(self, wanted: DemandReturn, placed: Mapping[str, Any]) -> None:
        """The order was placed; `placed` is as the shop showed it."""
        path, body = return_request(wanted, placed)
        now_us = int(self._kernel.now)
        delay_us = max(0, wanted.at_us - now_us)
        until_us = now_us + delay_us + WAITS_MOST_US
        call_after(self._kernel, delay_us, lambda: self._ask(path, body, 0, until_us, waits=False))

    def _ask(self, path: str, body: dict[str, Any], attempt: int, until_us: int, *, waits: bool) -> None:
        reply = self._send(path, body)
        if reply is None:
            if attempt < len(COMES_BACK_AFTER_US):
                delay_us = COMES_BACK_AFTER_US[attempt]
                call_after(self._kernel, delay_us, lambda: self._ask(path, body, attempt + 1, until_us, waits=waits))
            else:
                self.turned_down += 1
        elif reply.status < 300:
            self.asked += 1
        else:
            self._hear_no(reply, path, body, until_us, waits=waits)

    def _hear_no(self, reply: Reply, path: str, body: dict[str, Any], until_us: int, *, waits: bool) -> None:
        if waits_for_shipment(reply) and int(self._kernel.now) < until_us:
            self.waited += not waits
            call_after(self._kernel, LOOKS_AGAIN_AFTER_US, lambda: self._ask(path, body, 0, until_us, waits=True))
        elif (less := asked_for_less(reply, body)) is not None:
            self._ask(path, less, 0, until_us, waits=waits)
        else:
            self.turned_down += 1


def return_request(wanted: DemandReturn, placed: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Path and body of the request for a return; `placed` is the order as the shop showed it."""
    lines = [
        {"line": placed["lines"][at]["line"], "quantity": quantity}
        for at, quantity in wanted.lines
        if at < len(placed["lines"])
    ]
    body = {"reference": wanted.reference, "lines": lines, "reason": wanted.reason}
    return f"/orders/{placed['order']}/returns", body


def waits_for_shipment(reply: Reply) -> bool:
    """Whether the shop said no because nothing has left yet."""
    return _code(reply) == "not-shipped"


def asked_for_less(reply: Reply, body: dict[str, Any]) -> dict[str, Any] | None:
    """The request for what may come back, where the shop said no because less has left than `body` asks for."""
    less = _at_most(body["lines"], reply.body.get("returnable", ()))
    if _code(reply) == "more-than-shipped" and less and less != body["lines"]:
        return {**body, "lines": less}
    return None


def _code(reply: Reply) -> str:
    return str(reply.body["type"]).rpartition(":")[2]


def _at_most(lines: list[dict[str, int]], returnable: Any) -> list[dict[str, int]]:
    """The lines as far as they may come back."""
    left = {row["line"]: row["quantity"] for row in returnable}
    kept = [{"line": x["line"], "quantity": min(x["quantity"], left.get(x["line"], 0))} for x in lines]
    return [line for line in kept if line["quantity"]]
