"""The states of the carrier and of the operations desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mock_systems.blueprints import CarrierBlueprint, DeskBlueprint
from mock_systems.carrier.system import Carrier
from sandbox.verification.pacts.providers.bench import Bench, StateFailed, States
from sandbox.verification.pacts.providers.door_states import door_states

Params = Mapping[str, Any]
Found = tuple[Bench, Mapping[str, Any]]
_CARRIER: Final = CarrierBlueprint()
_DESK: Final = DeskBlueprint()


def carrier_states() -> States:
    """Those of the carrier."""
    return {
        **door_states(_CARRIER),
        "parcels are collected at a site": lambda _: (Bench(_CARRIER), {}),
        "a label is bought": _bought,
        "a parcel is under way": _under_way,
        "a parcel has arrived": _arrived,
    }


def desk_states() -> States:
    """Those of the desk."""
    return {
        **door_states(_DESK),
        "a ticket is not there": lambda _: (Bench(_DESK), {}),
        "a ticket is open": _opened,
        "a clerk has decided": _decided,
    }


def _bought(params: Params) -> Found:
    bench = Bench(_CARRIER)
    body = {
        "reference": params["reference"],
        "order": params["order"],
        "service": "economy",
        "from_site": params["site"],
        "to_country": "GB",
        "weight_g": 650,
    }
    label = bench.call("POST", "/labels", body)
    return bench, {"label": label["label"], "tracking": label["tracking"]}


def _under_way(params: Params) -> Found:
    bench, given = _bought(params)
    _collect(bench, given["tracking"])
    bench.wait_for("tracking.updated")
    return bench, given


def _arrived(params: Params) -> Found:
    bench, given = _under_way(params)
    for _ in range(2):  # loaded onto the van, then delivered
        bench.heard.clear()
        bench.wait_for("tracking.updated")
    return bench, given


def _collect(bench: Bench, tracking: str) -> None:
    if not isinstance(bench.system, Carrier):
        raise StateFailed(f"{bench.system.name} is no carrier")
    bench.system.collect([tracking], int(bench.env.now))


def _open(bench: Bench, params: Params, asks: bool) -> None:
    body = {
        "order": params["order"],
        "subject": params["order"],
        "cause": "unknown-item",
        "message": "the ERP refused it",
        "traceparent": None,
        "asks": asks,
    }
    bench.call("PUT", f"/exceptions/{params['exception']}", body)


def _opened(params: Params) -> Found:
    bench = Bench(_DESK)
    _open(bench, params, asks=False)
    return bench, {}


def _decided(params: Params) -> Found:
    bench = Bench(_DESK)
    _open(bench, params, asks=True)
    bench.wait_for("exception.decided")
    return bench, {}
