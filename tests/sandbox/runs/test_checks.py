"""What is checked of an order when it comes in: by asking each time, or against kept answers that runs keep fresh."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from mock_systems.erp.books import Books
from mock_systems.erp.customers import CASH_CUSTOMER
from mock_systems.erp.master_data import change_customer, change_item
from mock_systems.erp.system import Erp
from sandbox.core.design import Design, load_design
from sandbox.core.systems.erp import ErpApi
from sandbox.faults.moments import parse_moment
from sandbox.runs.virtual_run import VirtualRun
from sandbox.worlds.virtual.world import VirtualWorld
from tests.sandbox.runs.small_runs import books, run, small_scenario, violated
from tests.sandbox.runs.test_master_data import DRIFT, TRADE

HOUR: Final = 3_600_000_000
FLOWS: Final[dict[str, dict[str, Any]]] = {
    "webhooks": {},
    "lists": {"master_data": {"batch": {"every": "20m"}}},
    "checks in batch": {"master_data": {"event": {"poll_every": "never"}}, "checks": {"batch": {"every": "20m"}}},
    "all in batch": {"master_data": {"batch": {"every": "1h"}}, "checks": {"batch": {"every": "20m"}}},
}


def integrating(flows: dict[str, Any]) -> Callable[[Design], Design]:
    """The reference, with these flows."""
    return lambda design: replace(design, flows=load_design({"name": "x", "flows": flows}).flows)


def accounts_blocked(*changes: tuple[str, bool]) -> Callable[[VirtualWorld], None]:
    """All accounts are blocked, or unblocked, at those times."""

    def prepare(world: VirtualWorld) -> None:
        start_us, erp = world.now_us, world.systems["erp"]
        assert isinstance(erp, Erp)

        def change(blocked: bool) -> None:
            for number, account in erp.books.accounts.items():
                if number != CASH_CUSTOMER.customer:
                    customer = account.customer
                    erp.act(lambda turn: change_customer(erp.books, turn, customer, blocked=blocked), world.now_us)  # noqa: B023

        for at, blocked in changes:
            world.at(start_us + parse_moment(at), lambda blocked=blocked: change(blocked))  # type: ignore[misc]

    return prepare


def stopped(made: VirtualRun) -> dict[str, tuple[int, int | None]]:
    """The exceptions of blocked accounts: when they were opened and closed."""
    opened, closed = {}, {}
    for fact in books(made)["desk"]:
        if fact.kind == "exception.opened" and fact.data["cause"] == "customer-blocked":
            opened[fact.entity] = fact.at_us
        elif fact.kind == "exception.closed":
            closed[fact.entity] = fact.at_us
    return {entity: (at_us, closed.get(entity)) for entity, at_us in opened.items()}


@pytest.mark.parametrize("flows", FLOWS.values(), ids=FLOWS)
def test_orders_of_a_blocked_account_go_on_when_it_is_unblocked(flows: dict[str, Any], tmp_path: Path) -> None:
    scenario = small_scenario(tmp_path)
    made = run(scenario, design=integrating(flows), prepare=accounts_blocked(("7:00", True), ("15:00", False)))
    assert violated(made) == []
    assert made.tallies.unfinished == 0
    assert stopped(made)
    unblocked_us = max(fact.at_us for fact in books(made)["erp"] if fact.kind == "customer.changed")
    for opened_us, closed_us in stopped(made).values():
        assert opened_us < unblocked_us
        assert closed_us is not None
        assert unblocked_us < closed_us < unblocked_us + HOUR


def test_a_core_that_crashes_meanwhile_forgets_nobody(tmp_path: Path) -> None:
    crash = {"core_crash": {"at": "14:50", "down_for": "30m"}}
    made = run(small_scenario(tmp_path, [crash]), prepare=accounts_blocked(("7:00", True), ("15:00", False)))
    assert violated(made) == []
    assert stopped(made)
    assert made.tallies.unfinished == 0


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How often the ERP was asked about prices and accounts."""
    counts = {"quote": 0, "customer_is_blocked": 0}

    def counting(name: str) -> Any:
        asks = getattr(ErpApi, name)

        async def ask(self: ErpApi, *arguments: Any) -> Any:
            counts[name] += 1
            return await asks(self, *arguments)

        return ask

    for name in counts:
        monkeypatch.setattr(ErpApi, name, counting(name))
    return counts


def test_kept_answers_spare_most_questions(asked: dict[str, int], tmp_path: Path) -> None:
    scenario = small_scenario(tmp_path, demand={"orders_per_day": 150, "skus": 12, "customers": 4})
    each_time = integrating({"checks": {"api": {"cache": "0s"}}})
    assert violated(run(scenario, design=each_time)) == []
    by_asking = dict(asked)
    asked.update(dict.fromkeys(asked, 0))
    assert violated(run(scenario, design=integrating({"checks": {"batch": {"every": "1h"}}}))) == []
    assert 0 < asked["customer_is_blocked"] <= 4 < by_asking["customer_is_blocked"]
    assert 0 < asked["quote"] < by_asking["quote"] // 2


def test_master_data_that_drifts_breaks_no_check_in_batches(tmp_path: Path) -> None:
    scenario = small_scenario(tmp_path, demand=TRADE, systems={"erp": {"master_data": DRIFT}})
    made = run(scenario, design=integrating(FLOWS["all in batch"]))
    assert violated(made) == []
    causes = [fact.data["cause"] for fact in books(made)["desk"] if fact.kind == "exception.opened"]
    assert "price-below-floor" not in causes


@pytest.mark.parametrize(("every", "is_heard"), [("1h", True), ("7d", False)])
def test_a_floor_that_rises_stops_orders_from_the_next_run_on(every: str, is_heard: bool, tmp_path: Path) -> None:
    def prepare(world: VirtualWorld) -> None:
        erp = world.systems["erp"]
        assert isinstance(erp, Erp)
        world.at(world.now_us + 12 * HOUR, lambda: erp.act(lambda turn: _raise_floors(erp.books, turn), world.now_us))

    flows = {"checks": {"batch": {"every": every}}, "master_data": {"event": {"poll_every": "never"}}}
    scenario = small_scenario(tmp_path, demand={"orders_per_day": 150, "skus": 6, "customers": 2})
    made = run(scenario, design=integrating(flows), prepare=prepare)
    below = [
        fact.at_us
        for fact in books(made)["desk"]
        if fact.kind == "exception.opened" and fact.data["cause"] == "price-below-floor"
    ]
    raised_us = next(fact.at_us for fact in books(made)["erp"] if fact.kind == "item.changed")
    late = [at_us for at_us in below if at_us > raised_us + HOUR]
    assert len(late) > 10 if is_heard else len(late) < 10


def _raise_floors(erp_books: Books, turn: Any) -> None:
    for item in list(erp_books.items.values()):
        change_item(erp_books, turn, replace(item, price_minor=item.price_minor * 3, floor_minor=item.price_minor * 2))
