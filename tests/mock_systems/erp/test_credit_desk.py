"""Orders over the credit limit wait for a clerk, who has hours, takes time and follows a rule."""

from __future__ import annotations

import pytest

from mock_systems.erp.credit_desk import CreditDeskConfig
from mock_systems.kit.office import Office
from mock_systems.kit.physics import DAY, HOUR, MINUTE
from tests.mock_systems.erp.caller import MONDAY_9_US, TRACE, Caller, line

MUGS = {"fits": 200, "just_over": 201, "at_tolerance": 250, "far_over": 251}  # at 5.00; the limit is 1000.00


def status(erp: Caller, number: int = 1) -> str:
    return str(erp.get(f"/sales-orders/SO-{number:06d}")["status"])


def test_an_order_up_to_the_limit_is_open_and_one_cent_more_is_held() -> None:
    erp = Caller()
    assert erp.order(line(1, "MUG", MUGS["fits"], 500), customer="C-ACC")["status"] == "open"
    held = erp.order(line(1, "TIN", 1, 1), customer="C-ACC", ref="W-000002")
    assert (held["status"], held["hold_reason"]) == ("on_hold", "credit-limit")
    assert [fact.data["status"] for fact in erp.facts("sales_order.created")] == ["open", "on_hold"]
    fact = erp.facts("sales_order.held")[0]
    assert (fact.order, fact.data) == ("W-000002", {"reason": "credit-limit", "over_minor": 1})
    assert erp.exposure("C-ACC") == 100_000, "no credit is given to an order on hold"


@pytest.mark.parametrize(
    ("mugs", "verdict"), [("just_over", "open"), ("at_tolerance", "open"), ("far_over", "rejected")]
)
def test_a_clerk_lets_pass_a_quarter_of_the_limit(mugs: str, verdict: str) -> None:
    erp = Caller()
    erp.order(line(1, "MUG", MUGS[mugs], 500), customer="C-ACC")
    assert status(erp) == "on_hold"
    erp.wait(HOUR * 8)
    assert status(erp) == verdict
    topic = "sales_order.released" if verdict == "open" else "sales_order.rejected"
    (notice,) = erp.notices
    assert (notice.topic, notice.entity, notice.order, notice.trace) == (topic, "SO-000001", "W-000001", TRACE)
    assert notice.data == erp.get("/sales-orders/SO-000001")
    (fact,) = erp.facts(topic)
    assert fact.data == ({"by": "clerk-1"} if verdict == "open" else {"reason": "credit-limit"})
    assert fact.trace == TRACE, "the physics keep the trace of the order's creation"
    assert fact.at_us > MONDAY_9_US
    assert erp.exposure("C-ACC") == (MUGS[mugs] * 500 if verdict == "open" else 0)


def test_an_order_that_fits_by_the_time_of_the_review_is_released() -> None:
    erp = Caller()
    erp.order(line(1, "MUG", 200, 500), customer="C-ACC")
    erp.order(line(1, "MUG", 200, 500), customer="C-ACC", ref="W-000002")
    erp.post("/sales-orders/SO-000001/cancellation", {"reason": "ordered twice"})
    erp.wait(HOUR * 8)
    assert status(erp, 2) == "open"


def test_a_blocked_customer_is_rejected_even_within_the_limit() -> None:
    erp = Caller()
    assert erp.get("/customers/C-BAD")["blocked"] is True
    assert erp.order(customer="C-BAD")["hold_reason"] == "customer-blocked"
    erp.wait(HOUR * 8)
    assert status(erp) == "rejected"
    assert erp.post("/sales-orders/SO-000001/cancellation", {"reason": "too late"})["status"] == "rejected"


def test_cash_and_card_customers_are_never_held() -> None:
    erp = Caller()
    for n, customer in enumerate((None, "C-CARD")):
        assert erp.order(line(1, "MUG", 99_999, 500), customer=customer, ref=f"W-{n}")["status"] == "open"


def test_a_cancelled_order_is_not_reviewed() -> None:
    erp = Caller()
    erp.order(line(1, "MUG", 251, 500), customer="C-ACC")
    erp.wait(MINUTE)
    erp.post("/sales-orders/SO-000001/cancellation", {"reason": "changed mind"})
    erp.wait(DAY)
    assert status(erp) == "cancelled"
    assert not erp.notices


def test_the_desk_keeps_hours() -> None:
    erp = Caller(start_us=MONDAY_9_US + 12 * HOUR)
    erp.order(line(1, "MUG", 201, 500), customer="C-ACC")
    erp.wait(11 * HOUR)
    assert status(erp) == "on_hold", "at 08:00 they just come in"
    erp.wait(8 * HOUR)
    assert status(erp) == "open"


def test_clerks_take_one_order_each_and_the_rest_waits() -> None:
    erp = Caller(desk=CreditDeskConfig(Office(people=2, minutes=30, sigma=0)))
    for n in range(5):
        erp.order(line(1, "MUG", 251, 500), customer="C-ACC", ref=f"W-{n}")
    erp.wait(MINUTE)
    assert len(erp.erp.desk) == 3
    erp.wait(HOUR * 2)
    minutes = [(fact.at_us - MONDAY_9_US) // MINUTE for fact in erp.facts("sales_order.rejected")]
    assert minutes == [30, 30, 60, 60, 90]


def test_the_time_of_a_review_depends_on_the_order_alone() -> None:
    def reviewed_after(refs: list[str]) -> dict[str | None, int]:
        erp = Caller(desk=CreditDeskConfig(Office(people=9, minutes=20)))
        for ref in refs:
            erp.order(line(1, "MUG", 251, 500), customer="C-ACC", ref=ref)
        erp.wait(DAY)
        return {fact.order: fact.at_us for fact in erp.facts("sales_order.rejected")}

    assert reviewed_after(["W-1", "W-2", "W-3"]) == reviewed_after(["W-3", "W-1", "W-2"])


def test_a_desk_that_cannot_be_meant() -> None:
    with pytest.raises(ValueError, match="tolerance_percent"):
        CreditDeskConfig(tolerance_percent=-5)
