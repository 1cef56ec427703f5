"""A report's chart of stock says at every moment what the oracle sampled, whatever flows a run has."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise

import pytest

from mock_systems.kit.ledger import Fact
from sandbox.core.design import Design
from sandbox.oracle import Context, Oracle
from sandbox.reporting import stock
from sandbox.reporting.stock import StockFact, StockReplay
from sandbox.runs.virtual_run import VirtualRun
from tests.sandbox.runs.small_runs import run, small_scenario

SAFETY = 3
EVERY_US = 5 * 60_000_000
FLOWS = {
    "order.edited": 5,
    "order.cancelled": 5,
    "short_pick.reported": 10,
    "return.received": 2,
    "inbound.received": 5,
    "count.approved": 3,
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> VirtualRun:
    demand = {
        "orders_per_day": 60,
        "skus": 12,
        "customers": 8,
        "changes": {"cancel": "15%", "edit": "35%", "within": "15m"},
        "substitutes": {"items": "50%", "orders": "60%"},
        "returns": {"share": "30%", "after": "2d"},
        "opening": {"cover": 0.7},
    }
    systems = {
        "commerce": {"parcel_takes": "1d"},
        "erp": {"replenishment": {"lead_days": 1, "lead_spread_days": 0.5}},
        "wms": {"short_picks": "12%", "counts_per_day": 8, "count_errors": "50%"},
    }
    folder = tmp_path_factory.mktemp("chart")
    world = {"start": "2011-11-14", "days": 3}
    return run(
        small_scenario(folder, demand=demand, systems=systems, world=world, phases={"settle": "8d"}), design=_keeps_back
    )


def _keeps_back(design: Design) -> Design:
    return replace(design, inventory=replace(design.inventory, safety_stock=SAFETY))


def _facts(made: VirtualRun) -> list[Fact]:
    """All facts by their time; those of one moment by ledger, as nothing is sampled between them."""
    return sorted(
        (fact for system in made.estate.values() for fact in system.ledger.facts), key=lambda fact: fact.at_us
    )


def test_the_chart_is_the_oracles_samples(made: VirtualRun) -> None:
    facts = _facts(made)
    happened = Counter(fact.kind for fact in facts)
    assert {kind: happened[kind] for kind, least in FLOWS.items() if happened[kind] < least} == {}
    replay = StockReplay(EVERY_US, SAFETY)
    for fact in facts:
        replay.hear(StockFact(fact.at_us, fact.system, fact.kind, fact.entity, fact.order, fact.data))
    totals = replay.finish(made.end_us, worst=3).totals
    series = {series.name: dict(series.points) for series in made.figures.series()}
    told, true = series["published stock"], series["true stock"]
    # The oracle's samples hold what happens on their very moment, and items that were not published yet.
    moments = {fact.at_us for fact in facts}
    first_us = max(
        next(f.at_us for f in facts if f.kind == "stock.published" and f.entity == sku) for sku in _skus(facts)
    )
    clear = [t for t in totals if t.at_us not in moments and first_us < t.at_us <= max(told)]
    assert len(clear) > 100
    assert [(t.at_us, t.published, t.true) for t in clear] == [(t.at_us, told[t.at_us], true[t.at_us]) for t in clear]


def test_every_item_is_at_each_moment_as_the_oracle_has_it(made: VirtualRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stock, "WORTH_SHOWING_US", 0)
    facts = _facts(made)
    oracle, replay = Oracle(Context(safety_stock=SAFETY)), StockReplay(EVERY_US, SAFETY)
    availability, heard = oracle.cases.availability, defaultdict[str, dict[int, tuple[int, int]]](dict)
    availability.compared.append(lambda sku, _, at_us: heard[sku].update({at_us: availability.of(sku)}))
    for fact in facts:
        oracle.observe(fact)
        replay.hear(StockFact(fact.at_us, fact.system, fact.kind, fact.entity, fact.order, fact.data))
    story = replay.finish(made.end_us, worst=99)
    assert len(story.worst) > 5
    for item in story.worst:
        shown = _changes({at_us: (told, true) for at_us, told, true in item.points})
        assert shown == [change for change in _changes(heard[item.sku]) if change[0] >= shown[0][0]], item.sku


def _changes(at: dict[int, tuple[int, int]]) -> list[tuple[int, tuple[int, int]]]:
    """The moments at which something is another than before."""
    moments = list(at.items())
    return [moments[0], *(now for before, now in pairwise(moments) if now[1] != before[1])]


def _skus(facts: list[Fact]) -> list[str]:
    return [fact.entity for fact in facts if fact.kind == "item.listed"]
