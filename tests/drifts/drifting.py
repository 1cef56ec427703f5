"""A provider that has drifted: one of our mocks, with another wire before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mock_systems.kit.wire import Answer, Request
from sandbox.faults.contract.wire import ChangedCalls, ChangedWebhooks
from sandbox.verification.pacts.providers.bench import Bench, States
from sandbox.verification.pacts.providers.served import MESSAGE_PATH, STATE_PATH, Served, at_url
from sandbox.verification.pacts.providers.states import STATES
from sandbox.verification.pacts.verifying import Provider
from tests.drifts.drift import Drift


def unheard(*_: object) -> None:
    """Nobody listens."""


def drifted(bench: Bench, drift: Drift) -> Bench:
    """The same system, which from now on speaks otherwise, and has sent other webhooks."""
    change, plain = drift.change(), bench.receive
    calls = ChangedCalls(bench.system, lambda request, _: plain(request), [change], unheard)

    def receive(request: Request) -> Answer:
        return calls(request, int(bench.env.now))

    sent: list[Mapping[str, Any]] = []
    webhooks = ChangedWebhooks(bench.system, lambda _, request, done: sent.append(request.body), [change], unheard)
    for number, body in enumerate(bench.heard):
        webhooks("", Request("POST", "/", {}, {"webhook-id": f"msg_{number}"}, body), unheard)
    bench.heard[:] = sent
    bench.receive = receive  # type: ignore[method-assign]
    return bench


def drifted_states(drift: Drift) -> States:
    """The states of its system, each with the drift in it."""

    def with_drift(make: Any) -> Any:
        def made(params: Mapping[str, Any]) -> tuple[Bench, Mapping[str, Any]]:
            bench, given = make(params)
            return drifted(bench, drift), given

        return made

    return {name: with_drift(make) for name, make in STATES[drift.system]().items()}


@contextmanager
def served(drift: Drift) -> Iterator[Provider]:
    """The drifted system as a provider to be verified."""
    app = Served(drift.system, drifted_states(drift))
    with at_url(app) as url:
        yield Provider(
            drift.system,
            url,
            states=f"{url}{STATE_PATH}",
            keeper=app,
            messages=MESSAGE_PATH,
            version="drifted",
            ours=True,
        )
