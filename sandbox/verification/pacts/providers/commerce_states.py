"""The states of the shop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mock_systems.blueprints import CommerceBlueprint
from sandbox.verification.pacts.providers.bench import Bench, States
from sandbox.verification.pacts.providers.door_states import door_states

Params = Mapping[str, Any]
Found = tuple[Bench, Mapping[str, Any]]
_SHOP: Final = CommerceBlueprint()


def commerce_states() -> States:
    """All of them."""
    return {
        **door_states(_SHOP),
        "an order is not there": _plain,
        "the shop lists an item": _plain,
        "the shop does not list an item": _plain,
        "a guest has ordered": _placed,
        "a guest has ordered who takes substitutes": _takes_substitutes,
        "a shopper wants to cancel": _stop_asked,
        "a shopper wants less": _edit_asked,
        "a shopper wanted less of an order that was cancelled": _edit_late,
        "an order was edited": _edited,
        "a shipment was told": _told,
        "a payment was captured": _captured,
        "a payment was refunded": _refunded,
        "a shopper returns goods": _return_asked,
        "a return was told to be received": _return_received,
    }


def _plain(params: Params) -> Found:
    return Bench(_SHOP), {}


def _place(bench: Bench, params: Params, substitutes: bool = False) -> str:
    body = {
        "reference": "basket-1",
        "customer": None,
        "payment": "card",
        "currency": "GBP",
        "ship_to": {"name": "Anna Field", "country": "GB", "postcode": "LS1 4AP"},
        "lines": [{"sku": params["sku"], "quantity": 2, "price_minor": 500}],
        "substitutes": substitutes,
    }
    return str(bench.call("POST", "/orders", body)["order"])


def _placed(params: Params) -> Found:
    bench = Bench(_SHOP)
    order = _place(bench, params)
    bench.wait_for("order.created")
    return bench, {"order": order}


def _takes_substitutes(params: Params) -> Found:
    bench = Bench(_SHOP)
    return bench, {"order": _place(bench, params, substitutes=True)}


def _stop_asked(params: Params) -> Found:
    bench, given = _placed(params)
    path = f"/orders/{given['order']}/cancellation-requests"
    asked = bench.call("POST", path, {"reason": "changed my mind"})
    bench.wait_for("order.cancellation_requested")
    return bench, {**given, "request": asked["request"]}


def _edit_asked(params: Params) -> Found:
    bench, given = _placed(params)
    lines = [{"line": 1, "quantity": params["quantity"]}]
    asked = bench.call("POST", f"/orders/{given['order']}/edits", {"lines": lines})
    bench.wait_for("order.edit_requested")
    return bench, {**given, "request": asked["request"]}


def _edit_late(params: Params) -> Found:
    bench, given = _edit_asked(params)
    bench.call("POST", f"/orders/{given['order']}/cancellation", {"reason": "cancelled meanwhile"})
    return bench, given


def _edited(params: Params) -> Found:
    bench, given = _edit_asked(params)
    bench.call("POST", f"/orders/{given['order']}/edits/{given['request']}/acceptance")
    return bench, given


def _told(params: Params) -> Found:
    bench, given = _placed(params)
    reference = params.get("reference", params.get("shipment"))
    lines = [{"line": 1, "sku": params["sku"], "quantity": 2}]
    body = {"reference": reference, "tracking": "TRK-000001", "lines": lines}
    bench.call("POST", f"/orders/{given['order']}/fulfilments", body)
    return bench, given


def _capture(bench: Bench, order: str, reference: str) -> None:
    bench.call("POST", f"/orders/{order}/captures", {"amount_minor": 1_000, "reference": reference})


def _captured(params: Params) -> Found:
    bench, given = _placed(params)
    _capture(bench, given["order"], params["reference"])
    return bench, given


def _refunded(params: Params) -> Found:
    bench, given = _placed(params)
    _capture(bench, given["order"], "INV-000001")
    body = {"amount_minor": params["amount_minor"], "reference": params["reference"]}
    bench.call("POST", f"/orders/{given['order']}/refunds", body)
    bench.wait_for("payment.refunded")
    return bench, given


def _return_asked(params: Params) -> Found:
    bench, given = _told(params)
    body = {"reference": "return-1", "lines": [{"line": 1, "quantity": params["quantity"]}], "reason": "too small"}
    asked = bench.call("POST", f"/orders/{given['order']}/returns", body)
    bench.wait_for("return.requested")
    return bench, {**given, "rma": asked["rma"]}


def _return_received(params: Params) -> Found:
    bench, given = _return_asked(params)
    bench.call("POST", f"/returns/{given['rma']}/status", {"status": "received", "version": 1})
    return bench, given
