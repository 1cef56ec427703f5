"""A live system's books read over its admin API, by a process that is killed, reset and healed on the way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from mock_systems.blueprints import CommerceBlueprint
from mock_systems.kit.faults import CallFault
from mock_systems.kit.live.admin_wire import ClockAnchor, Reset
from sandbox.worlds.live.ledgers import (
    AdminAway,
    AdminClient,
    AdminError,
    AdminSource,
    BooksRenewed,
    Reading,
    admin_http,
)
from tests.mock_systems.live.served import ADMIN_TOKEN, Served, serving
from tests.mock_systems.shop import basket, opening

T = TypeVar("T")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path, CommerceBlueprint(), opening()) as served:
        yield served


def asked(shop: Served, ask: Callable[[AdminClient], Awaitable[T]], token: str = ADMIN_TOKEN) -> T:
    async def run() -> T:
        async with admin_http() as http:
            return await ask(AdminClient("commerce", shop.admin_url, token, http))

    return asyncio.run(run())


def buy(shop: Served, reference: str) -> None:
    assert shop.call("POST", "/orders", basket(reference, CUP=1), token="shopper").status_code == 201


async def whole(source: AdminSource) -> Reading:
    reading = await source.read()
    assert reading is not None
    return reading


def test_each_fact_and_call_is_read_once_though_the_process_is_killed(shop: Served) -> None:
    async def read(admin: AdminClient) -> None:
        source = AdminSource(admin)
        first = await whole(source)
        buy(shop, "r1")
        shop.call("GET", "/orders")
        second = await whole(source)
        assert second.facts[0].seq == first.facts[-1].seq + 1
        assert "order.accepted" in [fact.kind for fact in second.facts]
        assert [call.operation for call in second.calls] == ["listOrders"]
        assert second.complete_us > second.facts[-1].at_us
        shop.kill()
        assert await source.read() is None
        shop.start()
        shop.call("GET", "/orders")
        third = await whole(source)
        assert (third.facts, [call.seq for call in third.calls]) == ([], [1])
        buy(shop, "r2")
        assert (await whole(source)).facts[0].seq == second.facts[-1].seq + 1

    asked(shop, read)


def test_books_that_begin_anew_are_not_read_on(shop: Served) -> None:
    async def read(admin: AdminClient) -> None:
        source = AdminSource(admin)
        await whole(source)
        await admin.reset(Reset(seed=9))
        with pytest.raises(BooksRenewed, match="commerce was reset or restored"):
            await source.read()
        await admin.snapshot("now")
        await admin.restore("now")
        assert (await admin.facts(0)).generation == 3

    asked(shop, read)


def test_faults_are_armed_counted_and_healed_and_the_clock_is_set(shop: Served) -> None:
    async def use(admin: AdminClient) -> None:
        await admin.arm([CallFault(id="F1", kind="error", operation="listOrders")])
        assert shop.call("GET", "/orders").status_code == 503
        assert (await admin.faults()).applied == {"F1": 1}
        await admin.heal()
        assert shop.call("GET", "/orders").status_code == 200
        ahead_us = (await admin.clock()).now_us + 3_600_000_000
        await admin.set_clock(ClockAnchor(wall_us=time.time_ns() // 1000, now_us=ahead_us, speed=2))
        status = await admin.status()
        assert (status.now_us >= ahead_us, status.speed, status.by_operation) == (True, 2, {"listOrders": 2})

    asked(shop, use)


def test_what_it_refuses_is_told_and_a_door_that_nobody_opens(shop: Served) -> None:
    with pytest.raises(AdminError, match=r"commerce: GET /status is refused \(401\): the admin API wants"):
        asked(shop, lambda admin: admin.status(), token="wrong")
    with pytest.raises(AdminError, match=r"is refused \(404\): there is no snapshot 'none'"):
        asked(shop, lambda admin: admin.restore("none"))
    shop.stop()
    with pytest.raises(AdminAway, match="commerce: its admin API does not answer"):
        asked(shop, lambda admin: admin.status())
