"""A quiet day with the orders that a test writes out, and shoppers whom it has ask for changes at given times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mock_systems.kit.wire import Request
from sandbox.moments import parse_moment
from sandbox.runs.scenario import Scenario
from sandbox.worlds.virtual.world import VirtualWorld
from tests.sandbox.runs.small_runs import small_scenario

CUP, JAR = "SKU-0001", "SKU-0002"
HEADERS = {"authorization": "Bearer shopper-commerce"}
Do = tuple[str, Callable[[VirtualWorld], None]]


def quiet_day(
    folder: Path,
    *orders: dict[str, Any],
    stock: dict[str, dict[str, int]] | None = None,
    faults: Sequence[dict[str, Any]] = (),
    **blocks: Any,
) -> Scenario:
    """Only these orders, as `W-000001`, `W-000002` …; unless told otherwise 10 each of two items at two sites."""
    lying = stock or {sku: {"LDS": 10, "BHM": 10} for sku in (CUP, JAR)}
    demand = {
        "orders_per_day": 0.000001,
        "skus": 4,
        "customers": 0,
        "orders": list(orders),
        "opening": {"stock": lying},
        **blocks.pop("demand", {}),
    }
    return small_scenario(folder, faults, demand=demand, **{"phases": {"settle": "2d"}, **blocks})


def order(at: str, *lines: tuple[str, int], **more: Any) -> dict[str, Any]:
    """An order to be written out."""
    return {"at": at, "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines], **more}


def happening(*what: Do) -> Callable[[VirtualWorld], None]:
    """For `prepare`: each of these at its time."""

    def prepare(world: VirtualWorld) -> None:
        start_us = world.now_us
        for at, do in what:
            world.at(start_us + parse_moment(at), lambda do=do: do(world))  # type: ignore[misc]

    return prepare


def cancels(at: str, number: str = "W-000001", *, answers: int = 201) -> Do:
    """The shopper asks to cancel."""
    return at, lambda world: _ask(world, number, "cancellation-requests", {"reason": "changed my mind"}, answers)


def edits(at: str, *lines: tuple[int, int], number: str = "W-000001", answers: int = 201, **more: Any) -> Do:
    """The shopper asks for less of some lines."""
    body = {"lines": [{"line": line, "quantity": quantity} for line, quantity in lines], **more}
    return at, lambda world: _ask(world, number, "edits", body, answers)


def receives(at: str, site: str, sku: str, quantity: int) -> Do:
    """Goods come to a site."""

    def receive(world: VirtualWorld) -> None:
        world.systems["wms"].adjust(site, sku, quantity, "receipt")  # type: ignore[attr-defined]

    return at, receive


def crashes(at: str, down_for_us: int = 60_000_000) -> Do:
    """The core loses its power."""
    return at, lambda world: world.crash_core(down_for_us)


def _ask(world: VirtualWorld, number: str, what: str, body: dict[str, Any], answers: int) -> None:
    request = Request("POST", f"/orders/{number}/{what}", {}, dict(HEADERS), body)
    reply = world.network.hosts["commerce"].exchange(request, world.now_us).reply
    assert reply is not None
    assert reply.status == answers, reply.body
