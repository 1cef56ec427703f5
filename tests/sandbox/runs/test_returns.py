"""Returns through the whole estate: credited once, for what came back and no more, whatever goes wrong on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mock_systems.kit.ledger import Fact
from sandbox.core.design_parts import Returns
from sandbox.runs.virtual_run import VirtualRun
from sandbox.worlds.virtual.world import VirtualWorld
from tests.sandbox.runs.small_runs import books, run, small_scenario, violated

DAY = 86_400_000_000
MINUTE = 60_000_000
BLOCKS: Mapping[str, Any] = {
    "world": {"start": "2011-11-14", "days": 7},
    "demand": {
        "orders_per_day": 4,
        "skus": 8,
        "customers": 4,
        "account_share": 0.3,
        "returns": {"share": "70%", "after": "2d"},
    },
    "systems": {
        "commerce": {"parcel_takes": "2d", "sends_fewer": "25%", "never_sends": "10%"},
        "wms": {"scrap": "25%"},
    },
    "phases": {"settle": "8d"},
}
# Half of the reference's two weeks: a parcel that never comes is given up within the run.
GIVEN_UP = Returns(give_up_after_us=7 * DAY)


def let_go(
    folder: Path, faults: Sequence[dict[str, Any]] = (), *, returns: Returns = GIVEN_UP, **options: Any
) -> VirtualRun:
    return run(
        small_scenario(folder, faults, **BLOCKS), design=lambda design: replace(design, returns=returns), **options
    )


def facts_of(made: VirtualRun, kind: str) -> list[Fact]:
    return [fact for ledger in books(made).values() for fact in ledger if fact.kind == kind]


def assert_credited_for_what_came_back(made: VirtualRun) -> None:
    """Pieces and money: received, taken back, credited, refunded and booked are the same, and nothing comes twice."""
    came: Counter[tuple[str | None, int]] = Counter()
    credited: Counter[tuple[str | None, int]] = Counter()
    for counted, kind in ((came, "return.received"), (credited, "credit_note.posted")):
        for fact in facts_of(made, kind):
            for line in fact.data["lines"]:
                counted[fact.order, line["line"]] += line["quantity"]
    assert came == credited
    assert came
    taken_back = sum(x["quantity"] for fact in facts_of(made, "goods_return.posted") for x in fact.data["lines"])
    assert taken_back == sum(came.values())
    card = {fact.order for fact in facts_of(made, "payment.captured")}
    notes = {n.entity: n.data["total_minor"] for n in facts_of(made, "credit_note.posted") if n.order in card}
    refunds = {fact.data["reference"]: fact.data["amount_minor"] for fact in facts_of(made, "payment.refunded")}
    booked = {fact.data["credit_note"]: fact.data["amount_minor"] for fact in facts_of(made, "refund.posted")}
    assert refunds == booked == notes
    assert len(facts_of(made, "payment.refunded")) == len(facts_of(made, "refund.posted")) == len(refunds)


def statuses(made: VirtualRun) -> dict[str, list[str]]:
    """What the shop was told of each return, in the order of its versions."""
    told: dict[str, list[tuple[int, str]]] = {}
    for fact in facts_of(made, "return.status"):
        told.setdefault(fact.entity, []).append((fact.data["version"], fact.data["status"]))
    return {rma: [status for _, status in sorted(rows)] for rma, rows in told.items()}


def test_every_return_ends_credited_or_expired(tmp_path: Path) -> None:
    made = let_go(tmp_path)
    assert violated(made) == []
    assert_credited_for_what_came_back(made)
    arrived = {fact.entity for fact in facts_of(made, "return.arrived")}
    asked = {fact.entity for fact in facts_of(made, "return.requested")}
    assert arrived < asked, "some never send anything"
    for rma, told in statuses(made).items():
        assert told == (["received", "credited"] if rma in arrived else ["expired"])
    assert set(statuses(made)) == asked
    announced = sum(x["quantity"] for fact in facts_of(made, "return.expected") for x in fact.data["lines"])
    came = sum(x["quantity"] for fact in facts_of(made, "return.received") for x in fact.data["lines"])
    assert came < announced, "some send less than they said"
    assert {x["disposition"] for f in facts_of(made, "return.received") for x in f.data["lines"]} == {
        "restock",
        "scrap",
    }


def test_a_parcel_that_was_given_up_is_handled_when_it_comes(tmp_path: Path) -> None:
    made = let_go(tmp_path, returns=Returns(give_up_after_us=DAY))
    assert violated(made) == []
    assert_credited_for_what_came_back(made)
    assert ["expired", "received", "credited"] in statuses(made).values()


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param(
            [
                {"webhook_lost": {"system": "commerce", "share": "70%"}},
                {"webhook_lost": {"system": "wms", "topic": "return.received", "share": "70%"}},
                {"webhook_doubled": {"system": "commerce", "share": "100%", "after": "1h"}},
                {"webhook_doubled": {"system": "wms", "share": "100%", "after": "1h"}},
            ],
            id="webhooks lost and doubled",
        ),
        pytest.param(
            [
                {"lost_reply": {"system": "commerce", "operation": "refundPayment", "share": "50%"}},
                {"lost_reply": {"system": "erp", "operation": "postCreditNote", "share": "50%"}},
                {"lost_reply": {"system": "erp", "operation": "postGoodsReturn", "share": "50%"}},
                {"lost_reply": {"system": "erp", "operation": "postRefund", "share": "50%"}},
                {"lost_reply": {"system": "wms", "operation": "announceReturn", "share": "50%"}},
            ],
            id="replies lost",
        ),
        pytest.param(
            [
                {"core_crash": {"system": "commerce", "operation": "refundPayment", "occurrence": 2, "down_for": "1m"}},
                {"core_crash": {"system": "erp", "operation": "postCreditNote", "occurrence": 3, "down_for": "1m"}},
                {"core_crash": {"system": "erp", "operation": "postRefund", "occurrence": 3, "down_for": "1m"}},
                {"core_crash": {"system": "wms", "operation": "announceReturn", "occurrence": 2, "down_for": "3h"}},
                {"outage": {"system": "erp", "at": "5d 08:00", "for": "20h"}},
            ],
            id="crashes right after an effect",
        ),
    ],
)
def test_nothing_is_credited_or_refunded_twice(faults: list[dict[str, Any]], tmp_path: Path) -> None:
    made = let_go(tmp_path, faults)
    assert violated(made) == []
    assert_credited_for_what_came_back(made)
    assert set(statuses(made)) == {fact.entity for fact in facts_of(made, "return.requested")}


@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.campaign) for part in (1, 2, 3))])
def test_a_power_cut_after_any_step_of_the_returns_breaks_nothing(part: int, tmp_path: Path) -> None:
    crashed: list[int] = []

    def prepare(world: VirtualWorld) -> None:
        def arm() -> None:
            assert world.core is not None
            world.crash_core_at_step(world.core.loop.steps + 1 + part * 37, MINUTE)
            crashed.append(part)

        # The first parcels are inspected on the fourth to the sixth day.
        world.at(world.now_us + 4 * DAY + 9 * 60 * MINUTE + part * 8 * 60 * MINUTE, arm)

    made = let_go(tmp_path, prepare=prepare)
    assert crashed
    assert made.world is not None
    assert made.world.counters["core.crashed"] == 1
    assert violated(made) == []
    assert_credited_for_what_came_back(made)
