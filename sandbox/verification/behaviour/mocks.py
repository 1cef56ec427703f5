"""Our own mock systems to be checked: each served in this process, or as a process of its own."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from mock_systems import process
from mock_systems.blueprints import Blueprint
from mock_systems.documents import empty_systems
from mock_systems.kit.live.admin import admin_app
from mock_systems.kit.live.admin_wire import ClockAnchor
from mock_systems.kit.live.input_log import Beginning
from mock_systems.kit.live.serving import Face
from mock_systems.kit.live.system_watch import SystemWatch
from mock_systems.kit.live.wall_clock import Anchor, WallClock
from mock_systems.kit.opening import Customer, Item, Opening, Site, Stock
from sandbox.errors import InputError, did_you_mean
from sandbox.runs.live_system import LiveSystemPlan
from sandbox.shipped import folders
from sandbox.worlds.live import live_tokens
from sandbox.worlds.live.core.web_server import WebServer, bind
from sandbox.worlds.live.parts.free_port import free_port
from sandbox.worlds.live.supervisor import Supervisor

MOCKS: Final = tuple(sorted(system.name for system in empty_systems()))
SPEED: Final = 10.0
"""How fast their own time runs: what comes again after five seconds comes after half of one."""
_SITE: Final = "LDS"
_SKUS: Final = ("CUP", "LAMP", "TIN")
_DRAINS_S: Final = 1.0
_OPENING: Final = Opening(
    "GBP",
    tuple(Item(sku, sku.title(), 500, 300, 200) for sku in _SKUS),
    (Customer("C-1", "Ada Ltd", "GB", "account", 30, 100_000_000),),
    (Site(_SITE, "Leeds"),),
    tuple(Stock(_SITE, sku, 1_000_000) for sku in _SKUS),
)


@dataclass(frozen=True, slots=True)
class ServedMock:
    """A mock that answers: its profile, where it is, and the tokens that open it."""

    name: str
    profile: Path
    url: str
    admin_url: str
    environment: Mapping[str, str] = field(repr=False)


@asynccontextmanager
async def served(name: str, *, apart: bool = False) -> AsyncIterator[ServedMock]:
    """Serve one for the length of the block, here, or `apart` as a process. Raises InputError for an unknown one."""
    profile = profile_of(name)
    with tempfile.TemporaryDirectory(prefix=f"sandbox-{name}-") as folder:
        plan = _plan(name, Path(folder))
        tokens = live_tokens.granted([*plan.variables, plan.file.admin_token], {})
        mock = ServedMock(name, profile, plan.url, plan.admin_url, tokens)
        if apart:
            plan.config.write_text(plan.file.model_dump_json())
            async with Supervisor([plan.part(tokens)], lambda *_: None):
                yield mock
        else:
            async with _here(plan, tokens):
                yield mock


def profile_of(name: str) -> Path:
    """Its profile: the user's own, or the one that came with the sandbox."""
    if name not in MOCKS:
        raise InputError(f"no mock system is called {name!r}", remedy=did_you_mean(name, MOCKS))
    places = [folder / "behaviour" / f"{name}.yaml" for folder in folders("contracts")]
    return next((place for place in places if place.is_file()), places[-1])


def _plan(name: str, folder: Path) -> LiveSystemPlan:
    now_us = WallClock(Anchor(0, 0)).wall_us()
    door: dict[str, Any] = {"system": name}
    if name != "commerce":
        door["webhooks"] = {"handshake": True}
    blueprint: Blueprint = TypeAdapter(Blueprint).validate_python(door)
    tokens = {live_tokens.integration_token(name): frozenset(("integration",))}
    if name == "commerce":
        tokens[live_tokens.SHOPPER] = frozenset(("shopper",))
    ports = [free_port() for _ in range(2)]
    file = process.ProcessFile(
        blueprint=blueprint,
        folder=folder / name,
        port=ports[0],
        admin_port=ports[1],
        clock=ClockAnchor(wall_us=now_us, now_us=now_us, speed=SPEED),
        opening=_OPENING,
        tokens=tokens,
        admin_token=live_tokens.ADMIN,
        webhook_secret=live_tokens.webhook_secret(name),
        ends_with_stdin=True,
    )
    return LiveSystemPlan(file, folder / f"{name}.json", folder / f"{name}.log")


@asynccontextmanager
async def _here(plan: LiveSystemPlan, tokens: Mapping[str, str]) -> AsyncIterator[None]:
    file = plan.file
    live = process.live_system(file, tokens, tokens[file.admin_token])
    # It complains of each answer that a fault makes break off.
    logging.getLogger("uvicorn").addHandler(logging.NullHandler())
    face, watch = Face(live), SystemWatch(live, None, None)
    admin = admin_app(live, tokens[file.admin_token], watch.metrics)
    await live.start(Beginning(seed=file.seed, start_us=live.clock.anchor.now_us, opening=file.opening))
    ports = ((face, file.port), (admin, file.admin_port))
    servers = [(WebServer(app, _DRAINS_S), bind(process.LOOPBACK, port)) for app, port in ports]
    # No task group: it would wrap what is raised inside the block.
    serving = [asyncio.create_task(server.serve(sockets=[bound]), name="serves a mock") for server, bound in servers]
    try:
        while not all(server.started for server, _ in servers):
            await asyncio.sleep(0.01)
        yield
    finally:
        for server, _ in servers:
            server.should_exit = True
        await asyncio.gather(*serving)
        await live.close()
