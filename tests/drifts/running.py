"""A run of the business with a provider that has drifted: what it said on the wire, and what became of the orders."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from mock_systems.kit.wire import Answer, Request
from sandbox.faults.contract.wire import ChangedCalls, ChangedWebhooks
from sandbox.runs.scenario import Scenario
from sandbox.runs.virtual_run import VirtualRun
from sandbox.verification.messages.catalogue import Catalogue
from sandbox.verification.messages.witness import RunWitness
from sandbox.verification.rehearsal.progress_heard import ProgressHeard
from sandbox.verification.rehearsal.running import RunSeen
from sandbox.worlds.virtual.world import VirtualWorld
from tests.drifts.drift import Drift
from tests.drifts.drifting import unheard
from tests.sandbox.runs.small_runs import small_scenario

CONTRACTS = Path(__file__).resolve().parents[2] / "contracts"
Exchange = Callable[[Request, int], Answer]


@dataclass
class Ran:
    """A run that is over: its exchanges with the system as lines of JSON, its messages held against their schemas."""

    seen: RunSeen
    messages: RunWitness
    pairs: list[dict[str, Any]] = field(default_factory=list)


@cache
def scenario() -> Scenario:
    """A small day: thirty orders of eight customers, who choose among twelve items."""
    with TemporaryDirectory() as folder:
        return small_scenario(Path(folder), demand={"orders_per_day": 30, "skus": 12, "customers": 8})


@cache
def undrifted() -> RunSeen:
    """The same day with everybody as before."""
    return ran(None).seen


def ran(drift: Drift | None) -> Ran:
    """Let the day pass."""
    run = VirtualRun(scenario(), 1, keeps_facts=False)
    progress, messages = ProgressHeard(), RunWitness(Catalogue(CONTRACTS))
    run.listeners.append(progress.hear)
    pairs: list[dict[str, Any]] = []
    run.go(unheard, lambda world: world.at(run.start_us, lambda: _listen(world, run, drift, messages, pairs)))
    seen = RunSeen(
        start_us=run.start_us,
        end_us=run.end_us,
        progress=progress,
        verdicts=run.judges.close(run.end_us),
        exceptions=(),
        books=(),
        replayed=0,
        changes={},
        fingerprint=run.fingerprint.digest(),
    )
    return Ran(seen, messages, pairs)


def _listen(
    world: VirtualWorld, run: VirtualRun, drift: Drift | None, messages: RunWitness, pairs: list[dict[str, Any]]
) -> None:
    if drift is None:
        return
    system = run.estate[drift.system]
    changes = [drift.change()]

    def changed(exchange: Exchange) -> Exchange:
        calls = ChangedCalls(system, exchange, changes, unheard)

        def heard(request: Request, now_us: int) -> Answer:
            answer = calls(request, now_us)
            if answer.reply is not None:
                pairs.append(_pair(request, answer))
            return answer

        return heard

    world.replace_exchange(system.name, changed)
    plain = system.webhooks.transport
    assert plain is not None

    def sent(url: str, request: Request, done: Callable[[int | None], None]) -> None:
        messages.hear(world.now_us, system.name, request.headers, request.body)
        plain(url, request, done)

    system.webhooks.transport = ChangedWebhooks(system, sent, changes, unheard)


def _pair(request: Request, answer: Answer) -> dict[str, Any]:
    reply = answer.reply
    assert reply is not None
    query = f"?{urlencode(request.query)}" if request.query else ""
    return {
        "request": {"method": request.method, "path": request.path + query, **_sent(request.headers, request.body)},
        "response": {"status": reply.status, **_sent(reply.headers, reply.body)},
    }


def _sent(headers: Mapping[str, str], body: Any) -> dict[str, Any]:
    kept = {"content-type": "application/json", **headers} if body is not None else dict(headers)
    return {"headers": kept, "body": body if body is None or isinstance(body, str) else json.dumps(body)}
