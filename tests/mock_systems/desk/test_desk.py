"""The desk's tickets."""

from __future__ import annotations

from typing import Any

import simpy

from mock_systems.desk.system import Desk, build_desk
from mock_systems.kit.streams import Streams
from mock_systems.kit.wire import Reply, Request
from tests.mock_systems.shop import START_US, opening

TRACEPARENT = f"00-{'ab' * 16}-{'cd' * 8}-01"
TICKET = {"order": "W-1", "subject": "invoice", "cause": "erp-refused", "message": "no", "traceparent": TRACEPARENT}


def _desk() -> Desk:
    desk = build_desk(opening(), Streams(1))
    desk.start(simpy.Environment(initial_time=START_US))
    return desk


def _call(desk: Desk, method: str, path: str, body: Any = None, **query: str) -> Reply:
    request = Request(method, path, query, {"authorization": "Bearer core-desk"}, body)
    reply = desk.receive(request, START_US).reply
    assert reply is not None
    return reply


def test_a_ticket_is_opened_and_closed_once() -> None:
    desk = _desk()
    statuses = [_call(desk, "PUT", "/exceptions/EXC-1", TICKET).status for _ in range(2)]
    closed = [_call(desk, "POST", "/exceptions/EXC-1/closure", {"resolution": "replayed"}) for _ in range(2)]
    late = _call(desk, "PUT", "/exceptions/EXC-1", TICKET)
    assert statuses == [201, 200]
    assert [reply.status for reply in closed] == [200, 200]
    assert late.body["state"] == "closed"
    facts = desk.ledger.facts
    assert [(f.kind, f.entity, f.order, f.trace) for f in facts] == [
        ("exception.opened", "EXC-1", "W-1", "ab" * 16),
        ("exception.closed", "EXC-1", "W-1", "ab" * 16),
    ]
    assert facts[0].data == {"cause": "erp-refused", "subject": "invoice", "message": "no"}
    assert facts[1].data == {"resolution": "replayed"}


def test_tickets_are_listed_by_state_in_pages_that_closing_does_not_shift() -> None:
    desk = _desk()
    for number in range(7):
        _call(desk, "PUT", f"/exceptions/EXC-{number}", {**TICKET, "order": None, "traceparent": None})
    first = _call(desk, "GET", "/exceptions", state="open", limit="3").body
    _call(desk, "POST", "/exceptions/EXC-1/closure", {"resolution": "x"})
    _call(desk, "POST", "/exceptions/EXC-4/closure", {"resolution": "x"})
    second = _call(desk, "GET", "/exceptions", state="open", limit="3", cursor=first["next_cursor"]).body
    names = [t["exception"] for t in first["items"] + second["items"]]
    assert names == ["EXC-0", "EXC-1", "EXC-2", "EXC-3", "EXC-5", "EXC-6"]
    assert second["next_cursor"] is None
    assert len(_call(desk, "GET", "/exceptions").body["items"]) == 7


def test_what_does_not_fit_is_a_problem() -> None:
    desk = _desk()
    assert _call(desk, "GET", "/exceptions/EXC-9").status == 404
    assert _call(desk, "POST", "/exceptions/EXC-9/closure", {"resolution": "x"}).status == 404
    assert _call(desk, "PUT", "/exceptions/EXC-9", {**TICKET, "urgent": True}).status == 422
    assert _call(desk, "PUT", "/exceptions/EXC-9", {**TICKET, "traceparent": "yes"}).status == 422
    assert _call(desk, "GET", "/exceptions", state="lost").status == 422
    assert desk.ledger.facts == []
