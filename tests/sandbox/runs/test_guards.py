"""Each kind of fault has a policy that guards against it: with it nothing breaks, without it the oracle speaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from sandbox.core.design import Design
from sandbox.core.flows import NewsFlow
from sandbox.core.journal.aside import Aside
from sandbox.core.journal.journal import Journal
from sandbox.core.policies.cadence import After
from sandbox.core.policies.limiter import Limiter
from sandbox.core.ports import SerializationFailure
from sandbox.core.processes.order_state import OrderState
from sandbox.faults.atoms import KINDS
from sandbox.runs.scenario import Scenario
from sandbox.runs.virtual_run import VirtualRun
from tests.campaign_cases import one_in
from tests.sandbox.runs.small_runs import books, run, small_scenario, verdicts_of, violated


def safety(**off: bool) -> Callable[[Design], Design]:
    """The reference design with some of its guards switched off."""
    return lambda design: replace(design, safety=replace(design.safety, **off))


def intake(
    *, webhooks: bool = True, poll_every_us: int | None = 60_000_000, **changed: Any
) -> Callable[[Design], Design]:
    """The reference design with another intake."""
    orders = NewsFlow("event", webhooks, None if poll_every_us is None else After(poll_every_us))
    return lambda design: replace(
        design, intake=replace(design.intake, **changed), flows=replace(design.flows, orders=orders)
    )


def believing(design: Design) -> Design:
    """Takes stock figures as they come, however old they are, and never looks at a snapshot again."""
    stock = replace(design.flows.stock, reconcile=After(30 * 86_400_000_000))
    return replace(design, flows=replace(design.flows, stock=stock), safety=replace(design.safety, versions=False))


def as_it_is(design: Design) -> Design:
    """No change."""
    return design


def carrier(**changed: Any) -> Callable[[Design], Design]:
    """The reference design with another way to call the carrier."""

    def changed_design(design: Design) -> Design:
        return replace(design, calls={**design.calls, "carrier": replace(design.calls["carrier"], **changed)})

    return changed_design


async def forget_it(*args: Any) -> None:
    """Puts nothing aside."""


async def deny_it(*args: Any) -> bool:
    """Takes no commit in doubt for done."""
    return False


async def run_once(self: Journal, work: Any, *, leased: bool = True) -> Any:
    """Takes an order whose transaction failed for one that was there already."""
    try:
        async with self._store.transaction() as tx:
            result = await work(tx)
    except SerializationFailure:
        return None if isinstance(result, OrderState) else await run_journal(self, work, leased=leased)
    return result


run_journal = Journal.run


def impatient(design: Design) -> Design:
    """No queue of its own before the ERP, and no retries: what the ERP refuses is given up."""
    calls = {name: replace(policy, concurrency=500) for name, policy in design.calls.items()}
    return replace(design, calls=calls, safety=replace(design.safety, retries=False, breakers=False))


class Case(NamedTuple):
    """A fault, the design without its guard, and the invariants that must break then.

    `base` is a design in which nothing else covers up for the guard; `more` are faults that bring to light what was
    lost; `replaced` are parts of the core that do without: (owner, name, replacement).
    """

    fault: dict[str, Any]
    unguarded: Callable[[Design], Design]
    breaks: set[str]
    blocks: dict[str, Any] = {}  # noqa: RUF012 - never changed
    base: Callable[[Design], Design] = as_it_is
    more: tuple[dict[str, Any], ...] = ()
    replaced: tuple[tuple[Any, str, Any], ...] = ()


_CREATED = {"system": "erp", "operation": "createSalesOrder", "at": "8:00", "for": "8h"}

CASES = {
    "outage": Case({"system": "erp", "at": "11:00", "for": "1h"}, safety(retries=False), {"I1"}),
    "slow": Case(
        {"system": "erp", "operation": "createSalesOrder", "by": "40s", "at": "10:00", "for": "2h"},
        safety(idempotency_keys=False),
        {"I2"},
    ),
    "error": Case({"system": "erp", "at": "11:00", "for": "1h"}, safety(retries=False), {"I1"}),
    "throttle": Case({"system": "erp", "at": "11:00", "for": "1h"}, safety(retries=False), {"I1"}),
    "lost_request": Case(
        {"system": "erp", "operation": "createSalesOrder", "share": "50%", "at": "8:00", "for": "8h"},
        safety(retries=False),
        {"I1"},
    ),
    "lost_reply": Case(
        {"system": "erp", "operation": "createSalesOrder", "share": "30%", "at": "8:00", "for": "8h"},
        safety(idempotency_keys=False),
        {"I2"},
    ),
    "late_commit": Case(
        {"system": "erp", "operation": "createSalesOrder", "share": "50%", "by": "90s", "at": "8:00", "for": "8h"},
        safety(idempotency_keys=False),
        {"I2"},
    ),
    "malformed": Case({**_CREATED, "share": "30%"}, safety(idempotency_keys=False), {"I2"}),
    "partial": Case({**_CREATED, "share": "30%"}, safety(idempotency_keys=False), {"I2"}),
    "duplicate_call": Case({**_CREATED, "share": "30%"}, safety(idempotency_keys=False), {"I2"}),
    "stale_read": Case(
        {"system": "carrier", "operation": "findLabels", "by": "90s"},
        carrier(staleness_us=0),
        {"I4"},
        base=carrier(late_commit_bound_us=0),
        more=({"lost_reply": {"system": "carrier", "operation": "buyLabel", "share": "50%"}},),
    ),
    "late_index": Case(
        {"system": "commerce", "operation": "listOrders", "by": "10m"},
        intake(webhooks=False, poll_overlap_us=0),
        {"I1"},
        base=intake(webhooks=False),
    ),
    "page_drift": Case(
        {"system": "commerce", "operation": "listOrders", "share": "50%"},
        intake(webhooks=False, poll_overlap_us=0, page_limit=2, poll_every_us=1_800_000_000),
        {"I1"},
        base=intake(webhooks=False, page_limit=2, poll_every_us=1_800_000_000),
    ),
    "poisoned_rows": Case(
        {"system": "commerce", "operation": "listOrders", "share": "30%"},
        intake(webhooks=False),
        {"I1"},
        base=intake(webhooks=False),
        replaced=((Aside, "park", forget_it),),
    ),
    "webhook_poisoned": Case(
        {"system": "commerce", "topic": "order.created", "share": "30%"},
        intake(poll_every_us=None),
        {"I1"},
        base=intake(poll_every_us=None),
        replaced=((Aside, "park", forget_it),),
    ),
    "webhooks_deleted": Case(
        {"system": "commerce", "at": "10:00"},
        intake(poll_every_us=None, subscriptions_every_us=None),
        {"I1"},
        base=intake(poll_every_us=None),
        # What comes between the deletion and the next look is for the polling to find: here there is none.
        blocks={"demand": {"orders_per_day": 12, "skus": 12, "customers": 8}},
    ),
    "store_outage": Case(
        {"at": "11:00", "for": "2h"},
        intake(poll_every_us=None, acknowledge="before_commit"),
        {"I1"},
        base=intake(poll_every_us=None),
        more=({"core_crash": {"at": "12:30", "down_for": "10s"}},),
        replaced=((Journal, "is_away", False),),
    ),
    "store_slow": Case({"by": "20s", "at": "9:00", "for": "4h"}, intake(deduplicate=False), {"I2"}),
    "store_conflicts": Case(
        {"share": "30%"},
        intake(poll_every_us=None),
        {"I1"},
        base=intake(poll_every_us=None),
        replaced=((Journal, "run", run_once),),
    ),
    "store_unknown": Case(
        {"share": "30%"},
        intake(poll_every_us=None),
        {"I1"},
        base=intake(poll_every_us=None),
        replaced=((Journal, "_was_committed", deny_it),),
    ),
    "bus_outage": Case(
        {"at": "9:00", "for": "6h"},
        safety(outbox=False),
        set(),  # what the customer is never told breaks no book: see the test below
        more=({"core_crash": {"at": "13:00", "down_for": "10s"}},),
    ),
    "bus_doubled": Case({"share": "50%", "after": "2h"}, safety(versions=False, idempotency_keys=False), {"I11"}),
    "bus_delayed": Case({"share": "30%", "by": "2h"}, safety(versions=False), {"I11"}),
    "bus_reordered": Case({"share": "50%", "within": "2h"}, safety(versions=False), {"I11"}),
    "webhook_lost": Case(
        {"system": "commerce", "topic": "order.created", "share": "30%", "at": "0h", "for": "24h"},
        intake(poll_every_us=None),
        {"I1"},
    ),
    "webhook_doubled": Case(
        {"system": "commerce", "topic": "order.created", "share": "30%", "at": "0h", "for": "24h"},
        intake(deduplicate=False),
        {"I2"},
    ),
    "webhook_reordered": Case(
        {"system": "wms", "topic": "stock.moved", "within": "12h", "at": "0h", "for": "24h"},
        believing,
        {"I9"},
    ),
    "webhook_delayed": Case(
        {"system": "commerce", "topic": "order.created", "by": "9h", "at": "0h", "for": "24h"},
        intake(poll_every_us=None),
        {"I1"},
    ),
    "core_crash": Case({"at": "12:00", "down_for": "60s"}, safety(recover_after_crash=False), {"I1", "I6"}),
    "core_pause": Case({"at": "12:00", "for": "15m"}, safety(leases=False), {"I4", "I9", "I18"}),
    "core_clock": Case(
        {"behind": "20m", "loses": "30m", "at": "12:05", "for": "2h"},
        safety(leases=False),
        {"I4", "I9", "I18"},
        more=({"core_pause": {"at": "12:00", "for": "15m"}},),
    ),
    "demand_spike": Case(
        {"at": "12:00", "for": "2m", "factor": 400},
        impatient,
        {"I1"},
        {"demand": {"orders_per_day": 400, "skus": 12, "customers": 8}, "systems": {"erp": {"slots": 5}}},
    ),
}


def struck_by(kind: str, folder: Path) -> Scenario:
    """A day with this fault, and the next, in which all that was ordered has left."""
    case = CASES[kind]
    blocks = {"phases": {"settle": "1d"}, **case.blocks}
    return small_scenario(folder, [{kind: case.fault}, *case.more], **blocks)


def test_there_is_a_case_for_every_kind_of_fault() -> None:
    assert set(CASES) == set(KINDS)


@pytest.mark.parametrize("kind", one_in(2, CASES))
def test_the_reference_core_withstands_the_fault(kind: str, tmp_path: Path) -> None:
    made = run(struck_by(kind, tmp_path), design=CASES[kind].base)
    assert violated(made) == []
    assert made.faults.fired()["F1"] > 0, "a fault that never struck proves nothing"


@pytest.mark.parametrize("kind", [kind for kind, case in CASES.items() if case.breaks])
def test_without_its_guard_the_oracle_speaks(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES[kind]
    for owner, name, replacement in case.replaced:
        monkeypatch.setattr(owner, name, replacement)
    made = run(struck_by(kind, tmp_path), design=lambda design: case.unguarded(case.base(design)))
    assert made.faults.fired()["F1"] > 0
    assert case.breaks & set(violated(made)), f"expected one of {case.breaks}, the oracle says {violated(made)}"


def test_without_the_outbox_customers_are_never_told_what_left(tmp_path: Path) -> None:
    case = CASES["bus_outage"]
    scenario = small_scenario(tmp_path, [{"bus_outage": case.fault}, *case.more])

    def untold(made: VirtualRun) -> set[str | None]:
        shipped = {fact.order for fact in books(made)["wms"] if fact.kind == "outbound.shipped"}
        return shipped - {fact.order for fact in books(made)["commerce"] if fact.kind == "order.fulfilled"}

    assert untold(run(scenario)) == set()
    assert untold(run(scenario, design=case.unguarded))


def test_a_label_bought_blindly_a_second_time_is_seen(tmp_path: Path) -> None:
    fault = {"lost_reply": {"system": "carrier", "operation": "buyLabel", "share": "30%", "at": "8:00", "for": "10h"}}
    scenario = small_scenario(tmp_path, [fault])
    assert violated(run(scenario)) == []
    assert "I4" in violated(run(scenario, design=safety(look_up_unknown=False)))


_HOUR = {"system": "erp", "at": "11:00", "for": "1h"}
_BUSY = {"demand": {"orders_per_day": 400, "skus": 12, "customers": 8}}


def insistent(design: Design) -> Design:
    """Repeats what fails until patience ends, however it goes: no breaker, no budget, no fewer at once."""
    calls = {
        name: replace(policy, breaker=None, retry_budget=None, attempts=50) for name, policy in design.calls.items()
    }
    return replace(design, calls=calls)


def deaf(self: Limiter, window: int) -> bool:
    """Takes no refusal for a sign of load."""
    return False


@pytest.mark.parametrize("kind", one_in(3, ["outage", "error", "throttle"]))
def test_without_breaker_and_budget_a_system_in_trouble_is_asked_too_often(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = small_scenario(tmp_path, [{kind: _HOUR}], **_BUSY)
    guarded = verdicts_of(run(scenario))["I15"]
    assert guarded.violations == ()
    assert (guarded.data["repeats"] or 0) < 150
    monkeypatch.setattr(Limiter, "refused", deaf)
    assert "I15" in violated(run(scenario, design=insistent))


def test_a_system_that_sends_some_away_still_serves_all(tmp_path: Path) -> None:
    def entered_in_the_hour(made: VirtualRun) -> int:
        day_us = made.estate["erp"].ledger.facts[0].at_us // 86_400_000_000 * 86_400_000_000
        hour = range(day_us + 11 * 3_600_000_000, day_us + 12 * 3_600_000_000)
        return sum(fact.kind == "sales_order.created" and fact.at_us in hour for fact in books(made)["erp"])

    usual = entered_in_the_hour(run(small_scenario(tmp_path, **_BUSY)))
    throttled = run(small_scenario(tmp_path, [{"throttle": {**_HOUR, "share": "20%"}}], **_BUSY))
    assert violated(throttled) == []
    assert usual > 20
    assert entered_in_the_hour(throttled) >= 0.95 * usual
