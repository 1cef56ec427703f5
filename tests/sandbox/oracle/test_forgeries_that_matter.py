"""The lies that cost money, each told once: the invariant that stands for it must speak."""

from __future__ import annotations

import pytest

from tests.sandbox.oracle.forgeries import forge
from tests.sandbox.oracle.history import HOUR_US, History
from tests.sandbox.oracle.judging import breaches, judge


@pytest.fixture(scope="module")
def told() -> History:
    """One order from two sites paid by card, one on account, one rejected for credit, one surfaced and solved."""
    history = History()
    history.order("A", 4, "B", 1).tell("received").to_cash("LDS", "BHM").scan("in_transit", "delivered")
    history.wait(1).publish()
    history.order("C", 2, payment="account", customer="C-1").to_cash("LDS").remit()
    history.wait(1).publish()
    rejected = history.order("B", 2, payment="account", customer="C-1").erp("on_hold").tell("on_hold")
    history.wait(30)
    rejected.credit("rejected").cancel().tell("rejected")
    history.wait(1).publish()
    solved = history.order("A", 1).surface().erp().reserve("BHM")
    history.wait(5)
    solved.unreserve().reserve("LDS").close().release().pack().label().ship().fulfil().bill()
    history.wait(1).publish().adjust("LDS", "A", 1).wait(1).publish()
    return history


PAID_ON_TERMS = 2  # after the two of the order from two sites

CASES = [
    ("delete", "sales_order.created", 0, "I1 I10 I13"),
    ("double", "sales_order.created", 0, "I1 I2 I13"),
    ("unit", "sales_order.created", 0, "I13"),
    ("double", "order.accepted", 0, "I9 I13"),
    ("delete", "order.cancelled", 0, "I1 I10"),
    ("double", "outbound.shipped", 0, "I4 I8"),
    ("unit", "outbound.shipped", 0, "I4 I6 I8"),
    ("delete", "outbound.labelled", 0, "I10"),
    ("delete", "label.bought", 0, "I4 I13"),
    ("double", "label.bought", 0, "I4 I13"),
    ("delete", "invoice.posted", 0, "I6 I7 I10"),
    ("double", "invoice.posted", 0, "I6 I7 I13"),
    ("unit", "invoice.posted", 0, "I6 I7"),
    ("cent", "invoice.posted", 0, "I7"),
    ("double", "goods_issue.posted", 0, "I6 I8 I13"),
    ("delete", "goods_issue.posted", 0, "I8"),
    ("unit", "goods_issue.posted", 0, "I6 I8"),
    ("cent", "goods_issue.posted", 0, "I7"),
    ("delete", "payment.captured", 0, "I7 I10"),
    ("double", "payment.captured", 0, "I7 I13"),
    ("cent", "payment.captured", 1, "I7"),
    ("delete", "payment.posted", 0, "I7"),
    ("double", "payment.posted", 0, "I7 I13"),
    ("cent", "payment.posted", 0, "I7"),
    ("double", "payment.posted", PAID_ON_TERMS, "I7 I13"),
    ("cent", "payment.posted", PAID_ON_TERMS, "I7"),
    ("trace", "payment.posted", PAID_ON_TERMS, "I19"),
    ("cent", "gl.posted", 0, "I7"),
    ("delete", "gl.posted", 0, "I7"),
    ("double", "gl.posted", 0, "I7"),
    ("delete", "stock.moved", 0, "I8"),
    ("double", "stock.moved", 0, "I8"),
    ("unit", "stock.moved", 0, "I8"),
    ("delete", "stock.moved", -1, "I9"),
    ("unit", "stock.moved", -1, "I8 I9"),
    ("delete", "reservation.made", 0, "I8"),
    ("delete", "reservation.released", 0, "I8"),
    ("double", "reservation.made", 0, "I8 I13"),
    ("delete", "stock.published", -1, "I9"),
    ("double", "stock.published", -1, "I11"),
    ("double", "order.status", 0, "I11"),
    ("delete", "exception.closed", 0, "I10"),
    ("trace", "invoice.posted", 0, "I19"),
    ("delete", "sales_order.created", 0, "I12"),
    ("delete", "outbound.received", 0, "I12"),
    ("delete", "outbound.labelled", 0, "I12"),
    ("delete", "order.fulfilled", 0, "I12"),
    ("unit", "order.fulfilled", 0, "I17"),
    ("unit", "sales_order.created", 0, "I17"),
    ("cent", "sales_order.created", 0, "I17"),
    ("zombie", "invoice.posted", 0, "I18"),
    ("zombie", "label.bought", 0, "I18"),
    ("trace", "label.bought", 0, "I19"),
]


@pytest.mark.parametrize(("forgery", "kind", "nth", "speak"), CASES)
def test_the_named_invariants_speak(told: History, forgery: str, kind: str, nth: int, speak: str) -> None:
    where = [at for at, fact in enumerate(told.facts) if fact.kind == kind]
    forged = forge(told.facts, forgery, where[nth])
    assert forged is not None
    verdicts = judge(forged, told.now_us + 30 * HOUR_US)
    spoken = {invariant for invariant, verdict in verdicts.items() if breaches(verdict)}
    assert spoken >= set(speak.split())


def test_a_quantity_published_one_too_high_is_found(told: History) -> None:
    last = max(at for at, fact in enumerate(told.facts) if fact.kind == "stock.published")
    forged = list(told.facts)
    data = forged[last].data
    forged[last] = forged[last]._replace(data={**data, "available": data["available"] + 1})
    assert breaches(judge(forged, told.now_us + 3 * HOUR_US)["I9"]) == {("published", forged[last].entity)}


@pytest.mark.parametrize(
    ("first", "second", "speaks"),
    [
        ("outbound.shipped", "invoice.posted", "I6"),
        ("outbound.shipped", "goods_issue.posted", "I6"),
        ("payment.captured", "payment.posted", "I7"),
        ("order.accepted", "sales_order.created", "I13"),
        ("sales_order.created", "invoice.posted", "I13"),
        ("label.bought", "outbound.shipped", "I4"),
    ],
)
def test_what_comes_in_the_wrong_order_is_found(told: History, first: str, second: str, speaks: str) -> None:
    kinds = [fact.kind for fact in told.facts]
    forged = forge(told.facts, "swap", kinds.index(first), kinds.index(second))
    assert forged is not None
    assert breaches(judge(forged, told.now_us)[speaks])


def test_the_untouched_history_is_fine(told: History) -> None:
    verdicts = judge(told.facts, told.now_us + 30 * HOUR_US)
    for judged_by_calls in ("I15", "I16"):
        assert verdicts.pop(judged_by_calls).violations == ()
    assert {invariant: verdict.verdict.value for invariant, verdict in verdicts.items()} == dict.fromkeys(
        verdicts, "pass"
    )
    assert all(verdict.pending == 0 for verdict in verdicts.values())
