"""A landscape of real processes that is judged while it is up: books read in order, through crashes, to a verdict."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from mock_systems.kit.ledger import Fact
from sandbox.oracle.context import Context
from sandbox.oracle.verdict import Outcome
from sandbox.runs.judged_landscape import JudgedLandscape, LandscapeBroken, judged_landscape
from sandbox.runs.judges import Judges
from sandbox.worlds.live import live_tokens
from sandbox.worlds.live.ledgers import LedgerTail, Reading
from sandbox.worlds.live.supervisor import Supervisor
from tests.sandbox.runs.live_runs import small_landscape
from tests.sandbox.runs.small_runs import small_scenario

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
START_US = 1_321_261_200_000_000  # Monday, 14 November 2011, 09:00 UTC


async def place(up: JudgedLandscape, http: httpx.AsyncClient, count: int, first: int = 0) -> None:
    """So many shoppers buy something."""
    landscape = up.landscape
    (shop,) = [system for system in landscape.systems if system.name == "commerce"]
    shopper = {"authorization": f"Bearer {landscape.tokens[live_tokens.SHOPPER]}"}
    item = shop.file.opening.items[0]
    for number in range(first, first + count):
        basket = {
            "reference": f"R-{number}",
            "customer": None,
            "payment": "card",
            "currency": "GBP",
            "ship_to": {"name": "Ada", "country": "GB", "postcode": "LS1 1AA"},
            "lines": [{"sku": item.sku, "quantity": 1, "price_minor": item.price_minor}],
        }
        reply = await http.post(f"{shop.url}/orders", json=basket, headers=shopper)
        assert reply.status_code == 201, reply.text


@pytest.mark.campaign
def test_orders_are_judged_though_the_core_and_a_system_are_killed(tmp_path: Path) -> None:
    told: list[str] = []
    facts: list[Fact] = []

    async def run() -> None:
        scenario = small_scenario(tmp_path)
        landscape = small_landscape(scenario, tmp_path / "live", speed=1000.0, start_us=START_US)
        judges = Judges(Context(), 8 * 60 * MINUTE_US)
        judges.listeners.append(facts.append)
        async with (
            judged_landscape(landscape, judges, lambda *said: told.append(" ".join(said[:2])), timeouts_us={}) as up,
            httpx.AsyncClient(trust_env=False) as http,
        ):
            assert not facts
            await up.until(START_US + MINUTE_US)
            await place(up, http, 3)
            assert up.core.crash("core", 0.2)
            assert up.systems.crash("wms", 0.2)
            while len([fact for fact in facts if fact.kind == "label.bought"]) < 3:
                await up.until(up.now_us() + MINUTE_US)
            end_us = up.now_us()
            verdicts = await up.close(end_us)
            assert not [verdict.id for verdict in verdicts if verdict.verdict is Outcome.VIOLATED]
            assert up.tail.heard_until_us >= end_us
            assert (await up.statuses())["commerce"].by_operation["placeOrder"] == 3

    asyncio.run(asyncio.wait_for(run(), 60))
    assert judged_in_order(facts)
    assert {"core crashed", "wms crashed"} <= set(told)
    assert not {"core died", "wms died"} & set(told)


def judged_in_order(facts: list[Fact]) -> bool:
    """Whether times never go back, and each system's facts came one after the other, none twice."""
    times = [fact.at_us for fact in facts]
    numbers: dict[str, list[int]] = {}
    for fact in facts:
        numbers.setdefault(fact.system, []).append(fact.seq)
    assert set(numbers) >= {"commerce", "erp", "wms", "carrier"}
    return times == sorted(times) and all(seqs == list(range(1, len(seqs) + 1)) for seqs in numbers.values())


def test_whoever_waits_hears_why_it_is_broken(tmp_path: Path) -> None:
    def refuse(_: Fact) -> None:
        raise ValueError("books that nobody understands")

    class Source:
        system = "erp"

        async def read(self) -> Reading:
            return Reading([Fact(1, 1, "erp", "stock.opened", "X", None, {}, None, None)], [], 2)

    async def run() -> None:
        landscape = small_landscape(small_scenario(tmp_path), tmp_path / "live", speed=1.0)
        tail = LedgerTail([Source()])
        tail.facts.append(refuse)
        async with Supervisor((), lambda *_: None) as nobody:
            up = JudgedLandscape(landscape, Judges(Context(), MINUTE_US), tail, {}, (nobody, nobody, nobody))
            async with up.judging():
                with pytest.raises(ValueError, match="nobody understands"):
                    await up.until(up.now_us() + 60 * MINUTE_US)
            async with JudgedLandscape(landscape, up.judges, LedgerTail([]), {}, (nobody,) * 3).judging() as other:
                nobody.given_up.set()
                with pytest.raises(LandscapeBroken, match="died again and again"):
                    await other.until(up.now_us() + 60 * MINUTE_US)

    asyncio.run(asyncio.wait_for(run(), 20))
