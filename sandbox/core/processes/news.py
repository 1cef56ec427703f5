"""News for an order: what the systems tell of it, taken into its state. Late and repeated news change nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.core.model.change_request import ChangeRequest
from sandbox.core.model.shipment import Outbound, Shipment, ship_lines
from sandbox.core.processes.order_state import OrderState

_TRACKING_RANK = {None: 0, "in_transit": 1, "out_for_delivery": 2, "delivered": 3}


def outbound_news(outbound: Outbound) -> tuple[str, dict[str, Any]]:
    """Name and body of the signal: a warehouse's outbound order has come to a state."""
    return f"outbound|{outbound.reference}|{outbound.state}", {
        "kind": "outbound",
        "outbound_order": outbound.outbound_order,
        "reference": outbound.reference,
        "order": outbound.order,
        "state": outbound.state,
        "weight_g": outbound.weight_g,
        "label": outbound.label,
        "tracking": outbound.tracking,
        "lines": outbound.lines if outbound.short else (),
        "short": outbound.short,
    }


def credit_news(status: str) -> tuple[str, dict[str, Any]]:
    """Name and body of the signal: the ERP has decided on a hold."""
    return f"credit|{status}", {"kind": "credit", "status": status}


def tracking_news(reference: str, status: str, sequence: int) -> tuple[str, dict[str, Any]]:
    """Name and body of the signal: the carrier has scanned a parcel."""
    return f"tracking|{reference}|{sequence}", {"kind": "tracking", "reference": reference, "status": status}


def change_news(request: ChangeRequest) -> tuple[str, dict[str, Any]]:
    """Name and body of the signal: the customer asks for a change."""
    return f"change|{request.request}", {"kind": "change", "request": request.to_row()}


def take_in(state: OrderState, body: Mapping[str, Any], *, heed_versions: bool) -> None:
    """Take one piece of news into the state. Without `heed_versions` the last one wins, however old it is."""
    kind = body["kind"]
    if kind == "outbound":
        _take_outbound(state, body, heed_versions)
    elif kind == "tracking":
        _take_tracking(state, body, heed_versions)
    elif kind == "change":
        state.ask(ChangeRequest.from_row(body["request"]))
    elif kind == "credit" and state.erp_status == "on_hold" and body["status"] != "on_hold":
        state.erp_status = "rejected" if body["status"] == "rejected" else "open"


def _take_outbound(state: OrderState, body: Mapping[str, Any], heed_versions: bool) -> None:
    shipment = state.shipment(body["reference"])
    if shipment is None:
        return
    outbound = _outbound(body)
    if outbound.short:
        _take_short(state, shipment, outbound)
    had_left = shipment.has_reached("shipped")
    if not shipment.hear(outbound):
        if not heed_versions:
            shipment.state = outbound.state
        return
    if shipment.has_reached("shipped") and not had_left:
        _tell_dispatch(state, shipment.reference)


def _outbound(body: Mapping[str, Any]) -> Outbound:
    values = {name: body[name] for name in Outbound.__slots__}
    for name in ("lines", "short"):
        values[name] = tuple((line, sku, quantity) for line, sku, quantity in values[name])
    return Outbound(**values)


def _take_short(state: OrderState, shipment: Shipment, outbound: Outbound) -> None:
    """The shipment goes on with what was found; the rest of the order is open again."""
    missing = shipment.shrink(outbound)
    state.missing.extend(missing)
    for line, _, _ in missing:
        state.has_rest = True
        state.short_at.setdefault(line, []).append(shipment.site)
    if outbound.nothing_found:
        state.shipments.remove(shipment)


def _tell_dispatch(state: OrderState, reference: str) -> None:
    shipment = state.shipment(reference)
    assert shipment is not None
    state.events.append(
        (
            "shipment.dispatched",
            {
                "order": state.order.order,
                "reference": shipment.reference,
                "site": shipment.site,
                "tracking": shipment.tracking,
                "lines": ship_lines(shipment.lines),
            },
        )
    )
    everything = all(part.has_reached("shipped") for part in state.shipments) and not (state.has_rest and state.rest())
    state.reach("shipped" if everything else "partially_shipped")


def _take_tracking(state: OrderState, body: Mapping[str, Any], heed_versions: bool) -> None:
    shipment = state.shipment(body["reference"])
    if shipment is None:
        return
    status = body["status"]
    if not heed_versions or _TRACKING_RANK.get(status, 0) > _TRACKING_RANK.get(shipment.tracking_status, 0):
        shipment.tracking_status = status
