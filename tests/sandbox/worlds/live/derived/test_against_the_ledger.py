"""What is derived from the ERP's public API is what the ERP itself has written down, and the oracle judges alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pytest

from mock_systems.kit.ledger import Fact
from tests.sandbox.runs.small_runs import small_scenario
from tests.sandbox.runs.test_guards import CASES
from tests.sandbox.runs.test_returns import BLOCKS as RETURNS
from tests.sandbox.worlds.live.derived.derived_run import MINUTE, DerivedRun

# What no reader of the API can know: who released an order, by how much it passed the limit, why it was cancelled.
_UNSEEN = {
    "sales_order.held": ("over_minor",),
    "sales_order.released": ("by",),
    "sales_order.cancelled": ("reason",),
    "purchase_order.created": ("supplier",),
}
# Whose documents tell their time.
_TIMED = ("sales_order.created", "sales_order.rejected", "sales_order.cancelled", "gl.posted")


def seen(fact: Fact) -> tuple[Any, ...]:
    """A fact as far as the API tells it."""
    unseen = _UNSEEN.get(fact.kind, ())
    data = {name: value for name, value in fact.data.items() if name not in unseen}
    is_opening = fact.data.get("document") == "opening"
    entity = "opening" if is_opening else fact.entity
    at_us = fact.at_us if fact.kind in _TIMED or fact.kind.endswith(".posted") else None
    fence = fact.fence if fact.kind.endswith((".created", ".posted")) else None
    return fact.kind, entity, fact.order, _frozen(data), at_us, fact.trace, fence


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tuple(sorted((name, _frozen(part)) for name, part in value.items()))
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value


def assert_alike(run: DerivedRun, *kinds: str, without: Collection[str] = ()) -> None:
    """Both have the same facts of these kinds, but of those entities; and there are some of each kind."""
    own, derived = (
        [fact for fact in facts if fact.kind in kinds and fact.entity not in without]
        for facts in (run.own, run.derived)
    )
    assert {fact.kind for fact in own} == set(kinds)
    missing = Counter(map(seen, own)) - Counter(map(seen, derived))
    extra = Counter(map(seen, derived)) - Counter(map(seen, own))
    assert (list(missing)[:3], list(extra)[:3]) == ([], [])


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> DerivedRun:
    folder = tmp_path_factory.mktemp("day")
    demand = {"orders_per_day": 40, "skus": 12, "customers": 8, "account_share": 0.6}
    demand["changes"] = {"cancel": "30%", "edit": "30%", "within": "20m"}
    return DerivedRun(small_scenario(folder, demand=demand), folder)


def test_orders_shipments_invoices_and_payments_are_all_there_at_their_times(day: DerivedRun) -> None:
    posted = ("goods_issue.posted", "invoice.posted", "payment.posted", "gl.posted")
    own, derived = (_changed(facts) for facts in (day.own, day.derived))
    assert own == derived != {}, "an order that was changed between two readings is seen as it is since"
    assert_alike(day, "sales_order.created", "sales_order.cancelled", *posted, without=own)
    assert_alike(day, "stock.opened", "item.opened", "customer.opened")


def _changed(facts: list[Fact]) -> dict[str, Any]:
    """The latest revision of each sales order that was changed."""
    return {fact.entity: _frozen(fact.data) for fact in facts if fact.kind == "sales_order.changed"}


def test_facts_come_in_the_order_of_their_times(day: DerivedRun) -> None:
    times = [fact.at_us for fact in day.derived]
    assert times == sorted(times)
    assert [fact.seq for fact in day.derived] == list(range(1, len(times) + 1))


def test_what_came_back_is_there_too(tmp_path: Path) -> None:
    demand = {**RETURNS["demand"], "orders_per_day": 8, "account_share": 0.2}
    blocks = {**RETURNS, "demand": demand, "world": {"start": "2011-11-14", "days": 2}, "phases": {"settle": "11d"}}
    run = DerivedRun(small_scenario(tmp_path, **blocks), tmp_path, every_us=120 * MINUTE)
    assert_alike(run, "goods_return.posted", "credit_note.posted", "refund.posted", "payment.posted", "gl.posted")


def test_a_reading_that_breaks_off_tells_nothing_twice_and_forgets_nothing(tmp_path: Path) -> None:
    demand = {"orders_per_day": 12, "skus": 12, "customers": 8}
    for fails in (333,):
        scenario = small_scenario(tmp_path, demand=demand)
        run = DerivedRun(scenario, tmp_path / str(fails), every_us=30 * MINUTE, fails=fails)
        assert_alike(run, "sales_order.created", "goods_issue.posted", "invoice.posted", "payment.posted", "gl.posted")


JUDGED: Mapping[str, tuple[str, bool]] = {
    "lost_reply": ("lost_reply", True),
    "lost_reply, no keys": ("lost_reply", False),
    "duplicate_call, no keys": ("duplicate_call", False),
    "outage, no retries": ("outage", False),
}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name == "lost_reply, no keys" else (pytest.mark.campaign,)) for name in JUDGED],
)
def test_the_oracle_judges_alike_by_derived_facts(name: str, tmp_path: Path) -> None:
    kind, guarded = JUDGED[name]
    case = CASES[kind]
    scenario = small_scenario(tmp_path, [{kind: case.fault}, *case.more], **case.blocks)
    run = DerivedRun(scenario, tmp_path, design=case.base if guarded else case.unguarded)
    by_ledger, by_api = run.outcomes(run.own), run.outcomes(run.derived)
    assert by_api == by_ledger
    broken = {invariant for invariant, outcome in by_api.items() if outcome == "violated"}
    assert broken >= (set() if guarded else case.breaks)
    assert bool(broken) is not guarded
