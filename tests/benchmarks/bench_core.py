"""Orders from the shop to their payment, on real processes: the core, against the same as steps of a DBOS workflow."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

from sandbox.worlds.live.parts import NatsServer, PostgresServer
from tests.benchmarks.end_to_end.quick_estate import TOKEN, WEBHOOK_SECRET, QuickEstate, quick_estate
from tests.benchmarks.missing import Missing
from tests.benchmarks.server_process import ServerProcess, free_port, running
from tests.sandbox.worlds.ports.store_arms import server_folder

ORDERS = 600
_WARM_UP = 50
_SYSTEMS = ("commerce", "erp", "wms", "carrier", "desk")
_BASELINE = "against its twelve calls as durable steps of a DBOS workflow on PostgreSQL"

Integration = Callable[[int, QuickEstate, Path], AbstractContextManager[ServerProcess]]


class Pace(NamedTuple):
    """Orders a second, and orders in a second of the integration's own processor time."""

    wall: float
    cpu: float


def rows() -> list[dict[str, Any]]:
    """For each database a row by the wall's time, and one by the processor's. Raises Missing."""
    if importlib.util.find_spec("dbos") is None:
        raise Missing("DBOS is not here: pip install 'distribution-erp-sandbox[bench]'")
    sqlite = _pace(lambda port, estate, place: _core(port, estate, place, {}))
    with server_folder() as folder:
        full, baseline = asyncio.run(_on_servers(folder))
    found = []
    for name, ours in (("SQLite", sqlite), ("PostgreSQL and NATS", full)):
        told = f"orders from the shop to their payment by the core on {name}, {_BASELINE}"
        found.append(_row(told, "1/s", ours.wall, baseline.wall))
        found.append(_row("the same, by its own process's processor time", "1/s a core", ours.cpu, baseline.cpu))
    return found


def _row(name: str, unit: str, ours: float, baseline: float) -> dict[str, Any]:
    figures = {"ours": round(ours, 1), "baseline": round(baseline, 1), "ratio": round(ours / baseline, 2)}
    return {"name": name, "unit": unit, **figures}


async def _on_servers(folder: Path) -> tuple[Pace, Pace]:
    async with PostgresServer(folder / "postgres") as postgres, NatsServer(folder / "nats") as nats:
        servers = {"store": postgres.url, "bus": nats.url}
        ours = await asyncio.to_thread(_pace, lambda port, estate, place: _core(port, estate, place, servers))
    async with PostgresServer(folder / "theirs") as postgres:
        theirs = await asyncio.to_thread(_pace, lambda port, estate, place: _durable(port, estate, place, postgres.url))
    return ours, theirs


def _pace(integration: Integration) -> Pace:
    """The pace of an integration with systems of its own."""
    port = free_port()
    with (
        tempfile.TemporaryDirectory() as place,
        quick_estate(Path(place), f"http://127.0.0.1:{port}") as estate,
        integration(port, estate, Path(place)) as server,
    ):
        estate.orders_a_second(_WARM_UP, 0)
        before_s = server.cpu_s()
        wall = estate.orders_a_second(ORDERS, _WARM_UP)
        return Pace(wall, ORDERS / (server.cpu_s() - before_s))


def _core(
    port: int, estate: QuickEstate, place: Path, servers: dict[str, str]
) -> AbstractContextManager[ServerProcess]:
    wanted = {
        "port": port,
        "systems": {name: {"url": url} for name, url in estate.urls.items()},
        "store": f"sqlite:///{place}/core.sqlite",
        "bus": f"file:{place}/core.bus",
        "ends_with_stdin": True,
        "log_calls": False,
        **servers,
    }
    file = place / "core.json"
    file.write_text(json.dumps(wanted))
    secrets = {"SANDBOX_TOKEN_CORE": TOKEN}
    for name in _SYSTEMS:
        secrets[f"SANDBOX_TOKEN_{name.upper()}"] = TOKEN
        secrets[f"SANDBOX_WEBHOOK_SECRET_{name.upper()}"] = WEBHOOK_SECRET
    command = [sys.executable, "-m", "sandbox.worlds.live.core_process", str(file)]
    return running(command, port, place / "core.log", secrets)


def _durable(port: int, estate: QuickEstate, place: Path, url: str) -> AbstractContextManager[ServerProcess]:
    module = "tests.benchmarks.end_to_end.durable_app"
    command = [sys.executable, "-m", module, str(port), url, json.dumps(estate.urls)]
    return running(command, port, place / "durable.log")


if __name__ == "__main__":
    for row in rows():
        print(f"{row['name']}: {row['ours']} {row['unit']}, baseline {row['baseline']}, ratio {row['ratio']}")
