"""More comes than was ordered: what is covered is booked at once, the surplus once a buyer agreed, nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from mock_systems.kit.ledger import Fact
from sandbox.core.design import Design
from sandbox.oracle.invariants.stock_conserved import OPEN_DELIVERY
from sandbox.runs.virtual_run import VirtualRun
from tests.campaign_cases import one_in
from tests.sandbox.runs.small_runs import books, run, small_scenario, verdicts_of, violated
from tests.sandbox.runs.test_supply import MINUTE, SUPPLIERS, SUPPLY, differences, posted_of, received_of
from tests.sandbox.runs.test_without_keys import knowing

LOST = {"lost_reply": {"system": "erp", "operation": "postGoodsReceipt", "share": "40%"}}


def over_delivered(
    tmp_path: Path,
    faults: Sequence[dict[str, Any]] = (),
    design: Callable[[Design], Design] | None = None,
    **erp: Any,
) -> VirtualRun:
    """Two days in which every second line brings too much."""
    replenishment = {**SUPPLIERS, "over_share": "50%", "under_share": "30%"}
    systems = {"systems": {"erp": {"replenishment": replenishment, **erp}}}
    return run(small_scenario(tmp_path, faults, **{**SUPPLY, **systems}), design=design)


def receipts(made: VirtualRun) -> dict[str, list[Fact]]:
    """The goods receipts by ship notice."""
    posted: dict[str, list[Fact]] = {}
    for fact in books(made)["erp"]:
        if fact.kind == "goods_receipt.posted":
            posted.setdefault(fact.data["asn"], []).append(fact)
    return posted


def assert_all_booked(made: VirtualRun) -> None:
    """Both stocks are equal, and each line of each delivery is booked as it came."""
    assert violated(made) == []
    assert differences(made) == []
    assert posted_of(made) == received_of(made)


def test_what_is_covered_does_not_wait_for_the_buyer(tmp_path: Path) -> None:
    made = over_delivered(tmp_path)
    assert_all_booked(made)
    came = {fact.data["asn"]: fact for fact in books(made)["wms"] if fact.kind == "inbound.received"}
    amended: dict[str, int] = {}
    for fact in books(made)["erp"]:
        if fact.kind == "purchase_order.changed":
            amended.setdefault(fact.entity, fact.at_us)
    in_parts = {asn: posted for asn, posted in receipts(made).items() if len(posted) > 1}
    assert len(in_parts) > 5
    first_waited = [asn for asn, posted in in_parts.items() if posted[0].at_us > came[asn].at_us + 30 * MINUTE]
    assert first_waited == [], "a part that is covered waited"
    for posted in in_parts.values():
        assert posted[1].at_us > amended[posted[1].data["purchase_order"]]
        assert sum(line["quantity"] for line in posted[0].data["lines"]) > 0
    assert verdicts_of(made)["I8"].excused.keys() <= {OPEN_DELIVERY}


@pytest.mark.parametrize("occurrence", one_in(2, [1, 2, 3, 4, 7, 12]))
def test_a_crash_at_any_attempt_books_nothing_twice(occurrence: int, tmp_path: Path) -> None:
    """The replies are lost, too: what was refused, what is covered and what was amended is asked for again."""
    crash = {"system": "erp", "operation": "postGoodsReceipt", "down_for": "20s"}
    faults = [LOST, {"core_crash": {**crash, "occurrence": occurrence}}]
    assert_all_booked(over_delivered(tmp_path, [*faults, {"core_crash": {**crash, "occurrence": occurrence + 1}}]))


@pytest.mark.parametrize("occurrence", one_in(2, [1, 2, 3, 5]))
def test_nor_does_one_where_the_erp_overlooks_keys(occurrence: int, tmp_path: Path) -> None:
    """Then each part is looked for among those that are posted already."""
    crash = {
        "core_crash": {"system": "erp", "operation": "postGoodsReceipt", "occurrence": occurrence, "down_for": "20s"}
    }
    made = over_delivered(tmp_path, [LOST, crash], design=knowing("erp"), honours_keys=False)
    assert_all_booked(made)
    assert any(len(posted) > 1 for posted in receipts(made).values())
