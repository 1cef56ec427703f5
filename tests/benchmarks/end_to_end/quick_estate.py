"""Five live systems without people's and trucks' time, orders placed in them, and what became of those."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from pydantic import TypeAdapter

from mock_systems.hand_overs import RECEIVERS
from mock_systems.kit.opening import Item, Opening, Site, Stock
from sandbox.runs.landscape import default_landscape
from tests.benchmarks.end_to_end.quick_system import EVERY_US
from tests.benchmarks.server_process import free_port, running

WEBHOOK_SECRET = "whsec_YmVuY2htYXJrcyBuZWVkIG5vIHNlY3JldHM="
TOKEN, SHOPPER, ADMIN = "bench-token", "bench-shopper", "bench-admin"
_AT_ONCE = 16
_ITEMS = 50
_SETTLES_WITHIN_S = 120.0
_SETTINGS: dict[str, dict[str, Any]] = {
    "wms": {
        "floor": {
            "wave_every_us": EVERY_US,
            "pick_order_us": 0,
            "pick_line_us": 0,
            "pick_unit_us": 0,
            "pack_order_us": 0,
            "pack_line_us": 0,
        }
    }
}


@dataclass(frozen=True)
class QuickEstate:
    """`urls` and `admin_urls` by system."""

    urls: dict[str, str]
    admin_urls: dict[str, str]

    def orders_a_second(self, orders: int, before: int) -> float:
        """Place so many, after `before` others, and wait until all are paid for. Raises TimeoutError."""
        return asyncio.run(self._measured(orders, before))

    async def _measured(self, orders: int, before: int) -> float:
        async with aiohttp.ClientSession() as http:
            began_s = time.perf_counter()
            numbers = iter(range(before, before + orders))
            await asyncio.gather(*(self._place(http, numbers) for _ in range(_AT_ONCE)))
            while (paid := await self._paid(http)) < before + orders:
                if time.perf_counter() - began_s > _SETTLES_WITHIN_S:
                    raise TimeoutError(f"{paid} of {before + orders} orders in {_SETTLES_WITHIN_S:.0f} s")
                await asyncio.sleep(0.1)
            return orders / (time.perf_counter() - began_s)

    async def _place(self, http: aiohttp.ClientSession, numbers: Iterator[int]) -> None:
        for number in numbers:
            headers = {"authorization": f"Bearer {SHOPPER}"}
            async with http.post(f"{self.urls['commerce']}/orders", json=_basket(number), headers=headers) as reply:
                if reply.status != 201:
                    raise RuntimeError(await reply.text())

    async def _paid(self, http: aiohttp.ClientSession) -> int:
        headers = {"authorization": f"Bearer {ADMIN}"}
        async with http.get(f"{self.admin_urls['erp']}/metrics", headers=headers) as reply:
            page = await reply.text()
        found = [
            line for line in page.splitlines() if line.startswith('sandbox_system_facts_total{kind="payment.posted')
        ]
        return int(float(found[0].rpartition(" ")[2])) if found else 0


@contextmanager
def quick_estate(place: Path, webhooks_to: str) -> Iterator[QuickEstate]:
    """All five as processes, which send their webhooks to `webhooks_to`/webhooks/SYSTEM."""
    systems = {name: (free_port(), free_port()) for name in default_landscape()}
    urls = {name: f"http://127.0.0.1:{port}" for name, (port, _) in systems.items()}
    admin_urls = {name: f"http://127.0.0.1:{port}" for name, (_, port) in systems.items()}
    secrets = {"BENCH_TOKEN": TOKEN, "BENCH_SHOPPER": SHOPPER, "BENCH_ADMIN": ADMIN, "BENCH_WEBHOOKS": WEBHOOK_SECRET}
    with ExitStack() as stack:
        for name, (port, admin_port) in systems.items():
            topics = list(default_landscape()[name].topics)
            wanted = {
                "blueprint": {"system": name, "door": {"service_ms": 0, "service_sigma": 0}, **_SETTINGS.get(name, {})},
                "folder": str(place / name),
                "port": port,
                "admin_port": admin_port,
                "opening": TypeAdapter(Opening).dump_python(_opening(), mode="json"),
                "tokens": {"BENCH_TOKEN": ["integration"], "BENCH_SHOPPER": ["shopper"]},
                "admin_token": "BENCH_ADMIN",
                "webhook_secret": "BENCH_WEBHOOKS",
                "subscriptions": [{"url": f"{webhooks_to}/webhooks/{name}", "topics": topics}] if topics else [],
                "receivers": {kind: admin_urls[who] for kind, who in RECEIVERS.items()},
                "ends_with_stdin": True,
                "log_calls": False,
            }
            file = place / f"{name}.json"
            file.write_text(json.dumps(wanted))
            command = [sys.executable, "-m", "tests.benchmarks.end_to_end.quick_system", str(file)]
            stack.enter_context(running(command, port, place / f"{name}.log", secrets))
        yield QuickEstate(urls, admin_urls)


def _opening() -> Opening:
    items = tuple(Item(f"SKU-{n:03d}", f"Thing {n}", 500, 300, 200) for n in range(_ITEMS))
    site = Site("LDS", "Leeds", pickers=200, packers=200, opens_hour=0, closes_hour=24)
    return Opening("GBP", items, (), (site,), tuple(Stock("LDS", item.sku, 1_000_000) for item in items))


def _basket(number: int) -> dict[str, Any]:
    lines = [{"sku": f"SKU-{(number + n) % _ITEMS:03d}", "quantity": 1 + n, "price_minor": 500} for n in range(2)]
    return {
        "reference": f"R-{number}",
        "customer": None,
        "payment": "card",
        "currency": "GBP",
        "ship_to": {"name": "Ada", "country": "GB", "postcode": "LS1 1AA"},
        "lines": lines,
    }
