"""What a core's metrics tell when all its systems are away and what it is sent can't be read."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from sandbox.core.model.order import Order, OrderLine
from sandbox.core.processes.order_counts import Standing, standing_of
from sandbox.core.processes.order_state import OrderState
from tests.sandbox.worlds.live.core_under_test import CoreUnderTest
from tests.sandbox.worlds.live.live_estate import signed

SECRET = "whsec_c2VjcmV0LW9mLXRlc3Rz"
POISON = {"type": "order.created", "timestamp_us": 1, "data": {"order": "W-1", "lines": "none"}}
HEADERS = {"webhook-id": "msg_1", "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}


async def samples_of(core: CoreUnderTest) -> dict[tuple[str, ...], float]:
    """What the core's page shows now."""
    page = await core.ask("GET", "/metrics")
    assert page.status == 200, page
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(str(page.body))
        for sample in family.samples
    }


def is_left_alone(found: dict[tuple[str, ...], float]) -> bool:
    """Whether the shop's breaker is open, and calls to it have been given up."""
    given_up = [key for key in found if key[0] == "sandbox_core_calls_given_up_total" and "commerce" in key]
    return bool(given_up) and found["sandbox_core_breaker_state", "commerce"] == 2


def test_trouble_is_told_by_system_cause_and_source_also_after_a_restart(tmp_path: Path) -> None:
    async def play(core: CoreUnderTest) -> tuple[dict[tuple[str, ...], float], dict[tuple[str, ...], float]]:
        await core.ready()
        taken = await core.line.send(signed(SECRET, "/webhooks/commerce", HEADERS, POISON))
        assert taken.status == 200
        async with asyncio.timeout(30):
            # Two failures open the breaker of a core that has just started: nothing need be given up by then.
            while not is_left_alone(found := await samples_of(core)):
                await asyncio.sleep(0.1)
        await core.stop()
        await core.ready()
        return found, await samples_of(core)

    async def run() -> Any:
        clock = {"wall_us": time.time_ns() // 1000, "now_us": 1_321_261_200_000_000, "speed": 200}
        core = CoreUnderTest(tmp_path, None, clock=clock)
        try:
            return await play(core)
        finally:
            await core.close()

    found, after = asyncio.run(run())
    assert found["sandbox_core_breaker_opened_total", "commerce"] >= 1
    assert found["sandbox_core_retries_total", "commerce"] >= 1
    assert found["sandbox_core_calls_total", "GET", "none", "commerce"] >= 2
    for told in (found, after):
        assert told["sandbox_core_dead_letters", "commerce"] == 1
        assert told["sandbox_core_exceptions_open", "unreadable-order"] == 1
        assert told["sandbox_core_exceptions_total", "unreadable-order"] == 1
    assert ("sandbox_core_webhooks_total", "200", "commerce", "order.created") in found
    assert ("sandbox_core_webhooks_total", "200", "commerce", "order.created") not in after, "since the start"


def test_orders_are_stuck_while_somebody_has_to_see_to_them() -> None:
    def state(saga: str, milestone: str | None, exception: str | None) -> OrderState:
        order = Order(saga, 1, None, "card", "GBP", {}, (OrderLine(1, "A", 1, 100),), 100, None)
        return OrderState(saga, order, 0, milestone=milestone, exception=exception)

    states = [state("W-1", None, None), state("W-2", "accepted", "EXC-1"), state("W-3", "accepted", None)]
    assert standing_of(states) == Standing({"received": 1, "accepted": 2}, 1)
