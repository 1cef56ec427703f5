"""What the oracle says when it can't know, when time was granted, and when it is too early to say."""

from __future__ import annotations

import json

import pytest

from sandbox.oracle import ALL, Context, Oracle, Outcome, Verdict
from sandbox.oracle.invariants.monotone import may_follow
from tests.sandbox.oracle.history import HOUR_US, START_US, History
from tests.sandbox.oracle.judging import judge


def test_nothing_that_was_never_exercised_is_said_to_hold() -> None:
    for invariant, verdict in judge((), START_US).items():
        assert (verdict.verdict, verdict.checked) == (Outcome.UNKNOWN, 0), invariant
        assert verdict.unknown, invariant


def test_without_a_card_payment_conservation_of_money_is_unknown_and_says_why() -> None:
    history = History()
    # That the customer pays by transfer tries nothing that a core does.
    history.order("A", 1, payment="account", customer="C-1").to_cash("LDS").remit()
    verdict = judge(history.facts, history.now_us)["I7"]
    assert verdict.verdict is Outcome.UNKNOWN
    assert verdict.unknown == ("no card payment was captured", "no captured payment was booked"), (
        "what customers pay is no core's"
    )
    assert verdict.checked > 0


def test_a_payment_of_an_order_on_account_that_no_customer_made_books_money_that_never_came() -> None:
    history = History()
    order = history.order("A", 1, payment="account", customer="C-1").to_cash("LDS")
    shipment = order.shipments[0]
    data = {"invoice": shipment.invoice, "amount_minor": shipment.total_minor, "reference": "CAP-X"}
    history.add("erp", "payment.posted", "PAY-X", order.order, data, order.trace)
    found = [finding.message for finding in judge(history.facts, history.now_us)["I7"].violations]
    assert "PAY-X books capture CAP-X, which never was" in found


def test_without_the_desks_ledger_nobody_can_say_what_was_surfaced() -> None:
    history = History()
    history.order("A", 1)
    late_us = history.now_us + 40 * HOUR_US
    heard = judge(history.facts, late_us)["I10"]
    deaf = judge(history.facts, late_us, Context(ledgers=("commerce", "erp", "wms", "carrier")))["I10"]
    assert heard.verdict is Outcome.VIOLATED
    assert (deaf.verdict, deaf.unknown) == (Outcome.UNKNOWN, ("the ledger of desk was not heard",))


def test_an_order_that_is_never_released_is_work_that_stands_still_where_no_desk_could_tell() -> None:
    no_desk = Context(ledgers=("commerce", "erp", "wms", "carrier"))
    history = History()
    history.order("A", 1).to_cash("LDS")
    history.order("A", 1).erp()
    history.order("A", 2).erp()
    late_us = history.now_us + 12 * HOUR_US + 1
    assert judge(history.facts, late_us)["I12"].violations == (), "what people know of is for I10 to say"
    assert judge(history.facts, history.now_us + 11 * HOUR_US, no_desk)["I12"].violations == ()
    found = judge(history.facts, late_us, no_desk)["I12"].violations
    assert [(finding.role, finding.order) for finding in found] == [("standing", "W-000002"), ("standing", "W-000003")]
    assert found[0].message == "W-000002 stands still: not all of it was released to the warehouses"


def test_an_order_stands_still_no_longer_than_the_systems_were_there() -> None:
    history = History()
    history.order("A", 1).erp()
    away = {"wms": [(history.now_us + HOUR_US, history.now_us + 9 * HOUR_US)]}
    no_desk = Context(ledgers=("commerce", "erp", "wms", "carrier"), outages=away)
    granted = judge(history.facts, history.now_us + 13 * HOUR_US, no_desk)["I12"]
    assert (granted.violations, granted.excused["outage of wms"]) == ((), 1)
    late = judge(history.facts, history.now_us + 21 * HOUR_US, no_desk)["I12"]
    assert [finding.role for finding in late.violations] == ["standing"]


def test_a_core_that_sends_no_traces_has_an_unknown_lineage() -> None:
    history = History(traced=False)
    history.order("A", 1).to_cash("LDS")
    assert judge(history.facts, history.now_us)["I19"].verdict is Outcome.UNKNOWN


def test_a_system_of_somebody_elses_whose_documents_nobody_could_trace_accuses_no_core() -> None:
    history = History()
    history.order("A", 1).to_cash("LDS")
    untraced = [fact._replace(trace=None) if fact.system == "erp" else fact for fact in history.facts]
    ours = judge(untraced, history.now_us)["I19"]
    assert {finding.message.partition(".")[0] for finding in ours.violations} == {
        "sales_order", "goods_issue", "invoice", "payment"
    }  # fmt: skip
    theirs = judge(untraced, history.now_us, Context(foreign=("erp",)))["I19"]
    assert theirs.verdict is Outcome.PASSED
    assert theirs.untried == ("no document of erp could be tied to the call that made it",)
    one = [fact if fact.kind == "invoice.posted" else lost for fact, lost in zip(history.facts, untraced, strict=True)]
    assert judge(one, history.now_us, Context(foreign=("erp",)))["I19"].verdict is Outcome.VIOLATED


def test_orders_in_their_normal_course_are_pending_not_lost() -> None:
    history = History()
    history.order("A", 1)
    young = judge(history.facts, START_US + 6 * HOUR_US)["I1"]
    late = judge(history.facts, START_US + 6 * HOUR_US + 1)["I1"]
    assert (young.verdict, young.pending) == (Outcome.PASSED, 1)
    assert (late.verdict, late.pending) == (Outcome.VIOLATED, 0)
    assert late.violations[0].at_us == START_US + 6 * HOUR_US
    assert late.violations[0].order == "W-000001"


def test_an_outage_grants_its_own_length_and_is_counted() -> None:
    context = Context(outages={"erp": [(START_US + HOUR_US, START_US + 5 * HOUR_US)]})
    history = History()
    order = history.order("A", 1)
    assert judge(history.facts, START_US + 11 * HOUR_US, context)["I1"].verdict is Outcome.VIOLATED
    history.wait(9 * 60)
    order.erp()
    verdict = judge(history.facts, START_US + 11 * HOUR_US, context)["I1"]
    assert verdict.verdict is Outcome.PASSED
    assert verdict.excused == {"outage of erp": 1}


def test_an_order_that_fell_back_out_of_the_erp_is_lost_again() -> None:
    history = History()
    order = history.order("A", 1).erp("on_hold")
    history.wait(20 * 60)
    order.credit("rejected")
    rejected_us = history.now_us
    verdict = judge(history.facts, rejected_us + 7 * HOUR_US)["I1"]
    assert [finding.at_us for finding in verdict.violations] == [rejected_us + 6 * HOUR_US]


def test_a_second_erp_order_that_was_voided_is_told_as_transient() -> None:
    history = History()
    order = history.order("A", 1).erp()
    history.wait(1)
    order.erp()
    history.wait(2)
    order.void()
    (finding,) = judge(history.facts, history.now_us)["I2"].violations
    assert finding.role == "transient"
    assert "120 seconds" in finding.message


def test_a_surplus_label_must_be_voided_in_time() -> None:
    history = History()
    order = history.order("A", 1).erp().reserve("LDS").release().pack()
    surplus = order.buy_label(order.shipments[0])
    order.label()
    verdict = judge(history.facts, history.now_us + 13 * HOUR_US)["I4"]
    assert [(finding.role, finding.entity) for finding in verdict.violations] == [("unused", surplus)]
    assert "450 lost" in verdict.violations[0].message
    order.void_label(surplus)
    assert judge(history.facts, history.now_us + 13 * HOUR_US)["I4"].violations == ()


def test_what_an_open_exception_answers_for_is_excused_and_counted() -> None:
    history = History()
    order = history.order("A", 1).erp().to_the_dock("LDS").ship()
    order.surface("erp-unavailable")
    verdict = judge(history.facts, history.now_us + 28 * HOUR_US)["I6"]
    assert verdict.violations == ()
    assert verdict.excused == {"an exception is open for the order": 1}


def test_a_parcel_that_the_channel_hears_of_again_is_found() -> None:
    history = History()
    order = history.order("A", 2, "B", 1).to_cash("LDS")
    assert judge(history.facts, history.now_us)["I17"].violations == ()
    order.fulfil()
    (found,) = judge(history.facts, history.now_us)["I17"].violations
    assert found.role == "parcel"
    assert found.message == "W-000001 was told of parcel TRK-000001 again, as if more had left"


def test_the_lag_of_published_stock_is_measured() -> None:
    history = History()
    history.adjust("LDS", "A", 1).wait(3).publish().adjust("LDS", "B", 2).wait(1).publish()
    verdict = judge(history.facts, history.now_us)["I9"]
    assert verdict.data == {"lag_s_p50": 60.0, "lag_s_p95": 180.0, "lag_s_max": 180.0, "lags": 2}


def test_stock_may_be_wrong_while_faults_are_on_and_not_after() -> None:
    history = History()
    history.adjust("LDS", "A", 1)
    heal_us = START_US + 10 * HOUR_US
    context = Context(heal_us=heal_us)
    assert judge(history.facts, heal_us + 2 * HOUR_US, context)["I9"].violations == ()
    assert judge(history.facts, heal_us + 3 * HOUR_US, context)["I9"].violations[0].entity == "A"
    history.wait(11 * 60).publish()
    assert judge(history.facts, heal_us + 3 * HOUR_US, context)["I9"].excused == {"faults were not healed yet": 1}


def test_safety_stock_is_kept_back() -> None:
    history = History(stock=5)
    verdict = judge(history.facts, START_US + 3 * HOUR_US, Context(safety_stock=2))["I9"]
    assert verdict.violations[0].message == "the channel sells 10 of A, 8 can be promised"


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        ("received", "on_hold", True),
        ("on_hold", "accepted", True),
        ("accepted", "on_hold", True),
        ("allocated", "on_hold", False),
        ("on_hold", "rejected", True),
        ("shipped", "rejected", False),
        ("rejected", "accepted", False),
        ("shipped", "partially_shipped", False),
        ("delivered", "delivered", True),
    ],
)
def test_the_order_in_which_statuses_may_be_told(before: str, after: str, allowed: bool) -> None:
    assert may_follow(before, after) is allowed


def test_a_verdict_is_json() -> None:
    history = History()
    history.order("A", 1)
    verdict: Verdict = judge(history.facts, START_US + 7 * HOUR_US)["I1"]
    told = json.loads(json.dumps(verdict.as_json()))
    assert told["verdict"] == "violated"
    assert told["violations"][0]["evidence"] == [["commerce", 7]]


def test_verdicts_can_be_asked_for_at_any_time() -> None:
    history = History()
    history.order("A", 1).to_cash("LDS")
    oracle = Oracle(Context())
    for fact in history.facts:
        oracle.observe(fact)
        assert not any(verdict.violations for verdict in oracle.verdicts() if verdict.id not in ("I7", "I8"))
    assert [verdict.id for verdict in oracle.verdicts()] == [invariant.id for invariant in ALL]
