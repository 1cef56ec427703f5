"""The operations by which orders change: shoppers ask, the integration answers."""

from __future__ import annotations

from collections.abc import Mapping

from mock_systems.commerce import change_requests, change_wire, revisions, wire
from mock_systems.kit.routes import Route
from mock_systems.kit.wire import Request


def _order(request: Request, params: Mapping[str, str]) -> str | None:
    return params["order"]


CHANGES = (
    Route(
        "requestCancellation",
        "POST",
        "/orders/{order}/cancellation-requests",
        change_requests.request_cancellation,
        "Ask to cancel an order",
        {201: change_wire.ChangeRequest, 200: change_wire.ChangeRequest, 409: None},
        body=change_wire.AskCancellation,
        order_of=_order,
        scope="shopper",
    ),
    Route(
        "refuseCancellation",
        "POST",
        "/orders/{order}/cancellation-requests/{request}/refusal",
        change_requests.refuse_cancellation,
        "Tell that an order can't be stopped any more; may be repeated",
        {200: wire.Order, 409: None},
        body=change_wire.Refused,
        order_of=_order,
    ),
    Route(
        "requestEdit",
        "POST",
        "/orders/{order}/edits",
        change_requests.request_edit,
        "Ask for less of some lines, or for another address",
        {201: change_wire.ChangeRequest, 200: change_wire.ChangeRequest, 409: None},
        body=change_wire.AskEdit,
        order_of=_order,
        scope="shopper",
        linked_as={"edit": "request"},
    ),
    Route(
        "acceptEdit",
        "POST",
        "/orders/{order}/edits/{edit}/acceptance",
        change_requests.accept_edit,
        "Change the order as the shopper asked; may be repeated",
        {200: wire.Order, 409: None},
        order_of=_order,
    ),
    Route(
        "refuseEdit",
        "POST",
        "/orders/{order}/edits/{edit}/refusal",
        change_requests.refuse_edit,
        "Tell that an edit comes too late; may be repeated",
        {200: wire.Order, 409: None},
        body=change_wire.Refused,
        order_of=_order,
    ),
    Route(
        "substituteItem",
        "POST",
        "/orders/{order}/substitutions",
        revisions.substitute_item,
        "Serve a part of a line with another item at the same price",
        {200: wire.Order, 409: None},
        body=change_wire.Substitution,
        order_of=_order,
        honours_key=True,
    ),
)
