"""Systems that honour no idempotency keys: a design that knows it looks first; one that doesn't, does things twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.core.design import Design
from sandbox.runs.scenario import Scenario
from sandbox.runs.virtual_run import VirtualRun
from tests.sandbox.runs.small_runs import books, run, small_scenario, violated
from tests.sandbox.runs.test_supply import SUPPLIERS, differences, posted_of, received_of

LOST = {
    "erp": (("createSalesOrder", "postGoodsIssue", "postInvoice", "postPayment"), {"I2", "I6", "I7", "I8"}),
    "wms": (("reserve",), {"I8"}),
    "commerce": (("capturePayment", "addFulfilment"), {"I7", "I11", "I4", "I17"}),
}


def knowing(system: str) -> Callable[[Design], Design]:
    """The reference design, told that this system honours no keys."""
    return lambda design: replace(
        design, calls={**design.calls, system: replace(design.calls[system], honours_keys=False)}
    )


def forgetful(folder: Path, system: str, *more: dict[str, object]) -> Scenario:
    """A day on which a third of the system's replies to its writes are lost, and it overlooks keys."""
    operations, _ = LOST[system]
    lost = {"system": system, "share": "30%", "at": "6:00", "for": "18h"}
    faults = [{"lost_reply": {**lost, "operation": operation}} for operation in operations]
    return small_scenario(folder, [*faults, *more], systems={system: {"honours_keys": False}})


@pytest.mark.parametrize("system", LOST)
def test_who_knows_it_looks_before_repeating(system: str, tmp_path: Path) -> None:
    made = run(forgetful(tmp_path, system), design=knowing(system))
    assert violated(made) == []
    assert all(made.faults.fired().values())
    assert made.tallies.unfinished == 0


@pytest.mark.parametrize("system", ["erp", "wms"])
def test_who_trusts_in_keys_does_it_twice(system: str, tmp_path: Path) -> None:
    assert LOST[system][1] & set(violated(run(forgetful(tmp_path, system))))


def test_a_core_that_crashes_in_doubt_looks_when_it_is_back(tmp_path: Path) -> None:
    crashes = [{"core_crash": {"at": f"{hour}:0{hour % 7}", "down_for": "20s"}} for hour in range(9, 17)]
    made = run(forgetful(tmp_path, "erp", *crashes), design=knowing("erp"))
    assert violated(made) == []
    assert made.tallies.unfinished == 0


DOCUMENTS = (
    ("erp", "stock_adjustment.posted", "reference"),
    ("erp", "goods_return.posted", "return"),
    ("erp", "credit_note.posted", "return"),
    ("erp", "refund.posted", "reference"),
    ("commerce", "payment.refunded", "reference"),
    ("commerce", "return.status", "status"),
    ("wms", "inbound.announced", "asn"),
    ("wms", "return.expected", "rma"),
)
KEYLESS = ("erp", "wms", "commerce")
BUSINESS: dict[str, Any] = {
    "world": {"start": "2011-11-14", "days": 7},
    "demand": {
        "orders_per_day": 6,
        "skus": 8,
        "customers": 4,
        "account_share": 0.3,
        "returns": {"share": "70%", "after": "2d"},
    },
    "systems": {
        "erp": {"honours_keys": False, "replenishment": SUPPLIERS},
        "wms": {"honours_keys": False, "counts_per_day": 12, "count_errors": "40%", "scrap": "25%"},
        "commerce": {"honours_keys": False, "parcel_takes": "2d", "sends_fewer": "25%"},
    },
    "phases": {"settle": "11d"},
}
WRITES = {
    "erp": ("postGoodsReceipt", "postStockAdjustment", "postGoodsReturn", "postCreditNote", "postRefund"),
    "wms": ("announceInbound", "announceReturn"),
    "commerce": ("refundPayment", "tellReturnStatus"),
}


def documents(made: VirtualRun) -> Counter[tuple[object, ...]]:
    """How often there is each document, by its kind and what makes it one of its own."""
    found: Counter[tuple[object, ...]] = Counter()
    for system, kind, name in DOCUMENTS:
        for fact in books(made)[system]:
            if fact.kind == kind:
                data = fact.data
                about = data.get("site"), str(data.get("lines")), data.get("reason")
                found[kind, data[name], fact.entity if kind == "return.status" else None, *about] += 1
    return found


def losing(folder: Path, *more: dict[str, object]) -> Scenario:
    """Days of purchases, counts and returns on which a third of the replies are lost, and nobody honours keys."""
    faults = [
        {"lost_reply": {"system": system, "share": "60%", "operation": operation}}
        for system, operations in WRITES.items()
        for operation in operations
    ]
    return small_scenario(folder, [*faults, *more], **BUSINESS)


def knowing_all(design: Design) -> Design:
    """The reference design, told that none of them honours keys."""
    for system in KEYLESS:
        design = knowing(system)(design)
    return design


CRASHES: list[dict[str, object]] = [
    {"core_crash": {"system": "erp", "operation": operation, "occurrence": 2, "down_for": "20s"}}
    for operation in WRITES["erp"]
]


@pytest.mark.parametrize(
    "crashes",
    [pytest.param([], id="replies lost", marks=pytest.mark.campaign), pytest.param(CRASHES, id="and crashes")],
)
def test_there_is_one_of_each_document_of_supply_and_returns(crashes: list[dict[str, object]], tmp_path: Path) -> None:
    made = run(losing(tmp_path, *crashes), design=knowing_all)
    assert violated(made) == []
    assert differences(made) == []
    assert posted_of(made) == received_of(made)  # a surplus has a goods receipt of its own
    assert all(made.faults.fired().values())
    found = documents(made)
    assert {document[0] for document in found} == {kind for _, kind, _ in DOCUMENTS}
    assert set(found.values()) == {1}
    refunds = sorted(f.data["amount_minor"] for f in books(made)["commerce"] if f.kind == "payment.refunded")
    assert refunds == sorted(f.data["amount_minor"] for f in books(made)["erp"] if f.kind == "refund.posted")


def test_who_trusts_in_keys_makes_documents_of_supply_and_returns_twice(tmp_path: Path) -> None:
    twice = {document[0] for document, count in documents(run(losing(tmp_path))).items() if count > 1}
    assert {"stock_adjustment.posted", "refund.posted", "inbound.announced"} <= twice
