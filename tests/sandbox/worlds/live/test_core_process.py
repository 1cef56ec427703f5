"""The core as a real process: it works, is told to stop, is killed, and goes on."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.worlds.live.core_under_test import OWN_TOKEN, CoreUnderTest, eventually
from tests.sandbox.worlds.live.live_estate import LiveEstate
from tests.sandbox.worlds.ports.store_arms import emptied

SPEED = 20
Play = Callable[[CoreUnderTest, LiveEstate], Awaitable[None]]


def played(folder: Path, play: Play, speed: float = SPEED, **settings: Any) -> CoreUnderTest:
    async def run() -> CoreUnderTest:
        async with LiveEstate(speed).running() as estate:
            core = CoreUnderTest(folder, estate, **settings)
            try:
                await play(core, estate)
            finally:
                await core.close()
            return core

    return asyncio.run(run())


def alone(folder: Path, **settings: Any) -> tuple[int, str]:
    async def run() -> tuple[int, str]:
        core = CoreUnderTest(folder, None, **settings)
        await core.start()
        try:
            return await core.ended()
        finally:
            await core.close()

    return asyncio.run(run())


@pytest.mark.parametrize("speed", [1, SPEED])
def test_an_order_goes_from_the_shop_to_the_warehouse_and_the_core_stops_in_order(tmp_path: Path, speed: float) -> None:
    async def play(core: CoreUnderTest, estate: LiveEstate) -> None:
        await core.ready()
        (order,) = estate.place(1)
        await eventually("the warehouse has it", lambda: order in estate.facts("wms", "outbound.received"))
        shown = await core.ask("GET", f"/orders/{order}")
        assert (shown.status, shown.body["order"]["order"]) == (200, order)
        assert (await core.ask("GET", f"/orders/{order}", token="wrong")).status == 401
        assert (await core.stop())[0] == 0

    core = played(tmp_path, play, speed)
    kinds = [line["kind"] for line in core.log()]
    assert kinds[0] == "core.started"
    assert kinds[-1] == "core.stopped"
    text = core.log_file.read_text()
    for secret in (OWN_TOKEN, "core-erp", core.environment["SANDBOX_WEBHOOK_SECRET_ERP"]):
        assert secret not in text


@pytest.mark.parametrize("stack", ["SQLite and a file", "PostgreSQL and NATS"])
def test_a_core_that_is_killed_goes_on_from_its_journal_and_does_nothing_twice(
    tmp_path: Path, stack: str, request: pytest.FixtureRequest
) -> None:
    servers = {}
    if stack == "PostgreSQL and NATS":
        servers = {
            "store": request.getfixturevalue("postgres").url,
            "bus": request.getfixturevalue("nats_url"),
            "stream": "killed",
        }
        asyncio.run(emptied(servers["store"]))
    # What was under way at the crash is looked up when the systems can no longer carry it out: 25 s, not 7 minutes.
    design = tmp_path / "quick_looks.yaml"
    design.write_text("{name: quick looks, calls: {default: {late_commit_bound: 20s, staleness: 5s}}}")

    async def play(core: CoreUnderTest, estate: LiveEstate) -> None:
        await core.ready()
        orders = estate.place(8)
        await eventually("some are with the ERP", lambda: len(estate.facts("erp", "sales_order.created")) >= 3)
        assert (await core.stop(signal.SIGKILL))[0] == -signal.SIGKILL
        assert len(estate.facts("wms", "outbound.received")) < len(orders), "it was killed too late to prove anything"
        await core.ready()
        await eventually("all are there", lambda: set(orders) <= set(estate.facts("wms", "outbound.received")))
        assert sorted(estate.facts("erp", "sales_order.created")) == sorted(orders), "once for each order"
        received = [fact for fact in estate.systems["wms"].ledger.facts if fact.kind == "outbound.received"]
        parts = [(fact.order, fact.data["site"]) for fact in received]
        assert len(parts) == len(set(parts)), "once for each site that sends something"
        assert (await core.stop())[0] == 0

    starts = [
        line for line in played(tmp_path, play, design=str(design), **servers).log() if line["kind"] == "core.started"
    ]
    assert len(starts) == 2


def test_what_came_in_before_the_crash_is_known_after_it_without_the_systems(tmp_path: Path) -> None:
    async def play(core: CoreUnderTest, estate: LiveEstate) -> None:
        await core.ready()
        (order,) = estate.place(1)
        await eventually("the ERP has it", lambda: order in estate.facts("erp", "sales_order.created"))
        await core.stop(signal.SIGKILL)
        core.settings["systems"] = {name: {"url": "http://127.0.0.1:9"} for name in estate.systems}
        await core.ready()
        shown = await core.ask("GET", f"/orders/{order}")
        assert shown.status == 200
        assert not shown.body["done"]

    core = played(tmp_path, play)
    refused = [line for line in core.log() if line["kind"] == "call.refused"]
    assert refused
    assert refused[0]["level"] == "warning"


def test_a_second_core_waits_until_the_first_is_gone_and_then_takes_over(tmp_path: Path) -> None:
    design = tmp_path / "short_leases.yaml"
    design.write_text("{name: short leases, workers: {lease: 20s}}")

    async def play(core: CoreUnderTest, estate: LiveEstate) -> None:
        await core.ready()
        other = CoreUnderTest(tmp_path / "other", None, **{**core.settings, "instance": "core-2"})
        other.folder.mkdir()
        other.settings.update(port=other.port, bus=f"file:{other.folder}/bus.jsonl")
        other.environment.update(core.environment)
        try:
            await other.start()
            await eventually(
                "it serves", lambda: other.log_file.exists() and "core.started" in other.log_file.read_text()
            )
            await asyncio.sleep(0.3)
            waiting = await other.ask("GET", "/ready")
            assert (waiting.status, waiting.body["detail"]) == (503, "the core recovers, or waits for its leases")
            assert (await other.ask("GET", "/health")).status == 200
            await core.stop(signal.SIGKILL)
            await until_ready(other)
        finally:
            await other.close()

    played(tmp_path, play, design=str(design))


async def until_ready(core: CoreUnderTest) -> None:
    async with asyncio.timeout(30):
        while (await core.ask("GET", "/ready")).status != 200:
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"store": "postgresql://core:hush-hush@127.0.0.1:1/core"}, "store: the database does not answer"),
        ({"store": "oracle://x"}, "store: "),
        ({"bus": "nats://127.0.0.1:1", "clock": {"speed": SPEED}}, "127.0.0.1:1"),
        ({"bus": "kafka:x"}, "kafka: is no bus"),
    ],
    ids=lambda value: next(iter(value.values())) if isinstance(value, dict) else None,
)
def test_what_is_not_there_at_the_start_is_a_clear_error(tmp_path: Path, settings: dict[str, Any], told: str) -> None:
    status, said = alone(tmp_path, **settings)
    assert status == 2
    assert told in said
    whole = (tmp_path / "core.log").read_text()
    assert "Traceback" not in whole
    assert "hush-hush" not in whole


def test_a_core_ends_with_who_started_it(tmp_path: Path) -> None:
    async def play(core: CoreUnderTest, estate: LiveEstate) -> None:
        await core.ready()
        assert core.process is not None
        assert core.process.stdin is not None
        core.process.stdin.close()
        assert (await core.ended())[0] == 0

    played(tmp_path, play, ends_with_stdin=True)


def test_the_core_asks_for_webhooks_at_the_url_where_it_is_reached(tmp_path: Path) -> None:
    design = tmp_path / "watchful.yaml"
    design.write_text("{name: watchful, intake: {subscriptions_every: 5s}}")

    async def play(core: CoreUnderTest, estate: LiveEstate) -> None:
        await core.ready()
        url = f"http://127.0.0.1:{core.port}/webhooks/erp"

        def confirmed() -> bool:
            subscriptions = estate.systems["erp"].webhooks.subscriptions.values()
            return any(one.url == url and one.topics and one.token is None for one in subscriptions)

        await eventually("the ERP sends there", confirmed)

    played(tmp_path, play, design=str(design))
