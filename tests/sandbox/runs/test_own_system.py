"""A system of one's own in the place of a mock: faults before it, its books from its API, and the same verdicts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_systems.blueprints import ErpBlueprint
from mock_systems.kit.door import DoorConfig
from mock_systems.kit.faults import CallFault
from mock_systems.kit.ledger import Fact
from mock_systems.kit.streams import Streams
from sandbox.core.design import Design
from sandbox.errors import InputError
from sandbox.oracle.context import Context
from sandbox.oracle.oracle import Oracle
from sandbox.oracle.verdict import Verdict
from sandbox.runs.judged_landscape import JudgedLandscape, judged_landscape
from sandbox.runs.judges import Judges
from sandbox.runs.live_foreign import foreign_systems
from sandbox.runs.scenario import Scenario
from tests.mock_systems.live.served import SECRET, Served, serving
from tests.sandbox.runs.live_runs import small_landscape
from tests.sandbox.runs.small_runs import small_scenario
from tests.sandbox.runs.test_judged_landscape import MINUTE_US, START_US, place

SECRETS = {"SANDBOX_TOKEN_ERP": "core", "SANDBOX_WEBHOOK_SECRET_ERP": SECRET}
WITHOUT_KEYS = replace(Design("without_keys"), safety=replace(Design("x").safety, idempotency_keys=False))


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small_scenario(tmp_path)


@pytest.fixture
def erp(scenario: Scenario, tmp_path: Path) -> Iterator[Served]:
    """An ERP that somebody else has up, by the wall's clock, with the scenario's balances."""
    opening = scenario.base_demand(Streams(scenario.seed)).opening
    with serving(tmp_path, ErpBlueprint(door=DoorConfig(service_ms=1, service_sigma=0)), opening) as served:
        yield served


def outcomes(verdicts: Sequence[Verdict]) -> Mapping[str, str]:
    return {verdict.id: verdict.verdict.value for verdict in verdicts}


def by_its_own_ledger(up: JudgedLandscape, heard: list[Fact], erp: Served, end_us: int) -> Mapping[str, str]:
    """The verdicts by what the ERP itself has written down, in the landscape's time."""
    own = [
        Fact(**{**fact, "at_us": max(START_US, up.clock.at(fact["at_us"]))})
        for fact in erp.facts()
        if up.clock.at(fact["at_us"]) < end_us
    ]
    oracle = Oracle(Context())
    for fact in sorted([*(fact for fact in heard if fact.system != "erp"), *own], key=lambda fact: fact.at_us):
        oracle.observe(fact)
    return outcomes(oracle.close(end_us))


@pytest.mark.parametrize("until", ["outbound.received", pytest.param("invoice.posted", marks=pytest.mark.campaign)])
def test_an_erp_of_ones_own_is_struck_and_judged_as_the_mock_would_be(
    until: str, scenario: Scenario, erp: Served, tmp_path: Path
) -> None:
    file = tmp_path / "our_erp.yaml"
    file.write_text(f"url: {erp.url}\nfacts: erp\nread_every: 100ms\n")
    foreign = foreign_systems([f"erp={file}"], SECRETS)
    landscape = small_landscape(
        scenario, tmp_path / "live", speed=1000.0, start_us=START_US, design=WITHOUT_KEYS, foreign=foreign
    )
    assert "core" not in (str(landscape.told()), repr(foreign)), "no token is told"
    heard: list[Fact] = []

    async def run() -> tuple[Mapping[str, str], Mapping[str, str]]:
        judges = Judges(Context(), 8 * 60 * MINUTE_US)
        judges.listeners.append(heard.append)
        async with (
            judged_landscape(landscape, judges, lambda *_: None, timeouts_us={}) as up,
            httpx.AsyncClient(trust_env=False) as http,
        ):
            await up.admin["erp"].arm([CallFault(id="F1", kind="duplicate", operation="createSalesOrder", share=0.7)])
            await up.until(START_US + MINUTE_US)
            await place(up, http, 4)
            while len({fact.order for fact in heard if fact.kind == until}) < 4:
                await up.until(up.now_us() + MINUTE_US)
            assert (await up.admin["erp"].faults()).applied["F1"] > 0
            status = await up.admin["erp"].status()
            assert status.calls > 8
            end_us = up.now_us()
            judged = outcomes(await up.close(end_us))
            return judged, by_its_own_ledger(up, heard, erp, end_us)

    judged, own = asyncio.run(asyncio.wait_for(run(), 60))
    assert judged["I2"] == "violated", "the ERP took an order twice, and its API shows it"
    assert {name: told for name, told in judged.items() if name not in ("I15", "I16")} == {
        name: told for name, told in own.items() if name not in ("I15", "I16")
    }
    stock = next(fact for fact in heard if fact.kind == "stock.opened" and fact.system == "erp")
    assert stock.at_us == START_US


def test_without_its_books_what_needs_them_is_unknown(scenario: Scenario, tmp_path: Path) -> None:
    from sandbox.runs.live_run import LiveRun
    from sandbox.runs.live_settings import LiveSettings

    foreign = foreign_systems(["wms=https://wms.example.com/api"], {"SANDBOX_TOKEN_WMS": "secret"})
    run = LiveRun(scenario, 1, tmp_path, LiveSettings(speed=10.0, foreign=foreign))
    verdicts = {verdict.id: verdict for verdict in run.judges.close(run.end_us)}
    assert verdicts["I3"].unknown == ("the ledger of wms was not heard",)
    assert verdicts["I2"].unknown == ("no sales order was created",)
    (proxy,) = [system for system in run.landscape(8100).systems if system.name == "wms"]
    assert proxy.told()["stands_before"] == "https://wms.example.com/api"


@pytest.mark.parametrize(
    ("asked", "environment", "told"),
    [
        ("erp", SECRETS, "write erp=https"),
        ("epr=https://x", SECRETS, "did you mean 'erp'"),
        ("commerce=https://x", SECRETS, "can't be replaced"),
        ("erp=https://user:pass@x", SECRETS, "no password"),
        ("erp=missing.yaml", SECRETS, "missing.yaml: cannot be read"),
        ("erp=https://x", {}, "SANDBOX_TOKEN_ERP is not in the environment"),
    ],
)
def test_what_cannot_be_meant_is_said_before_anything_starts(
    asked: str, environment: dict[str, str], told: str
) -> None:
    with pytest.raises(InputError) as refused:
        foreign_systems([asked], environment)
    assert told in str(refused.value)


def test_faults_that_cannot_come_before_it_are_named(tmp_path: Path) -> None:
    from sandbox.runs.live_run import LiveRun
    from sandbox.runs.live_settings import LiveSettings

    foreign = foreign_systems(["erp=https://erp.example.com"], SECRETS)
    lost: dict[str, Any] = {"system": "erp", "topic": "sales_order.released", "at": "9:00", "for": "1h"}
    indexed: dict[str, Any] = {"system": "erp", "by": "10m", "at": "9:00", "for": "1h"}
    for fault in ({"webhook_lost": lost}, {"late_index": indexed}):
        scenario = small_scenario(tmp_path, [fault])
        with pytest.raises(InputError, match="your erp"):
            LiveRun(scenario, 1, tmp_path, LiveSettings(speed=10.0, foreign=foreign))
        run = LiveRun(scenario, 1, tmp_path, LiveSettings(speed=10.0, foreign=foreign, leave_out=True))
        assert list(run.left_out) == ["F1"]
