"""Our own systems as targets: the mocks in this process, with books in which something has happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from mock_systems.kit.face import asgi_app, lean_app
from mock_systems.kit.limits import MinuteRate, Slots
from mock_systems.kit.physics import MINUTE
from mock_systems.kit.system import MockSystem
from mock_systems.kit.wire import Answer, Request
from sandbox.core.systems.credentials import ClientSecret
from sandbox.runs.estate import Estate, core_credentials
from sandbox.runs.request import unheard
from sandbox.runs.scenario import load_scenario
from sandbox.runs.virtual_run import VirtualRun
from sandbox.system_names import SYSTEM_NAMES
from sandbox.verification.fuzz.own_states import States, own_states, set_apart
from sandbox.verification.fuzz.target import Target, Values

_BOOKS: Final = Path(__file__).with_name("books.yaml")
_TOKEN: Final = "everything"
_EACH_MOST: Final = 8
_NAMES_SET_APART: Final = ("order", "reservation", "outbound_order", "count", "sales_order", "purchase_order")
_KEPT_SMALL: Final = {"quantity": (1, 2), "line": (1, 2), "pack": (2, 6)}


def own_targets(names: Iterable[str], seed: int) -> list[Target]:
    """The systems by name, after a few days of trade that the seed draws; nothing moves in them while they are tested.

    They let in whoever shows the token, at any rate and at once.
    """
    run = VirtualRun(load_scenario(_BOOKS), seed)
    run.end_us = run.demand_until_us - MINUTE  # before what went wrong is mended, and the core goes on
    run.go(unheard)
    states = own_states(run.estate, run.end_us)
    values = _known(run.estate, states)
    wanted = set(names)
    return [_target(run.estate[name], values, states.get(name, {}), run) for name in SYSTEM_NAMES if name in wanted]


class _Still:
    """The time at which the run ended, for ever."""

    def __init__(self, system: MockSystem, now_us: int) -> None:
        self._system, self._now_us = system, now_us

    def receive(self, request: Request) -> Answer:
        """Take one request, and answer at once."""
        answer = self._system.receive(request, self._now_us)
        answer.after_us = 0
        return answer

    def seconds(self, span_us: int) -> float:
        """No time passes."""
        return 0.0


def _target(system: MockSystem, values: Values, states: States, run: VirtualRun) -> Target:
    _let_all_in(system)
    credential = core_credentials(run.scenario.systems)[system.name]
    assert isinstance(credential, ClientSecret)
    own: Values = {
        **values,
        "grant_type": ("client_credentials",),
        "scope": ("integration",),
        "client_id": (credential.client,),
        "client_secret": (credential.secret,),
        "topics": tuple(system.topics),
    }
    return Target(
        system.name,
        asgi_app(system).openapi(),
        f"http://{system.name}.mock",
        app=lean_app(system, _Still(system, run.end_us)),
        headers={"Authorization": f"Bearer {_TOKEN}"},
        values=own,
        states=states,
    )


def _let_all_in(system: MockSystem) -> None:
    door = system.door
    door.access(system.name).always[f"Bearer {_TOKEN}"] = frozenset(route.scope for route in system.routes.routes)
    door.config = replace(door.config, slots=None, per_minute=None, service_ms=0.0)
    door.slots, door.rate = Slots(None), MinuteRate(None)
    door.arm(())
    door.visitors.clear()
    door.observers.clear()
    door.alarms.clear()
    system.ledger.listeners.clear()


def _known(estate: Estate, states: Mapping[str, States]) -> Values:
    """The latest values of each field in the systems' ledgers, and the names of what they tell of.

    What is set apart for single operations is left out.
    """
    apart = {name: set_apart(states.values(), name) for name in _NAMES_SET_APART}
    apart["sku"] = frozenset(states["commerce"]["placeOrder"]["sku"])
    found: dict[str, dict[str | int, None]] = {}
    for system in estate.values():
        for fact in system.ledger.facts:
            found.setdefault(fact.kind.partition(".")[0], {})[fact.entity] = None
            for name, value in _leaves(fact.data):
                kept = found.setdefault(name, {})
                kept.pop(value, None)  # seen again: among the latest
                kept[value] = None
    latest = {
        name: tuple([value for value in values if value not in apart.get(name, ())][-_EACH_MOST:])
        for name, values in found.items()
    }
    return {**latest, **_KEPT_SMALL, "from_site": latest["site"]}


def _leaves(value: Any) -> Iterator[tuple[str, str | int]]:
    for name, inner in value.items():
        for one in inner if isinstance(inner, list | tuple) else (inner,):
            if isinstance(one, dict):
                yield from _leaves(one)
            elif isinstance(one, str | int) and not isinstance(one, bool):
                yield name, one
