"""The sync core as a target: behind its gate, after a few days of trade, with what went wrong open to replay."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from mock_systems.kit.physics import MINUTE
from mock_systems.kit.wire import Request
from sandbox.core.hub import Hub
from sandbox.core.journal.tables import EXCEPTIONS
from sandbox.core.ports import Transaction
from sandbox.runs.scenario import load_scenario
from sandbox.runs.staged_run import StagedRun
from sandbox.verification.fuzz.served_core import SIGN_THIS, ServedCore
from sandbox.verification.fuzz.target import Target, Values
from sandbox.verification.published.experience_api import experience_api
from sandbox.worlds.virtual.world import VirtualWorld

CORE: Final = "core"
_BOOKS: Final = Path(__file__).with_name("core_books.yaml")
_TOKEN: Final = "everything"
_SHOP: Final = "commerce"
_LETTERS: Final = 12
_EACH_MOST: Final = 8

_SIGNED: Final[Values] = {
    "webhook-id": tuple(f"msg-{number}" for number in range(1, 100)),
    "webhook-timestamp": ("1321444740",),
    "webhook-signature": (SIGN_THIS,),
}

Event = tuple[str, dict[str, Any]]
"""A webhook as it was sent: the system, and the body."""


def core_target(seed: int) -> Target:
    """The core after a few days of trade that the seed draws.

    Its time passes only while it answers. It lets in whoever shows the token, and believes the webhooks of whoever asks
    to have them signed.
    """
    run = StagedRun(load_scenario(_BOOKS), seed)
    world = run.raised()
    sent: list[Event] = []
    world.inbound.sent.append(lambda _, system, request: _keep(sent, system, request))
    run.begin(world)
    run.let_strike(run.faults, world, run.healed_us)
    world.run(run.demand_until_us - MINUTE)  # before what went wrong is mended
    world.inbound.sent.clear()
    assert world.core is not None
    hub = world.core.hub
    assert isinstance(hub, Hub)
    events = _one_of_each(sent)
    return Target(
        CORE,
        _with_events(experience_api(), events),
        f"http://{CORE}.test",
        app=ServedCore(world, hub, _TOKEN),
        headers={"Authorization": f"Bearer {_TOKEN}"},
        values=_known(run, world, hub),
        states={
            "receiveWebhook": {"system": tuple(system for system, _ in events), **_SIGNED},
            "replayDeadLetter": {"letter": _letters_set_apart(world, hub, sent)},
        },
    )


def _keep(sent: list[Event], system: str, request: Request) -> None:
    if isinstance(request.body, dict):
        sent.append((system, request.body))


def _one_of_each(sent: list[Event]) -> list[Event]:
    """The latest of each topic of each system."""
    return list({(system, body.get("type")): (system, body) for system, body in sent}.values())


def _with_events(document: Mapping[str, Any], events: list[Event]) -> dict[str, Any]:
    """The document, whose webhooks are mostly drawn from real events, each with some of its members gone astray."""
    # Copied through JSON: no two parameters share one schema then, which would show the examples of both.
    told: dict[str, Any] = json.loads(json.dumps(document))
    media = told["paths"]["/webhooks/{system}"]["post"]["requestBody"]["content"]["application/json"]
    bodies = [body for _, body in events]
    media["schema"] = {"anyOf": [{"enum": bodies}, *map(_astray, bodies), media["schema"]]}
    media["examples"] = {f"event-{number}": {"value": body} for number, body in enumerate(bodies)}
    return told


def _astray(body: dict[str, Any]) -> dict[str, Any]:
    """The schema of an event in which anything may stand for a member of its data."""
    data = body["data"]
    members = {name: {"anyOf": [{"const": value}, {}]} for name, value in data.items()}
    shape = {"type": "object", "properties": members, "required": list(data)}
    return {"type": "object", "properties": {"type": {"const": body["type"]}, "data": shape}, "required": [*body]}


def _known(run: StagedRun, world: VirtualWorld, hub: Hub) -> Values:
    """The latest orders of the shop, and all exceptions."""
    assert world.core is not None

    async def read(tx: Transaction) -> list[str]:
        return [name for name, _ in await tx.scan(EXCEPTIONS, "", 100)]

    exceptions = world.core.loop.run_until_complete(hub.parts.records.journal.run(read))
    orders: Mapping[str, Any] = run.estate[_SHOP].books.orders
    return {
        "order": tuple(list(orders)[-_EACH_MOST:]),
        "exception": tuple(exceptions),
        "cursor": tuple(exceptions[:_EACH_MOST]),
        "after": ("0", "1"),
    }


def _letters_set_apart(world: VirtualWorld, hub: Hub, sent: list[Event]) -> tuple[str, ...]:
    """Messages of orders that were put aside, and that a reader which was mended since can read."""
    assert world.core is not None
    records = hub.parts.records
    placed = [body for system, body in sent if (system, body.get("type")) == (_SHOP, "order.created")]

    async def park(tx: Transaction) -> tuple[str, ...]:
        return tuple(
            [
                await records.dead_letters.park(
                    tx, _SHOP, f"{_SHOP}/apart-{number}", body, "KeyError('set apart')", world.now_us, f"apart-{number}"
                )
                for number, body in enumerate(placed[-_LETTERS:])
            ]
        )

    return world.core.loop.run_until_complete(records.journal.run(park))
