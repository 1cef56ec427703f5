"""Several workers of one core as real processes on PostgreSQL and NATS: one is killed, the other has its orders."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_systems.kit.ledger import Fact
from sandbox.errors import InputError
from sandbox.oracle.context import Context
from sandbox.oracle.verdict import Outcome
from sandbox.runs.judged_landscape import JudgedLandscape, judged_landscape
from sandbox.runs.judges import Judges
from sandbox.worlds.live import live_tokens
from tests.sandbox.runs.live_runs import small_landscape
from tests.sandbox.runs.small_runs import small_scenario
from tests.sandbox.runs.test_judged_landscape import MINUTE_US, START_US, place
from tests.sandbox.worlds.ports.store_arms import server_folder

WORKERS = ("core-1", "core-2")
ORDERS = 12
SPEED = 120.0


def log(folder: Path, worker: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "live" / "logs" / f"{worker}.log").read_text().splitlines()]


def taken(folder: Path, worker: str) -> list[int]:
    """The partitions that a worker took, one time after the other."""
    lines = [line for line in log(folder, worker) if line["kind"] == "partitions.taken"]
    return [partition for line in lines for partition in line["partitions"]]


def leader(folder: Path) -> str:
    (found,) = [worker for worker in WORKERS if 0 in taken(folder, worker)]
    return found


async def show_secrets_where_they_do_not_belong(up: JudgedLandscape, http: httpx.AsyncClient) -> None:
    """Each secret goes to every door but its own: none opens to it, none may write it down."""
    landscape = up.landscape
    assert landscape.core is not None
    for name, secret in landscape.tokens.items():
        shown = {"authorization": f"Bearer {secret}"}
        if name != live_tokens.CORE:
            assert (await http.post(f"{landscape.core.url}/exceptions/E/replay", headers=shown)).status_code == 401
        if name != live_tokens.ADMIN:
            assert (await http.put(f"{landscape.systems[0].admin_url}/faults", headers=shown)).status_code == 401
        if name.startswith(("SANDBOX_WEBHOOK", "SANDBOX_CLIENT", "PGPASSWORD")):
            grant = {"grant_type": "client_credentials", "client_id": "sync-core", "client_secret": f"{secret}?"}
            for system in landscape.systems:
                assert (await http.post(f"{system.url}/oauth/token", data=grant)).status_code in (400, 401)
                assert (await http.get(f"{system.url}/orders", headers=shown)).status_code in (401, 404)
        signature = {"webhook-id": "m", "webhook-timestamp": str(int(time.time())), "webhook-signature": f"v1,{secret}"}
        hook = await http.post(f"{landscape.core.url}/webhooks/erp", headers={**signature, **shown}, json={})
        assert hook.status_code == 401


def leaks(folder: Path, tokens: Mapping[str, str]) -> list[tuple[str, str]]:
    """Files of all that is left, logs, journals, books, audit trails and the servers' data, with a secret in them."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "tokens.env"]
    held = [(path, path.read_bytes()) for path in files]
    return [(str(path), name) for path, raw in held for name, secret in tokens.items() if secret.encode() in raw]


async def through(up: JudgedLandscape, facts: list[Fact], kind: str, count: int) -> None:
    while len([fact for fact in facts if fact.kind == kind]) < count:
        await up.until(up.now_us() + MINUTE_US)


def play(folder: Path, tmp_path: Path, *, kill_leader: bool, down_for_s: float, until: str) -> list[str]:
    """Orders, a worker killed among them; what was violated."""
    facts: list[Fact] = []
    scenario = small_scenario(tmp_path, systems={"wms": {"oauth": {"token_lasts": "10m"}}})
    landscape = small_landscape(
        scenario, folder / "live", speed=SPEED, start_us=START_US, stack="full", workers=len(WORKERS)
    )

    async def run() -> list[str]:
        judges = Judges(Context(), 8 * 60 * MINUTE_US)
        judges.listeners.append(facts.append)
        async with (
            judged_landscape(landscape, judges, lambda *_: None, timeouts_us={}) as up,
            httpx.AsyncClient(trust_env=False) as http,
        ):
            await up.until(START_US)
            first = leader(folder)
            second = next(worker for worker in WORKERS if worker != first)
            await place(up, http, ORDERS // 2)
            await show_secrets_where_they_do_not_belong(up, http)
            assert up.core.crash(first if kill_leader else second, down_for_s)
            await place(up, http, ORDERS // 2, first=ORDERS // 2)
            await through(up, facts, until, ORDERS)
            shown = await up.close(up.now_us())
        return [verdict.id for verdict in shown if verdict.verdict is Outcome.VIOLATED]

    violated = asyncio.run(asyncio.wait_for(run(), 90))
    assert leaks(folder, landscape.tokens) == []
    return violated


def test_orders_of_a_worker_that_is_killed_go_on_with_the_other(tmp_path: Path) -> None:
    with server_folder() as folder:
        assert play(folder, tmp_path, kill_leader=False, down_for_s=600, until="outbound.received") == []
        survivor = leader(folder)
        assert sorted(taken(folder, survivor)) == list(range(8))
        (killed,) = [worker for worker in WORKERS if worker != survivor]
        assert len(taken(folder, killed)) == 4, "both had worked"


@pytest.mark.campaign
def test_the_leader_is_killed_and_has_its_share_again_when_it_is_back(tmp_path: Path) -> None:
    with server_folder() as folder:
        assert play(folder, tmp_path, kill_leader=True, down_for_s=8, until="label.bought") == []
        assert 0 in taken(folder, "core-1")
        assert 0 in taken(folder, "core-2")
        given_back = [line for worker in WORKERS for line in log(folder, worker) if line["kind"] == "lease.released"]
        assert len(given_back) >= 4


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"workers": 2}, "several workers need a bus that they share"),
        ({"workers": 9, "stack": "full"}, "9 workers are more than the design has partitions"),
        ({"workers": 0}, "0 is no number of workers"),
    ],
)
def test_workers_that_cannot_share_are_told_before_anything_starts(
    tmp_path: Path, asked: dict[str, Any], told: str
) -> None:
    with pytest.raises(InputError, match=told) as refused:
        small_landscape(small_scenario(tmp_path), tmp_path / "live", **asked)
    assert refused.value.field == "--workers"
