"""What the core tells the operations desk, and asks it."""

from __future__ import annotations

from typing import Any, Final

from sandbox.core.systems.desk import DeskApi
from sandbox.verification.pacts.exchanges.examples import NUMBER
from sandbox.verification.pacts.exchanges.words import Exchange, OneOf, Refused, State, asks, problem

_ID: Final = "EXC-000001"
_OPENED: Final = State("a ticket is open", {"exception": _ID, "order": NUMBER})
_TOLD: Final[dict[str, Any]] = {
    "order": NUMBER,
    "subject": NUMBER,
    "cause": "unknown-item",
    "message": "the ERP refused it",
    "traceparent": None,
}
DECIDED: Final = State("a clerk has decided", {"exception": _ID, "order": NUMBER})

EXCHANGES: Final = (
    Exchange(
        system="desk",
        does="surface an exception",
        asked=asks(DeskApi.open_exception, _ID, NUMBER, NUMBER, "unknown-item", "the ERP refused it"),
        state=State("a ticket is not there", {"exception": _ID}),
        method="PUT",
        path=f"/exceptions/{_ID}",
        body=_TOLD,
        status=201,
        answer={},
    ),
    Exchange(
        system="desk",
        does="surface an exception that asks for a decision",
        asked=asks(DeskApi.open_exception, "EXC-000002", NUMBER, NUMBER, "item-change", "the price", asks=True),
        state=State("a ticket is not there", {"exception": "EXC-000002"}),
        method="PUT",
        path="/exceptions/EXC-000002",
        body={**_TOLD, "cause": "item-change", "message": "the price", "asks": True},
        status=201,
        answer={},
    ),
    Exchange(
        system="desk",
        does="surface an exception again",
        asked=asks(DeskApi.open_exception, _ID, NUMBER, NUMBER, "unknown-item", "the ERP refused it"),
        state=_OPENED,
        method="PUT",
        path=f"/exceptions/{_ID}",
        body=_TOLD,
        answer={},
    ),
    Exchange(
        system="desk",
        does="ask for a decision that was made",
        asked=asks(DeskApi.decision_on, _ID),
        state=DECIDED,
        method="GET",
        path=f"/exceptions/{_ID}",
        answer={"decision": OneOf(("approved", "rejected")), "decided_by": "desk-clerk-1"},
        comes_to=("approved", "desk-clerk-1"),
    ),
    Exchange(
        system="desk",
        does="ask for a decision that was not made",
        asked=asks(DeskApi.decision_on, _ID),
        state=_OPENED,
        method="GET",
        path=f"/exceptions/{_ID}",
        answer={"decision": None, "decided_by": None},
        comes_to=(None, None),
    ),
    Exchange(
        system="desk",
        does="ask about a ticket that is not there",
        asked=asks(DeskApi.decision_on, "EXC-NONE"),
        state=State("a ticket is not there", {"exception": "EXC-NONE"}),
        method="GET",
        path="/exceptions/EXC-NONE",
        status=404,
        answer=problem(404, "unknown-exception"),
        comes_to=Refused(404, "unknown-exception"),
    ),
    Exchange(
        system="desk",
        does="close an exception",
        asked=asks(DeskApi.close_exception, _ID, "solved by itself"),
        state=_OPENED,
        method="POST",
        path=f"/exceptions/{_ID}/closure",
        body={"resolution": "solved by itself"},
        answer={},
    ),
)
