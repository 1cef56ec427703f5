"""Small days on which the ERP changes its contract at ten: what breaks, what heals, and why not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mock_systems.kit.physics import HOUR
from sandbox.errors import InputError
from sandbox.runs.request import unheard
from sandbox.runs.scenario import Scenario
from sandbox.verification.outcome import Verdict
from sandbox.verification.rehearsal.impact import Impact, impact_of
from sandbox.verification.rehearsal.page import write_page
from sandbox.verification.rehearsal.rehearsal import Rehearsal, rehearse
from sandbox.verification.rehearsal.running import RunSeen, run_with
from sandbox.verification.rehearsal.telling import as_json
from sandbox.verification.rehearsal.window import InForce, in_force
from tests.sandbox.runs.small_runs import small_scenario
from tests.sandbox.verification.rehearsal.published import (
    Change,
    Document,
    operation,
    planned,
    rename,
    require,
    schema,
    without,
)

TEN = InForce(10 * HOUR, 12 * HOUR)
Rehearsing = Callable[..., Impact]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """A day of a few dozen orders, and long enough after it for the wheels to stop."""
    return small_scenario(
        tmp_path_factory.mktemp("day"),
        world={"start": "2011-11-14", "days": 1, "from": "9:00", "to": "14:00"},
        demand={"orders_per_day": 60, "skus": 12, "customers": 8},
        phases={"settle": "6h"},
    )


@pytest.fixture(scope="module")
def base(day: Scenario) -> RunSeen:
    """The day without the change."""
    return run_with(day, 1, "erp", (), TEN, unheard)


@pytest.fixture
def impact(day: Scenario, base: RunSeen, tmp_path: Path) -> Rehearsing:
    """Rehearse one change of the ERP's contract on that day."""

    def rehearsed(change: Change, time: InForce = TEN) -> Impact:
        plan = planned(tmp_path, change)
        return impact_of(base, run_with(day, 1, "erp", plan.rehearsed, time, unheard), time)

    return rehearsed


def missing_number(document: Document) -> None:
    """The answer to a new sales order does not tell its number."""
    without(document, "SalesOrder", "sales_order")


def tax_code(document: Document) -> None:
    """New sales orders need a tax code."""
    require(document, "NewSalesOrder", "tax_code", {"type": "string"})


def test_a_field_that_goes_stops_orders_and_heals_after_roll_back(impact: Rehearsing) -> None:
    found = impact(missing_number)
    assert found.flows[0] == "order to cash"
    assert found.blast.stuck.count >= 3
    assert found.blast.stuck.value_minor["GBP"] > 0
    assert found.blast.waiting_for["stock reserved"] >= 3
    assert found.blast.lost.count == 0
    assert found.first_exception_us is not None
    assert found.minutes_to_exception is not None
    assert 0 <= found.minutes_to_exception < 90
    assert found.blast.caught_up_us is not None
    assert found.until_us < found.blast.caught_up_us < found.until_us + 4 * HOUR


def test_a_field_that_becomes_required_stops_orders_for_good_until_people_replay(impact: Rehearsing) -> None:
    found = impact(tax_code)
    assert found.blast.lost.count >= 3
    assert found.healed is False
    assert any("open exceptions: invalid-request" in one for one in found.left)
    assert {(one.operation, one.done) for one in found.calls} == {("POST /sales-orders", "refused")}
    again = impact(tax_code, InForce(TEN.from_us, TEN.until_us, False, TEN.until_us + HOUR))
    assert (again.blast.lost.count, again.healed) == (0, True)
    assert again.replayed == sum(one.count for one in again.exceptions)


def test_an_amount_that_comes_as_text_is_not_believed_and_heals(impact: Rehearsing) -> None:
    found = impact(lambda document: schema(document, "Invoice")["properties"].update(total_minor={"type": "string"}))
    assert any("total_minor is no amount" in one.example for one in found.exceptions)
    assert (found.blast.lost.count, found.books) == (0, ())


@pytest.mark.campaign
def test_without_roll_back_it_never_heals(impact: Rehearsing) -> None:
    found = impact(missing_number, InForce(TEN.from_us, TEN.until_us, stays=True))
    assert found.healed is None
    assert found.blast.lost.count >= 3


@pytest.mark.parametrize(
    ("change", "done"),
    [
        pytest.param(
            lambda document: rename(document, "SalesOrder", "sales_order", "number"), "rewritten",
            marks=pytest.mark.campaign,
        ),
        pytest.param(
            lambda document: schema(document, "QuotedPrice")["properties"].update(floor_minor={"type": "array"}),
            "rewritten",
            marks=pytest.mark.campaign,
        ),
        (lambda document: document["paths"].update({"/quotes": document["paths"].pop("/price-quotes")}), "refused"),
    ],
)  # fmt: skip
def test_renamed_retyped_and_moved_things_stop_orders(impact: Rehearsing, change: Change, done: str) -> None:
    found = impact(change)
    assert found.blast.stuck.count >= 3
    assert {one.done for one in found.calls} == {done}
    assert found.exceptions


def test_a_new_word_comes_at_times_and_stops_those_orders_alone(impact: Rehearsing) -> None:
    found = impact(lambda document: schema(document, "SalesOrder")["properties"]["status"]["enum"].append("in_review"))
    assert found.exceptions
    assert "in_review" in found.exceptions[0].example
    entered = next(one for one in found.blast.steps if one.step.name == "entered in the ERP")
    assert 0 < found.exceptions[0].count < entered.expected


def test_safe_changes_and_another_success_status_break_nothing(impact: Rehearsing) -> None:
    def change(document: Document) -> None:
        require(document, "SalesOrder", "tax_code", {"type": "string"})
        schema(document, "NewInvoice")["properties"]["memo"] = {"type": "string"}
        answers = operation(document, "post", "/sales-orders")["responses"]
        answers["200"] = answers.pop("201")

    found = impact(change)
    assert (found.breaks, found.flows, found.healed) == (False, (), None)
    assert found.met


def test_the_same_seed_gives_the_same_rehearsal(impact: Rehearsing) -> None:
    def change(document: Document) -> None:
        schema(document, "SalesOrder")["properties"]["hold_reason"] = {"type": "string"}
        schema(document, "SalesOrder")["properties"]["status"]["enum"].append("in_review")

    first, second = impact(change), impact(change)
    assert first == second


def test_it_is_told_as_json_and_as_a_page_and_changes_are_ranked(day: Scenario, tmp_path: Path) -> None:
    def change(document: Document) -> None:
        tax_code(document)
        document["paths"]["/journal"] = document["paths"].pop("/gl")

    plan = planned(tmp_path, change)
    kept: list[Rehearsal] = []
    found = rehearse(day, 1, "erp", plan, TEN, each=True, begin=lambda _: unheard, keep=kept.append)
    assert found.each[0][0].change.rule == "new-required-request-property"
    told = as_json(found)
    assert (told["check"], told["subject"], told["verdict"]) == ("rehearsal", "erp", "fail")
    assert told["tested"] + told["not_tested"] == len(plan.changes) == len(told["changes"])
    assert told["untried"] == [one.id for one in plan.changes if "GET /gl" in one.change.operations]
    assert told["rehearsal"]["lost"]["orders"] == told["each"][0]["lost"]["orders"] > 0
    assert kept[0].verdict is Verdict.UNKNOWN
    write_page(found, tmp_path / "page" / "rehearsal.html")
    page = (tmp_path / "page" / "rehearsal.html").read_text()
    assert "never done" in page
    assert "not met" in page


def test_times_outside_of_the_run_are_refused(day: Scenario) -> None:
    assert in_force(day) == InForce(int(11.5 * HOUR), int(15.5 * HOUR))
    backwards, twice = {"at_us": 10 * HOUR, "until_us": 9 * HOUR}, {"until_us": 12 * HOUR, "stays": True}
    for bad in ({"at_us": 17 * HOUR}, backwards, twice, {"stays": True, "replay_after_us": HOUR}):
        with pytest.raises(InputError):
            in_force(day, **bad)  # type: ignore[arg-type]
