"""Idempotency keys: one answer for one key, for a day."""

from __future__ import annotations

from mock_systems.kit.idempotency import KEPT_US, KeptAnswers
from mock_systems.kit.physics import HOUR
from mock_systems.kit.wire import Reply, Request
from tests.mock_systems.shop import Shop

ROUTE = next(route for route in Shop().system.routes.routes if route.operation == "capturePayment")


class Till:
    """Counts how often it was really asked, and gives the statuses that it was told to."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.asked = 0

    def run(self) -> Reply:
        self.asked += 1
        return Reply(self.statuses.pop(0) if self.statuses else 201, {"asked": self.asked}, {"location": "/x"})


def _request(amount_minor: int = 5, path: str = "/orders/W-1/captures") -> Request:
    return Request("POST", path, {}, {}, {"amount_minor": amount_minor})


def test_the_same_key_gets_the_same_answer_and_runs_once() -> None:
    kept, till = KeptAnswers(), Till()
    first = kept.answer("k", ROUTE, _request(), 0, till.run)
    again = kept.answer("k", ROUTE, _request(), HOUR, till.run)
    assert (till.asked, kept.replayed) == (1, 1)
    assert (again.status, again.body, again.headers["location"]) == (first.status, first.body, "/x")
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers


def test_another_request_under_the_key_is_refused() -> None:
    kept, till = KeptAnswers(), Till()
    kept.answer("k", ROUTE, _request(), 0, till.run)
    for other in (_request(amount_minor=6), _request(path="/orders/W-2/captures")):
        reply = kept.answer("k", ROUTE, other, 1, till.run)
        assert (reply.status, reply.body["type"]) == (422, "urn:problem:idempotency-key-reused")
    assert till.asked == 1


def test_refusals_are_kept_and_failures_are_not() -> None:
    kept, till = KeptAnswers(), Till(500, 409, 201)
    statuses = [kept.answer("k", ROUTE, _request(), 0, till.run).status for _ in range(4)]
    assert statuses == [500, 409, 409, 409]


def test_a_key_is_forgotten_after_a_day() -> None:
    kept, till = KeptAnswers(), Till()
    kept.answer("k", ROUTE, _request(), 0, till.run)
    kept.answer("k", ROUTE, _request(), KEPT_US - 1, till.run)
    assert till.asked == 1
    kept.answer("k", ROUTE, _request(), KEPT_US, till.run)
    assert till.asked == 2


def test_memory_is_bounded_by_age_and_by_number() -> None:
    kept, till = KeptAnswers(kept_us=100, most=10), Till()
    for at_us in range(50):
        kept.answer(f"k{at_us}", ROUTE, _request(), at_us, till.run)
    assert len(kept) == 10
    for at_us in range(1000, 1020):
        kept.answer(f"l{at_us}", ROUTE, _request(), at_us, till.run)
    assert len(kept) <= 10
    old = KeptAnswers(kept_us=100)
    for at_us in range(0, 10_000, 10):
        old.answer(f"k{at_us}", ROUTE, _request(), at_us, till.run)
    assert len(old) <= 11
