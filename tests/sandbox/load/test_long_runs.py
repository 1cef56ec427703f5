"""What is demanded of the two long loaded runs."""

from __future__ import annotations

from typing import Any

from tests.campaign.load import CHECKS
from tests.sandbox.load.loaded import loaded_result, part

KILLS = [(1.0, f"kill -9 of {name}") for name in (*["core"] * 10, "nats", "postgres")]


def told(**changes: Any) -> dict[str, Any]:
    orders = loaded_result().orders.model_copy(update={"accepted": 5200})
    result = loaded_result(**{"orders": orders, "events": KILLS, "minutes": 20.0, "parts": [part("core")], **changes})
    return {**result.model_dump(mode="json"), "verdicts": {"I1": "pass", "I10": "unknown"}}


def test_five_thousand_orders_and_every_kill_and_nothing_lost() -> None:
    assert CHECKS["kills"](told()) == []
    lost = loaded_result().orders.model_copy(update={"accepted": 4999, "lost": 1})
    assert CHECKS["kills"](told(orders=lost)) == ["only 4999 orders", "1 lost"]
    assert CHECKS["kills"](told(events=KILLS[1:])) == ["core was not killed 10 times"]
    assert CHECKS["kills"]({**told(), "verdicts": {"I4": "violated"}}) == ["I4 violated"]


def test_memory_is_flat_but_for_books() -> None:
    flat, growing = part("core", growth_bytes_per_hour=1e6, growth_share=0.01), part("core", growth_share=0.2)
    assert CHECKS["soak"](told(parts=[flat, part("machine", growth_bytes_per_hour=9e9)])) == []
    assert CHECKS["soak"](told(parts=[growing])) == ["core grew by 9.0 MB, 20.0%"]
    assert CHECKS["soak"](told(parts=[part("erp", growth_bytes_per_hour=200e6)])) == []
    assert CHECKS["soak"](told(parts=[part("erp", growth_bytes_per_hour=800e6)])) == ["erp grew by 51.3 kB an order"]
    assert CHECKS["soak"](told(parts=[part("core", growth_bytes_per_hour=None)])) == ["core was restarted"]
