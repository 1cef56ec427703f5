"""The facts that tell a story: all of them, and no others."""

from __future__ import annotations

from mock_systems.kit.ledger import Fact
from sandbox.oracle.stories import story, story_of_order
from tests.sandbox.oracle.history import HOUR_US, History
from tests.sandbox.oracle.judging import judge


def kinds(facts: list[Fact]) -> list[str]:
    return [fact.kind for fact in facts]


def test_an_orders_life_is_told_across_all_systems_even_where_a_system_does_not_know_it() -> None:
    history = History()
    order = history.order("A", 1).erp().to_the_dock("LDS")
    outbound = order.shipments[0].outbound
    history.add("wms", "wave.released", "WAV-1", None, {"site": "LDS", "outbound_orders": [outbound]})
    history.order("A", 1).to_cash("LDS")
    facts = [fact._replace(order=None) if fact.system == "carrier" else fact for fact in history.facts]
    told = story_of_order(facts, order.order)
    assert kinds(told) == [
        *("order.accepted", "payment.authorised", "sales_order.created", "order.status", "reservation.made"),
        *("order.status", "outbound.received", "order.status", "outbound.picked", "outbound.packed"),
        *("label.bought", "outbound.labelled", "wave.released"),
    ]


def test_a_findings_story_is_that_of_its_order() -> None:
    history = History()
    history.order("A", 1).to_cash("LDS")
    double = history.order("B", 1).erp().erp()
    (finding,) = judge(history.facts, history.now_us)["I2"].violations
    assert story(history.facts, finding) == story_of_order(history.facts, double.order)


def test_a_finding_about_an_item_is_told_by_what_touched_it_lately() -> None:
    history = History()
    history.order("A", 1).to_cash("LDS")
    history.wait(24 * 60).adjust("BHM", "A", 2).adjust("BHM", "B", 1)
    (first, _) = judge(history.facts, history.now_us + 3 * HOUR_US)["I9"].violations
    assert [(fact.kind, fact.entity) for fact in story(history.facts, first)] == [("stock.moved", "BHM/A")]
