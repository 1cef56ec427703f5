"""Clerks decide what asks for it, in office hours, each once; who asked is told."""

from __future__ import annotations

from typing import Any

import pytest
import simpy

from mock_systems.desk.clerks import ClerksConfig
from mock_systems.desk.system import Desk, build_desk
from mock_systems.kit.physics import DAY, HOUR
from mock_systems.kit.streams import Streams
from mock_systems.kit.turn import Notice
from mock_systems.kit.wire import Request
from tests.mock_systems.shop import START_US, opening


class Office:
    """A desk with clerks and a clock that begins at midnight."""

    def __init__(self, config: ClerksConfig | None = None) -> None:
        self.desk: Desk = build_desk(opening(), Streams(1), clerks=config)
        self.env = simpy.Environment(initial_time=START_US)
        self.desk.start(self.env)
        self.notices: list[Notice] = []
        self.desk.webhooks.send = lambda notice, now_us: self.notices.append(notice)  # type: ignore[method-assign]

    def open(self, exception: str, *, asks: bool) -> None:
        """Open a ticket."""
        body = {"order": None, "subject": exception, "cause": "item-change", "message": "m", "traceparent": None}
        self.call("PUT", f"/exceptions/{exception}", {**body, "asks": asks})

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The body of the reply."""
        request = Request(method, path, {}, {"authorization": "Bearer core-desk"}, body)
        reply = self.desk.receive(request, int(self.env.now)).reply
        assert reply is not None
        return reply.body

    def decided(self) -> list[tuple[str, str]]:
        """What was decided, in the order of deciding."""
        facts = self.desk.ledger.facts
        return [(fact.entity, fact.data["decision"]) for fact in facts if fact.kind == "exception.decided"]


def test_what_asks_is_decided_in_office_hours_and_told() -> None:
    office = Office(ClerksConfig(approve=1.0))
    office.open("EXC-1", asks=True)
    office.open("EXC-2", asks=False)
    office.env.run(until=START_US + 8 * HOUR)
    assert office.decided() == [], "the office is closed at night"
    office.env.run(until=START_US + DAY)
    assert office.decided() == [("EXC-1", "approved")]
    assert [(notice.topic, notice.data["decision"]) for notice in office.notices] == [("exception.decided", "approved")]
    shown = office.call("GET", "/exceptions/EXC-1")
    assert (shown["state"], shown["decision"], shown["decided_by"]) == ("open", "approved", "desk-clerk-1")
    assert office.call("GET", "/exceptions/EXC-2")["decision"] is None


def test_a_ticket_that_was_closed_meanwhile_is_not_decided() -> None:
    office = Office(ClerksConfig(approve=0.0))
    for number in (1, 2):
        office.open(f"EXC-{number}", asks=True)
    office.call("POST", "/exceptions/EXC-1/closure", {"resolution": "superseded"})
    office.env.run(until=START_US + DAY)
    assert office.decided() == [("EXC-2", "rejected")]


@pytest.mark.parametrize("approve", [-0.1, 1.1])
def test_settings_that_cannot_be_meant_are_refused(approve: float) -> None:
    with pytest.raises(ValueError, match="approve"):
        ClerksConfig(approve=approve)
