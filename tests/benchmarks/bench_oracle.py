"""What judging costs, in microseconds a fact: all invariants, with and without figures; against counting by kind."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from mock_systems.kit.ledger import Fact, Listener
from sandbox.oracle import Context, Oracle
from sandbox.oracle.figures import Figures
from sandbox.worlds.virtual.collector import resting
from tests.sandbox.oracle.history import History

_ORDERS = 2_000


def rows() -> list[dict[str, Any]]:
    """Two rows; `ratio` is ours / baseline."""
    facts = _facts()
    with resting():
        baseline = _best(facts, _counting)
        told = {
            "a fact heard by all invariants, against counting it by kind": _best(facts, _judging),
            "a fact heard by all invariants and figures, against counting it by kind": _best(
                facts, _judging_and_figures
            ),
        }
    return [
        {
            "name": name,
            "unit": "us",
            "ours": round(ours, 2),
            "baseline": round(baseline, 2),
            "ratio": round(ours / baseline, 2),
        }
        for name, ours in told.items()
    ]


def _facts() -> list[Fact]:
    """Orders of three lines, every fifth from two sites; some 34 facts each."""
    history = History(stock=10 * _ORDERS)
    for number in range(_ORDERS):
        history.wait(1)
        order = history.order("A", 2, "B", 1, "C", 1).erp()
        order.to_the_dock(*(("LDS", "BHM") if number % 5 == 0 else ("LDS",))).ship().tell("shipped")
        order.bill().tell("invoiced").scan("in_transit", "out_for_delivery", "delivered")
    return history.facts


def _counting() -> Listener:
    kinds: Counter[str] = Counter()

    def count(fact: Fact) -> None:
        kinds[fact.kind] += 1

    return count


def _judging() -> Listener:
    return Oracle(Context()).observe


def _judging_and_figures() -> Listener:
    oracle = Oracle(Context())
    Figures(oracle)
    return oracle.observe


def _best(facts: list[Fact], make: Callable[[], Listener]) -> float:
    times = []
    for _ in range(3):
        listener = make()
        began = time.process_time()
        for fact in facts:
            listener(fact)
        times.append(time.process_time() - began)
    return min(times) * 1_000_000 / len(facts)
