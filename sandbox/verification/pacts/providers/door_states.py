"""The states that every system can be in alike: who has subscribed, and who is turned away at the door."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from mock_systems.blueprints import Blueprint
from mock_systems.kit.faults import ERROR, THROTTLE, CallFault
from mock_systems.kit.subscriptions import VALIDATION, SubscriptionRules
from sandbox.verification.pacts.providers.bench import TOKEN, Bench, StateFailed, States

Params = Mapping[str, Any]


def door_states(blueprint: Blueprint) -> States:
    """Those of the system that the blueprint builds."""

    def plain(params: Params) -> tuple[Bench, Params]:
        return Bench(blueprint), {}

    def nobody(params: Params) -> tuple[Bench, Params]:
        return Bench(blueprint, hears=False), {}

    def subscribed(params: Params) -> tuple[Bench, Params]:
        bench = Bench(blueprint, hears=False)
        _subscribe(bench, params)
        return bench, {}

    def waiting(params: Params) -> tuple[Bench, Params]:
        bench = Bench(blueprint.model_copy(update={"webhooks": SubscriptionRules(handshake=True)}), hears=False)
        _subscribe(bench, params)
        data = bench.wait_for(VALIDATION)
        return bench, {"token": data["token"]}

    def admitting(scopes: frozenset[str] | None) -> Callable[[Params], tuple[Bench, Params]]:
        def admit(params: Params) -> tuple[Bench, Params]:
            bench = Bench(blueprint)
            tokens = {"another": frozenset(("integration",))} if scopes is None else {TOKEN: scopes}
            bench.system.door.config = replace(bench.system.door.config, tokens=tokens)
            return bench, {}

        return admit

    def failing(kind: str) -> Callable[[Params], tuple[Bench, Params]]:
        def fail(params: Params) -> tuple[Bench, Params]:
            bench = Bench(blueprint)
            bench.system.door.arm((CallFault(id="state", kind=kind, status=503, retry_after_s=30),))
            return bench, {}

        return fail

    return {
        "": plain,
        "a client is registered": plain,
        "nobody has subscribed": nobody,
        "somebody has subscribed": subscribed,
        "a subscription waits for its token": waiting,
        "no token counts": admitting(None),
        "the token may nothing": admitting(frozenset()),
        "the rate limit is used up": failing(THROTTLE),
        "the system is down for maintenance": failing(ERROR),
    }


def _subscribe(bench: Bench, params: Params) -> None:
    if not set(params["topics"]) <= set(bench.system.topics):
        raise StateFailed(f"{bench.system.name} has no such topics: {params['topics']}")
    bench.call("PUT", f"/subscriptions/{params['subscription']}", {"url": params["url"], "topics": params["topics"]})
