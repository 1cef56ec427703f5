"""Whole runs whose books were forged: the invariants that came with the new flows speak, and only then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from mock_systems.kit.ledger import Fact
from sandbox.oracle import Oracle
from sandbox.oracle.verdict import Outcome
from sandbox.runs.judging import context_of
from sandbox.runs.virtual_run import VirtualRun
from tests.sandbox.runs.small_runs import run, small_scenario

Forgery = Callable[[Sequence[Fact]], list[Fact]]


@lru_cache(maxsize=1)
def told() -> tuple[VirtualRun, tuple[Fact, ...]]:
    """A day on which nothing goes wrong, and its facts in the order in which they came."""
    facts: list[Fact] = []
    with TemporaryDirectory() as folder:
        made = run(small_scenario(Path(folder)))
    for system in made.estate.values():
        facts += system.ledger.facts
    return made, tuple(sorted(facts, key=lambda fact: fact.at_us))


def judged(facts: Sequence[Fact]) -> set[str]:
    """The invariants that speak."""
    made, _ = told()
    oracle = Oracle(context_of(made.plan, made.scenario))
    for fact in facts:
        oracle.observe(fact)
    return {verdict.id for verdict in oracle.close(made.end_us) if verdict.verdict is Outcome.VIOLATED}


def without(kind: str) -> Forgery:
    """The first such fact never happened."""

    def forge(facts: Sequence[Fact]) -> list[Fact]:
        at = next(n for n, fact in enumerate(facts) if fact.kind == kind)
        return [fact for n, fact in enumerate(facts) if n != at]

    return forge


def changed(kind: str, change: Callable[[Fact], Fact]) -> Forgery:
    """The last such fact says something else."""

    def forge(facts: Sequence[Fact]) -> list[Fact]:
        at = max(n for n, fact in enumerate(facts) if fact.kind == kind)
        return [change(fact) if n == at else fact for n, fact in enumerate(facts)]

    return forge


def cancelled_before_it_left(facts: Sequence[Fact]) -> list[Fact]:
    """The channel cancels the first order that ships, a moment before; nobody takes anything back."""
    at = next(n for n, fact in enumerate(facts) if fact.kind == "outbound.shipped")
    order = facts[at].order or ""
    cancelled = Fact(999_999, facts[at].at_us, "commerce", "order.cancelled", order, order, {"reason": "x"}, None, None)
    return [*facts[:at], cancelled, *facts[at:]]


def cancelled_and_forgotten(facts: Sequence[Fact]) -> list[Fact]:
    """The channel cancels an order right after it was entered; nothing happens for it any more."""
    at = max(n for n, fact in enumerate(facts) if fact.kind == "sales_order.created")
    order = facts[at].order or ""
    cancelled = Fact(999_999, facts[at].at_us, "commerce", "order.cancelled", order, order, {"reason": "x"}, None, None)
    return [*facts[: at + 1], cancelled, *(fact for fact in facts[at + 1 :] if fact.order != order)]


def sold_from_empty_shelves(facts: Sequence[Fact]) -> list[Fact]:
    """The warehouses had nothing of the last item sold, all day, and the channel showed what it showed."""
    last = next(fact for fact in reversed(facts) if fact.kind == "order.accepted")
    sku = last.data["lines"][0]["sku"]
    return [
        fact._replace(data={**fact.data, "quantity": 0})
        if (fact.system, fact.kind) == ("wms", "stock.opened") and fact.data["sku"] == sku
        else fact
        for fact in facts
    ]


CASES = {
    "I3": sold_from_empty_shelves,
    "I5": cancelled_before_it_left,
    "I12": without("order.fulfilled"),
    "I14": cancelled_and_forgotten,
    "I17": changed("sales_order.created", lambda f: f._replace(data={**f.data, "ship_to": {"country": "XX"}})),
    "I18": changed("invoice.posted", lambda f: f._replace(fence=0)),
}


def test_untouched_books_are_fine() -> None:
    assert judged(told()[1]) == set()


@pytest.mark.parametrize("invariant", CASES)
def test_a_forged_run_makes_its_invariant_speak(invariant: str) -> None:
    assert invariant in judged(CASES[invariant](told()[1]))
